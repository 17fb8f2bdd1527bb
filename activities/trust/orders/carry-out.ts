import { CertusError } from '../../../contracts/errors.ts';
import type { Order, OrderOutcome } from '../../../contracts/orders.ts';
import type { LogEntry } from '../../../contracts/transparency.ts';
import { CustodyError } from '../../../domain/custody/custody-error.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { openOrder } from '../../../domain/custody/order-statement.ts';
import { closeOrder, findOrder } from '../../../services/database/orders.ts';
import type { TrustDeps } from '../deps.ts';
import { handle } from './handlers.ts';

export type OrderToCarryOut = {
  readonly tenant: string;
  readonly orderId: string;
  /** What an earlier step of the order's workflow found out, such as the key that was made. */
  readonly found?: unknown;
};

/**
 * Does what an administrator ordered, once. Believes the signature of the operator key and nothing else of how the order
 * came here; every order that was really given goes to the log, whatever becomes of it. That it was done, a row alone does not
 * say: what was done is done again without effect, and what was not, is done.
 */
export async function carryOut(
  deps: TrustDeps,
  { tenant, orderId, found }: OrderToCarryOut,
): Promise<OrderOutcome> {
  const record = await findOrder(deps.database, tenant, orderId);
  if (record === undefined) throw new CertusError('order_invalid', `there is no order ${orderId}`);
  if (record.outcome?.state === 'refused') return record.outcome;
  const outcome = await refusable(async () => {
    const order = open(deps, record.statement, tenant, orderId);
    await deps.log.append([asEntry(order, record.statement)]);
    return handle(deps, order, found);
  });
  if (record.outcome !== null && isOver(outcome)) return record.outcome;
  await closeOrder(deps.database, tenant, orderId, outcome, deps.now());
  return outcome;
}

/** Of an order that was done in its time. */
const isOver = (outcome: OrderOutcome): boolean =>
  outcome.state === 'refused' && outcome.code === 'order_expired';

function open(deps: TrustDeps, statement: Uint8Array, tenant: string, id: string): Order {
  const order = verified(() => openOrder(statement, { tenant, id, keySet: deps.keySet }));
  if (deps.now().getTime() >= Date.parse(order.expires_at))
    throw new CertusError('order_expired', `the order was to be carried out before ${order.expires_at}`);
  return order;
}

function verified<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    throw new CertusError('order_invalid', `no order of an administrator, ${error.code}: ${error.message}`);
  }
}

/** A no is an outcome; what another try may mend is thrown, and tried again. */
async function refusable(act: () => Promise<Record<string, unknown>>): Promise<OrderOutcome> {
  try {
    return { state: 'done', result: await act() };
  } catch (error) {
    if (!(error instanceof CertusError) || error.retryable) throw error;
    return { state: 'refused', code: error.code, message: error.message };
  }
}

const asEntry = (order: Order, statement: Uint8Array): LogEntry => ({
  v: 1,
  kind: 'order',
  tenant: order.tenant,
  workspace: null,
  test_id: null,
  name: order.id,
  digest: sha256(statement),
  subjects: [],
  signer: order.by,
  at: order.given_at,
  note: order.action.kind,
});
