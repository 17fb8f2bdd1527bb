import { proxyActivities, startChild } from '@temporalio/workflow';
import type { SignActivities } from '../activities/sign/create-sign-activities.ts';
import type { TrustActivities } from '../activities/trust/create-trust-activities.ts';
import type { OrderRun } from '../contracts/order-run.ts';
import type { OrderOutcome } from '../contracts/orders.ts';
import { inZone } from './options.ts';

const { generateKey } = proxyActivities<SignActivities>(inZone('assurance', '10 minutes'));
const { carryOut } = proxyActivities<TrustActivities>(inZone('trust', '10 minutes'));

/**
 * Has Trust carry out what an administrator ordered, however long Trust is away. A key is made where keys are held, before
 * Trust is asked to believe it; what a revocation touches is taken out of golden after Trust has said so.
 */
export async function orderWorkflow({ tenant, orderId, key }: OrderRun): Promise<OrderOutcome> {
  const found = key && (await generateKey({ tenant, orderId, ...key }));
  const outcome = await carryOut({ tenant, orderId, found });
  return outcome;
}
