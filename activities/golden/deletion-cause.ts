import type { DeletionInput } from '../../contracts/deletion.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { Order } from '../../contracts/orders.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { openOrder } from '../../domain/custody/order-statement.ts';
import { dueFor } from '../../domain/retention/due-for.ts';
import { findOrder } from '../../services/database/orders.ts';
import type { DeletionDeps } from './deletion-deps.ts';
import { type KeptCopy, promotionOf } from './kept-copy.ts';
import { requireNoHold } from './legal-holds.ts';
import { retentionInForce } from './retention-in-force.ts';

export type Cause = { readonly order: string | null; readonly reason: string };

/**
 * Nothing is deleted, and no tombstone signed, but on an administrator's order for this very bundle, or because the policy in
 * force says so of the day on which it was promoted; and never what is on hold.
 */
export async function requireDeletionCause(
  deps: Pick<DeletionDeps, 'database' | 'keySet' | 'now'>,
  input: DeletionInput,
  copy: Pick<KeptCopy, 'statements'>,
): Promise<Cause> {
  await requireNoHold(deps, input);
  return input.orderId === null ? ofPolicy(deps, input, copy) : ofOrder(deps, input, input.orderId);
}

async function ofOrder(
  { database, keySet }: Pick<DeletionDeps, 'database' | 'keySet'>,
  { scope: { tenant, workspace }, testId, bundleDigest }: DeletionInput,
  id: string,
): Promise<Cause> {
  const row = await findOrder(database, tenant, id);
  if (row === undefined) throw new CertusError('order_invalid', `there is no order ${id}`);
  const { action } = opened(() => openOrder(row.statement, { tenant, id, keySet }));
  if (
    action.kind !== 'delete_evidence' ||
    action.workspace !== workspace ||
    action.test_id !== testId ||
    action.bundle_digest !== bundleDigest
  )
    throw new CertusError('order_invalid', `the order ${id} is not to delete this bundle`);
  return { order: id, reason: action.reason };
}

async function ofPolicy(
  deps: Pick<DeletionDeps, 'database' | 'keySet' | 'now'>,
  run: DeletionInput,
  copy: Pick<KeptCopy, 'statements'>,
): Promise<Cause> {
  const policy = await retentionInForce(deps, run.scope);
  const promotedAt = new Date(promotionOf(run, copy, deps.keySet).predicate.promotedOn);
  if (dueFor(policy, { class: 'hot', promotedAt, onHold: false }, deps.now()) !== 'delete')
    throw new CertusError(
      'order_invalid',
      `the time of ${run.testId} is not over, and nobody ordered to delete it`,
    );
  return { order: null, reason: `${policy.name}: kept for ${policy.delete_after_days} days` };
}

function opened(open: () => Order): Order {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    throw new CertusError('order_invalid', `not deleted, ${error.code}: ${error.message}`, { cause: error });
  }
}
