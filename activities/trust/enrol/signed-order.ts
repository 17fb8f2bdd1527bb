import { CertusError } from '../../../contracts/errors.ts';
import type { ActionKind, Order } from '../../../contracts/orders.ts';
import { CustodyError } from '../../../domain/custody/custody-error.ts';
import { openOrder } from '../../../domain/custody/order-statement.ts';
import type { TrustDeps } from '../deps.ts';
import type { ActionOf } from '../orders/action-handler.ts';

export type OrderOf<K extends ActionKind> = Order & { readonly action: ActionOf<K> };
type Expected<K extends ActionKind> = { readonly tenant: string; readonly id: string; readonly kind: K };

/** An earlier order, as it was signed and not as a table tells it. */
export function openEarlierOrder<K extends ActionKind>(
  { keySet }: Pick<TrustDeps, 'keySet'>,
  statement: Uint8Array,
  { tenant, id, kind }: Expected<K>,
): OrderOf<K> {
  const order = open(statement, { tenant, id, keySet });
  if (order.action.kind !== kind)
    throw new CertusError('order_invalid', `the order ${id} is about something else`);
  return order as OrderOf<K>;
}

function open(statement: Uint8Array, expected: Parameters<typeof openOrder>[1]): Order {
  try {
    return openOrder(statement, expected);
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    throw new CertusError('order_invalid', `the order ${expected.id} does not hold: ${error.message}`);
  }
}
