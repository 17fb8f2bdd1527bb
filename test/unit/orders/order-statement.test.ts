import { describe, expect, test } from '@jest/globals';
import type { KeySet } from '../../../contracts/keys.ts';
import type { Order } from '../../../contracts/orders.ts';
import { openOrder, orderStatement } from '../../../domain/custody/order-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { KEY_SET, KEYS, testKey } from '../domain/custody-fixture.ts';

const operator = testKey('operator');
const keySet: KeySet = { ...KEY_SET, keys: [...KEY_SET.keys, operator.trusted] };
const ORDER: Order = {
  id: `order_${'a'.repeat(32)}`,
  tenant: 'acme',
  by: 'local',
  given_at: '2026-06-01T12:00:00.000Z',
  expires_at: '2026-06-02T12:00:00.000Z',
  action: { kind: 'deactivate_key', key_id: 'b'.repeat(32) },
};
const expected = { tenant: ORDER.tenant, id: ORDER.id, keySet };
const code = (name: string) => expect.objectContaining({ code: name });

describe('an order', () => {
  test('of the operator is believed', async () => {
    const sealed = await sealStatement(orderStatement(ORDER), operator.signer);
    expect(openOrder(sealed, expected)).toEqual(ORDER);
  });

  test.each([
    ['the evidence key of its tenant', KEYS.evidence],
    ['the permit key', KEYS.permit],
    ['a key that nobody knows', testKey('operator')],
  ])('that %s signed is none', async (_who, { signer }) => {
    const sealed = await sealStatement(orderStatement(ORDER), signer);
    expect(() => openOrder(sealed, expected)).toThrow(code('untrusted_signer'));
  });

  test('is one of its tenant and under its id alone', async () => {
    const sealed = await sealStatement(orderStatement(ORDER), operator.signer);
    expect(() => openOrder(sealed, { ...expected, tenant: 'globex' })).toThrow(code('wrong_scope'));
    expect(() => openOrder(sealed, { ...expected, id: `order_${'c'.repeat(32)}` })).toThrow(
      code('wrong_scope'),
    );
  });

  test('whose subject is another action is none', async () => {
    const other = orderStatement({ ...ORDER, action: { kind: 'deactivate_key', key_id: 'c'.repeat(32) } });
    const mixed = { ...orderStatement(ORDER), subject: other.subject };
    const sealed = await sealStatement(mixed, operator.signer);
    expect(() => openOrder(sealed, expected)).toThrow(code('subject_mismatch'));
  });

  test('of an earlier release, which knew fewer fields, still holds', async () => {
    const policy = { schema: 'https://certus.dev/trust-policy/v1', name: 'p' };
    const action = { kind: 'set_policy', workspace: '*', mode: 'enforced', policy };
    const signed = orderStatement({ ...ORDER, action: action as Order['action'] });
    const order = openOrder(await sealStatement(signed, operator.signer), expected);
    expect(order.action).toMatchObject({ policy: { name: 'p', on_revocation: 'mark' } });
  });

  test('to do something that is not in the list is none', async () => {
    const statement = orderStatement(ORDER);
    const action = { kind: 'publish_everything' };
    const sealed = await sealStatement(
      { ...statement, predicate: { ...statement.predicate, action } },
      operator.signer,
    );
    expect(() => openOrder(sealed, expected)).toThrow(code('malformed'));
  });
});
