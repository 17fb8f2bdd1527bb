import { describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../../contracts/canonical-json.ts';
import type { KeySetStatement } from '../../../contracts/key-registry.ts';
import type { TrustedKey } from '../../../contracts/keys.ts';
import { PREDICATE, STATEMENT_TYPE } from '../../../contracts/statements.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { tenantKeySet } from '../../../domain/custody/tenant-key-set.ts';
import { KEY_SET, KEYS, testKey } from '../domain/custody-fixture.ts';

const fresh = testKey('evidence', 'acme').trusted;
const code = (name: string) => expect.objectContaining({ code: name });

function listOf(keys: readonly TrustedKey[], tenant = 'acme'): KeySetStatement {
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: `key-set/${tenant}`, digest: { sha256: sha256(canonicalJson(keys)) } }],
    predicateType: PREDICATE.keySet,
    predicate: { tenant, version: 1, issued_at: '2026-06-01T12:00:00.000Z', keys: [...keys] },
  };
}
const signed = (statement: object, key = KEYS.permit) => sealStatement(statement, key.signer);
const idsOf = (keys: readonly TrustedKey[]) => keys.map(({ id }) => id);

describe('the keys of a tenant', () => {
  test('are the pinned ones that are its own or the platform’s, while Trust has no list', () => {
    const { keys } = tenantKeySet(KEY_SET, undefined, 'acme');
    expect(idsOf(keys)).toEqual(
      idsOf([KEYS.evidence, KEYS.permit, KEYS.promotion].map((key) => key.trusted)),
    );
  });

  test('are also those on the list that Trust signed', async () => {
    const { keys } = tenantKeySet(KEY_SET, await signed(listOf([fresh])), 'acme');
    expect(idsOf(keys)).toContain(fresh.id);
    expect(idsOf(keys)).toContain(KEYS.evidence.trusted.id);
  });

  test('are as the list says, of a key that is pinned too: it may have been revoked', async () => {
    const revoked = {
      at: '2026-06-01T12:00:00.000Z',
      reason: 'key_compromise',
      invalid_since: null,
    } as const;
    const list = await signed(listOf([{ ...KEYS.evidence.trusted, revoked }]));
    const ours = tenantKeySet(KEY_SET, list, 'acme').keys.filter(({ id }) => id === KEYS.evidence.trusted.id);
    expect(ours).toEqual([expect.objectContaining({ revoked })]);
  });

  test.each([
    ['believes nothing of it', null],
    ['believes it from an earlier time on no more', '2026-05-01T00:00:00.000Z'],
  ])('are as the file says, of a listed key of which the file %s', async (_what, invalid_since) => {
    const at = '2026-06-01T12:00:00.000Z';
    const revoked = { at, reason: 'key_compromise', invalid_since } as const;
    const pinned = KEY_SET.keys.map((key) =>
      key.id === KEYS.evidence.trusted.id
        ? { ...key, revoked, valid_until: '2026-07-01T00:00:00.000Z' }
        : key,
    );
    for (const known of [{}, { revoked: { ...revoked, invalid_since: at } }]) {
      const list = await signed(listOf([{ ...KEYS.evidence.trusted, ...known }]));
      const { keys } = tenantKeySet({ ...KEY_SET, keys: pinned }, list, 'acme');
      expect(keys.filter(({ id }) => id === KEYS.evidence.trusted.id)).toEqual([
        expect.objectContaining({ revoked, valid_until: '2026-07-01T00:00:00.000Z' }),
      ]);
    }
  });

  test.each([
    ['an evidence key', KEYS.evidence],
    ['the promotion key', KEYS.promotion],
    ['a stranger', KEYS.stranger],
  ])('are not taken from a list that %s signed', async (_who, key) => {
    const list = await signed(listOf([fresh]), key);
    expect(() => tenantKeySet(KEY_SET, list, 'acme')).toThrow(code('untrusted_signer'));
  });

  test('are not taken from the list of another tenant', async () => {
    const theirs = { ...fresh, tenant: 'globex' };
    const list = await signed(listOf([theirs], 'globex'));
    expect(() => tenantKeySet(KEY_SET, list, 'acme')).toThrow(code('wrong_scope'));
  });

  test.each([
    ['for permits', { ...fresh, role: 'permit' as const }],
    ['of another tenant', { ...fresh, tenant: 'globex' }],
    ['of every tenant', { ...fresh, tenant: null }],
    ['that is pinned for permits', { ...KEYS.permit.trusted, role: 'evidence' as const, tenant: 'acme' }],
  ])('cannot be given one %s by a list', async (_what, key) => {
    const list = await signed(listOf([key]));
    expect(() => tenantKeySet(KEY_SET, list, 'acme')).toThrow(code('wrong_scope'));
  });

  test('are not taken from a list that is not the one its subject names', async () => {
    const list = await signed({ ...listOf([fresh]), subject: listOf([]).subject });
    expect(() => tenantKeySet(KEY_SET, list, 'acme')).toThrow(code('subject_mismatch'));
  });
});
