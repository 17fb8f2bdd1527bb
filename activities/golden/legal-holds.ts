import { CertusError } from '../../contracts/errors.ts';
import type { KeySet } from '../../contracts/keys.ts';
import type { Order } from '../../contracts/orders.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { openOrder } from '../../domain/custody/order-statement.ts';
import { type HoldOrder, type LegalHold, legalHoldOf } from '../../domain/retention/legal-hold.ts';
import type { Database } from '../../services/database/database.ts';
import { findGoldenCopy } from '../../services/database/golden-copies.ts';
import { holdOrders } from '../../services/database/legal-holds.ts';
import type { Run } from './deletion-deps.ts';

type Deps = { readonly database: Pick<Database, 'client'>; readonly keySet: KeySet };

/** What of a tenant is on hold, by the orders that its administrators signed. */
export async function legalHolds(
  { database, keySet }: Deps,
  tenant: string,
): Promise<(run: { readonly workspace: string; readonly testId: string }) => LegalHold | null> {
  const rows = await holdOrders(database, tenant);
  const orders = rows.flatMap(({ id, statement, done }): HoldOrder[] => {
    const order = opened(() => openOrder(statement, { tenant, id, keySet }));
    return order === undefined ? [] : [{ order, done }];
  });
  return (run) => legalHoldOf(orders, run);
}

/** A row that nobody signed holds nothing, and lets nothing go. */
function opened(open: () => Order): Order | undefined {
  try {
    return open();
  } catch (error) {
    if (error instanceof CustodyError) return undefined;
    throw error;
  }
}

/**
 * Asked right before something goes that cannot come back. The row of the copy is asked as well: it is not enough to take an
 * order out of the table to end the hold that it gave.
 */
export async function requireNoHold(deps: Deps, { scope, testId }: Run): Promise<void> {
  const [holdOf, copy] = await Promise.all([
    legalHolds(deps, scope.tenant),
    findGoldenCopy(deps.database, scope, testId),
  ]);
  const hold = holdOf({ workspace: scope.workspace, testId });
  if (hold !== null) throw onHold(`${testId} is on hold since ${hold.since}, by ${hold.order_id}`);
  if ((copy?.legalHold ?? null) !== null)
    throw onHold(`${testId} is marked as on hold, and no order that is on record has ended that`);
}

const onHold = (why: string): CertusError => new CertusError('legal_hold', why);
