import { randomBytes } from 'node:crypto';
import { CertusError } from '../../contracts/errors.ts';
import type { OrderRun } from '../../contracts/order-run.ts';
import { OrderOutcome, type TrustAction } from '../../contracts/orders.ts';
import { WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { orderStatement } from '../../domain/custody/order-statement.ts';
import { sealStatement } from '../../domain/custody/seal-statement.ts';
import { recordOrder } from '../../services/database/orders.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { endedWithin } from '../ended-within.ts';

/** What became of it as far as is known; without an outcome it goes on, and `/v1/orders/{order_id}` will tell. */
export type GivenOrder = { readonly orderId: string; readonly result: Record<string, unknown> | undefined };

const DAY_MS = 24 * 3_600_000;
const START_MS = 5_000;
const PATIENCE_MS = 10_000;

/**
 * Tells Trust what an administrator wants, signed, and waits a moment for it to be done: Trust may be away, and then does
 * it later. A refusal is thrown as the error it is.
 */
export async function giveOrder(
  deps: Pick<ApiDeps, 'database' | 'temporal' | 'trust'>,
  principal: Principal,
  action: TrustAction,
): Promise<GivenOrder> {
  const { id, tenant } = await signOrder(deps, principal, action);
  const outcome = await carriedOut(deps, runOf(tenant, id, action));
  if (outcome?.state === 'refused') throw new CertusError(outcome.code, outcome.message);
  return { orderId: id, result: outcome?.result };
}

export type SignedOrder = { readonly id: string; readonly tenant: string; readonly givenAt: Date };

/** An order on record that nobody has begun to carry out: for a workflow of its own, which has Trust see it first. */
export async function signOrder(
  deps: Pick<ApiDeps, 'database' | 'trust'>,
  principal: Principal,
  action: TrustAction,
): Promise<SignedOrder> {
  const id = `order_${randomBytes(16).toString('hex')}`;
  const givenAt = new Date();
  const order = {
    id,
    tenant: principal.tenant,
    by: principal.subject,
    given_at: givenAt.toISOString(),
    expires_at: new Date(givenAt.getTime() + lifetimeOf(action)).toISOString(),
    action,
  };
  const statement = await sealStatement(orderStatement(order), deps.trust.operator);
  await recordOrder(deps.database, {
    tenant: order.tenant,
    id,
    kind: action.kind,
    statement,
    givenBy: order.by,
    givenAt,
  });
  return { id, tenant: order.tenant, givenAt };
}

/** What takes trust away is meant however late Trust comes back; what gives it may no longer be. */
const lifetimeOf = ({ kind }: TrustAction): number =>
  kind === 'revoke_key' || kind === 'deactivate_key' ? 90 * DAY_MS : DAY_MS;

function runOf(tenant: string, orderId: string, action: TrustAction): OrderRun {
  const run = { tenant, orderId, kind: action.kind };
  if (action.kind !== 'generate_key') return run;
  return { ...run, key: { environment: action.environment, algorithm: action.algorithm } };
}

/** Of what takes longer only that it was asked for is known. */
async function carriedOut(
  { temporal }: Pick<ApiDeps, 'temporal'>,
  run: OrderRun,
): Promise<OrderOutcome | undefined> {
  const handle = await temporal.withDeadline(Date.now() + START_MS, () =>
    temporal.workflow.start(WORKFLOWS.order, {
      workflowId: `order/${run.tenant}/${run.orderId}`,
      taskQueue: taskQueue('transform'),
      args: [run],
    }),
  );
  const { result } = (await endedWithin(temporal, handle, PATIENCE_MS)) ?? {};
  return result === undefined ? undefined : OrderOutcome.parse(result);
}
