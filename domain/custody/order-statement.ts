import { canonicalJson } from '../../contracts/canonical-json.ts';
import type { KeySet } from '../../contracts/keys.ts';
import { type Order, OrderStatement } from '../../contracts/orders.ts';
import { PREDICATE, STATEMENT_TYPE } from '../../contracts/statements.ts';
import { CustodyError } from './custody-error.ts';
import { sha256 } from './digest.ts';
import { openStatement } from './open-statement.ts';

/** An order as it is signed: about nothing but its own action. */
export const orderStatement = (order: Order): OrderStatement => ({
  _type: STATEMENT_TYPE,
  subject: [{ name: order.id, digest: { sha256: sha256(canonicalJson(order.action)) } }],
  predicateType: PREDICATE.order,
  predicate: order,
});

export type ExpectedOrder = { readonly tenant: string; readonly id: string; readonly keySet: KeySet };

/** Believes an order only as the pinned operator key signed it, under the id and for the tenant it is asked for. */
export function openOrder(bytes: Uint8Array, { tenant, id, keySet }: ExpectedOrder): Order {
  const { statement, content } = openStatement(bytes, {
    schema: OrderStatement,
    role: 'operator',
    tenant,
    keySet,
    madeAt: ({ predicate }) => predicate.given_at,
  });
  const order = statement.predicate;
  if (order.tenant !== tenant || order.id !== id)
    throw new CustodyError('wrong_scope', 'the order was given under another id or for another tenant');
  // of what was signed: a field that a later release fills in by itself must not make an old order another one
  const { action } = (content as OrderStatement).predicate;
  if (statement.subject[0]?.digest.sha256 !== sha256(canonicalJson(action)))
    throw new CustodyError('subject_mismatch', 'the order is not about its own action');
  return order;
}
