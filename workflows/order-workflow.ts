import { ActivityFailure, continueAsNew, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { KeyMakingActivities, MadeKey } from '../activities/sign/generate-key.ts';
import type { OrderActivities } from '../activities/trust/create-order-activities.ts';
import type { NoKey, OrderRun } from '../contracts/order-run.ts';
import type { OrderOutcome } from '../contracts/orders.ts';
import { failureNotice, toFailure } from './failure-notice.ts';
import { inZone } from './options.ts';
import { soundAnswer } from './sound-answer.ts';
import { startQuarantine } from './start-quarantine.ts';

const { generateKey } = proxyActivities<KeyMakingActivities>(inZone('assurance', '10 minutes'));
const { carryOut, runsToQuarantine } = proxyActivities<OrderActivities>(inZone('trust', '10 minutes'));

/**
 * Has Trust carry out what an administrator ordered, however long Trust is away. A key is made where keys are held, before
 * Trust is asked to believe it. Asked again, Trust says what became of the order.
 */
export async function orderWorkflow(order: OrderRun): Promise<OrderOutcome> {
  const { tenant, orderId, kind, key } = order;
  const found = key && (await made(() => generateKey({ tenant, orderId, ...key })));
  const outcome = await soundAnswer(() => carryOut({ tenant, orderId, found }), isOutcome);
  if (kind === 'revoke_key' && outcome.state === 'done') await startQuarantines(order);
  return outcome;
}

/** A key that cannot be made is the end of its order, and not of the run that tells so. */
async function made(make: () => Promise<MadeKey>): Promise<MadeKey | NoKey> {
  try {
    return await make();
  } catch (caught) {
    const failure = toFailure(caught);
    if (!(failure instanceof ActivityFailure) || isCancellation(failure)) throw caught;
    return { failed: failureNotice(failure) };
  }
}

const isOutcome = (answer: unknown): boolean =>
  typeof answer === 'object' &&
  answer !== null &&
  'state' in answer &&
  (answer.state === 'done' || answer.state === 'refused');

/** A key may have signed more runs than one history has room for: the server ends a workflow whose history is too long. */
const PAGES_PER_HISTORY = 10;

/** What becomes of each run is the business of its own quarantine; here it is only seen to that each one starts. */
async function startQuarantines(order: OrderRun): Promise<void> {
  const { tenant, orderId } = order;
  let { after } = order;
  for (let pages = 1; ; pages++) {
    const { runs, next } = await runsToQuarantine({ tenant, orderId, ...(after && { after }) });
    await Promise.all(runs.map(startQuarantine));
    if (next === undefined) return;
    if (pages === PAGES_PER_HISTORY) await continueAsNew<typeof orderWorkflow>({ ...order, after: next });
    after = next;
  }
}
