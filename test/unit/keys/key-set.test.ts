import { expect, test } from '@jest/globals';
import { KeySet, type TrustedKey } from '../../../contracts/keys.ts';
import { KEY_SET, KEYS } from '../domain/custody-fixture.ts';

const { evidence, permit, otherTenant } = KEYS;

test('a key set of different keys, each for one thing, is accepted', () => {
  expect(KeySet.parse(KEY_SET)).toEqual(KEY_SET);
});

const pem = evidence.trusted.public_key_pem;

test.each<[string, TrustedKey[], string]>([
  ['names a key after another', [{ ...evidence.trusted, id: permit.trusted.id }], 'the id of this key is'],
  [
    'trusts one key for two roles',
    [evidence.trusted, { ...evidence.trusted, role: 'permit', tenant: null }],
    'both for evidence and for permit',
  ],
  [
    'trusts one key for two roles, written differently',
    [evidence.trusted, { ...evidence.trusted, role: 'promotion', public_key_pem: `${pem}\n` }],
    'both for evidence and for promotion',
  ],
  ['gives one key to two tenants', [evidence.trusted, { ...evidence.trusted, tenant: 'globex' }], 'twice'],
  ['believes a key for the evidence of everyone', [{ ...otherTenant.trusted, tenant: null }], 'a tenant'],
  [
    'holds what is no key',
    [{ ...evidence.trusted, public_key_pem: '-----BEGIN PUBLIC KEY-----\nAAAA\n' }],
    'not a public key',
  ],
])('a key set is refused that %s', (_, keys, message) => {
  const parsed = KeySet.safeParse({ ...KEY_SET, keys });
  expect(parsed.error?.issues.map((issue) => issue.message).join()).toContain(message);
});
