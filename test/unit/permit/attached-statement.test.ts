import { createHash, createPublicKey } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { KeySet } from '../../../contracts/keys.ts';
import { PREDICATE, STATEMENT_TYPE } from '../../../contracts/statements.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { openAttached } from '../../../domain/permit/attached-statement.ts';
import { KEY_SET, KEYS, refusal, type TestKey, tampered } from '../domain/custody-fixture.ts';

const bundleDigest = '1'.repeat(64);
const at = new Date('2026-06-01T12:00:00.000Z');
const endorsement = (changes: object = {}) => ({
  _type: STATEMENT_TYPE,
  subject: [{ name: 'bundle.json', digest: { sha256: bundleDigest } }],
  predicateType: PREDICATE.endorsement,
  predicate: {},
  ...changes,
});
const attached = async (
  changes: object = {},
  key: TestKey = KEYS.evidence,
  keySet: KeySet = KEY_SET,
  when = at,
) => {
  const bytes = await sealStatement(endorsement(changes), key.signer);
  return refusal(() => openAttached(bytes, { tenant: 'acme', bundleDigest, keySet, at: when }));
};

test('an endorsement of the bundle by a key of the tenant counts', async () => {
  expect(await attached()).toBe('accepted');
  expect(await attached({ predicateType: 'https://spdx.dev/Document' })).toBe('accepted');
});

test('so does one in the form of cosign, which names the key and the kind of statement otherwise', async () => {
  const older = {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://example.org/review/v1',
  };
  const bytes = await sealStatement(endorsement(older), KEYS.evidence.signer);
  const named = (key: TestKey) =>
    tampered(bytes, ({ verificationMaterial }) => {
      const spki = createPublicKey(key.trusted.public_key_pem).export({ type: 'spki', format: 'der' });
      verificationMaterial.publicKey.hint = createHash('sha256').update(spki).digest('base64');
    });
  const open = (given: Uint8Array) =>
    refusal(() => openAttached(given, { tenant: 'acme', bundleDigest, keySet: KEY_SET, at }));
  expect(open(named(KEYS.evidence))).toBe('accepted');
  expect(open(named(KEYS.stranger))).toBe('untrusted_signer');
  expect(await attached({ _type: 'https://in-toto.io/Statement/v2' })).toBe('malformed');
});

test('what is about another bundle does not', async () => {
  expect(await attached({ subject: [{ name: 'bundle.json', digest: { sha256: '2'.repeat(64) } }] })).toBe(
    'subject_mismatch',
  );
});

test("nor what a stranger, another tenant or a key of the platform's own has signed", async () => {
  for (const key of [KEYS.stranger, KEYS.otherTenant, KEYS.permit, KEYS.promotion])
    expect(await attached({}, key)).toBe('untrusted_signer');
});

test.each([PREDICATE.permit, PREDICATE.promotion, PREDICATE.order, PREDICATE.keySet, PREDICATE.quarantine])(
  'nor a statement that is for Certus alone to make: %s',
  async (predicateType) => {
    expect(await attached({ predicateType })).toBe('wrong_predicate');
  },
);

describe('it claims no time, so its key must be good when it is asked', () => {
  const withKey = (changes: object): KeySet => ({
    ...KEY_SET,
    keys: KEY_SET.keys.map((key) => (key.id === KEYS.evidence.trusted.id ? { ...key, ...changes } : key)),
  });

  test('and not revoked, since whenever', async () => {
    const revoked = {
      at: at.toISOString(),
      reason: 'key_compromise',
      invalid_since: '2026-05-01T00:00:00.000Z',
    };
    expect(await attached({}, KEYS.evidence, withKey({ revoked }))).toBe('key_revoked');
  });

  test('and not ended', async () => {
    const ended = withKey({ valid_until: '2026-05-01T00:00:00.000Z' });
    expect(await attached({}, KEYS.evidence, ended)).toBe('key_not_valid_then');
  });
});

test('one with a byte changed, or that is too large, is none', async () => {
  const bytes = await sealStatement(endorsement(), KEYS.evidence.signer);
  const other = tampered(bytes, ({ dsseEnvelope }) => {
    dsseEnvelope.payload = Buffer.from(JSON.stringify(endorsement({ predicate: { x: 1 } }))).toString(
      'base64',
    );
  });
  const open = (given: Uint8Array) =>
    refusal(() => openAttached(given, { tenant: 'acme', bundleDigest, keySet: KEY_SET, at }));
  expect(open(other)).toBe('signature_invalid');
  expect(open(new Uint8Array(2_000_000))).toBe('malformed');
});
