import type { Order } from '../../contracts/orders.ts';

export type LegalHold = {
  readonly by: string;
  readonly reason: string;
  readonly since: string;
  readonly order_id: string;
};

type Run = { readonly workspace: string; readonly testId: string };
export type HoldOrder = {
  readonly order: Order;
  /** Whether Trust has seen it. */
  readonly done: boolean;
};

/**
 * The newest order about a run decides. That it is to be kept counts as soon as it is signed; that it is not, only once Trust
 * has it on record, and never against an order of the same moment: what is gone cannot be brought back.
 */
export function legalHoldOf(orders: readonly HoldOrder[], { workspace, testId }: Run): LegalHold | null {
  let newest: (HoldOrder & { readonly hold: boolean; readonly reason: string }) | undefined;
  for (const { order, done } of orders) {
    const { action } = order;
    if (action.kind !== 'set_legal_hold' || action.workspace !== workspace || action.test_id !== testId)
      continue;
    const { hold, reason } = action;
    if (!hold && !done) continue;
    const age = newest === undefined ? 1 : Date.parse(order.given_at) - Date.parse(newest.order.given_at);
    if (age > 0 || (age === 0 && hold)) newest = { order, done, hold, reason };
  }
  if (newest?.hold !== true) return null;
  const { order, reason } = newest;
  return { by: order.by, reason, since: order.given_at, order_id: order.id };
}
