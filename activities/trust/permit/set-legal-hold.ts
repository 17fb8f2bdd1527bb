import { CertusError } from '../../../contracts/errors.ts';
import { CustodyError } from '../../../domain/custody/custody-error.ts';
import { openOrder } from '../../../domain/custody/order-statement.ts';
import { type HoldOrder, legalHoldOf } from '../../../domain/retention/legal-hold.ts';
import { findGoldenCopy } from '../../../services/database/golden-copies.ts';
import { holdOrders, showHold } from '../../../services/database/legal-holds.ts';
import type { ActionHandler } from '../orders/action-handler.ts';

/**
 * Shows on the row of a copy whether it is on hold, by every order about it: of two that are carried out in another order than
 * they were given in, the later one counts. The orders themselves are what keeps it.
 */
export const setLegalHold: ActionHandler<'set_legal_hold'> = async (
  { database, keySet },
  order,
  { workspace, test_id: testId },
) => {
  const { tenant } = order;
  const scope = { tenant, workspace };
  const copy = await findGoldenCopy(database, scope, testId);
  if (copy === undefined) throw new CertusError('not_found', `golden has no copy of ${testId}`);
  const orders: HoldOrder[] = [{ order, done: true }];
  for (const { id, statement, done } of await holdOrders(database, tenant)) {
    if (id === order.id) continue;
    try {
      orders.push({ order: openOrder(statement, { tenant, id, keySet }), done });
    } catch (error) {
      if (!(error instanceof CustodyError)) throw error;
    }
  }
  const hold = legalHoldOf(orders, { workspace, testId });
  await showHold(database, scope, testId, hold);
  return { test_id: testId, hold: hold !== null };
};
