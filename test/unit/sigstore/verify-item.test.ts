import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { verifyItem } from '../../../api/verification/verify-item.ts';
import { keyId } from '../../../contracts/key-id.ts';
import { KeySet, type TrustedKey } from '../../../contracts/keys.ts';
import { PREDICATE } from '../../../contracts/statements.ts';
import { Verification, VerifyItem, VerifyRequest } from '../../../contracts/verification.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { signWithKey } from '../../../domain/sigstore/key-hash.ts';
import { trustedRootFrom } from '../../../domain/sigstore/trusted-root.ts';
import { ARTIFACT, ISSUER, type Loose, newKey, SUBJECT, startSigstore } from './mock-sigstore.ts';

const NOW = new Date('2026-06-01T00:00:00.000Z');
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

function trustedKey(publicKeyPem: string, more: Partial<TrustedKey> = {}): TrustedKey {
  return {
    id: keyId(publicKeyPem),
    role: 'evidence',
    tenant: 'acme',
    public_key_pem: publicKeyPem,
    valid_from: '2026-01-01T00:00:00.000Z',
    valid_until: null,
    ...more,
  };
}

const DIGEST = createHash('sha256').update(ARTIFACT).digest();
const pair = newKey();
const stranger = newKey();
const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const strangersPem = stranger.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const keySetWith = (more: Partial<TrustedKey> = {}) =>
  KeySet.parse({ schema: 'https://certus.dev/key-set/v1', keys: [trustedKey(pem, more)] });

function signedFile(privateKey = pair.privateKey, hint = keyId(pem)): Loose {
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint } },
    messageSignature: {
      messageDigest: {
        algorithm: 'SHA2_256',
        digest: DIGEST.toString('base64'),
      },
      signature: base64(sign('sha256', ARTIFACT, privateKey)),
    },
  };
}

let mock: Awaited<ReturnType<typeof startSigstore>>;
let keyless: Loose;
beforeAll(async () => {
  mock = await startSigstore();
  keyless = await mock.sealed({ kind: 'statement', rekor: 2 });
});

function ask(item: unknown, { keySet = keySetWith(), now = NOW, root = true } = {}): Verification {
  const known = { keySet, root: root ? trustedRootFrom(mock.root) : undefined };
  return Verification.parse(verifyItem(VerifyItem.parse(item), known, now));
}
const artifact = base64(ARTIFACT);

describe('a bundle signed with a key of the tenant', () => {
  test('is valid, on the word of the key set', () => {
    expect(ask({ bundle: signedFile(), artifact })).toMatchObject({
      valid: true,
      signer: keyId(pem),
      believed: 'key_set',
      checks: ['signature', 'artifact'],
      error: null,
    });
  });

  test('is found by the name that cosign gives the key', () => {
    const spki = pair.publicKey.export({ type: 'spki', format: 'der' });
    const hint = createHash('sha256').update(spki).digest('base64');
    expect(ask({ bundle: signedFile(pair.privateKey, hint), artifact }).signer).toBe(keyId(pem));
  });

  test.each([
    [
      'a revoked key',
      { revoked: { at: NOW.toISOString(), reason: 'key_compromise', invalid_since: null } },
      'key_revoked',
    ],
    ['a key that has ended', { valid_until: '2026-02-01T00:00:00.000Z' }, 'key_not_valid_then'],
    ['a key that has not begun', { valid_from: '2026-07-01T00:00:00.000Z' }, 'key_not_valid_then'],
  ] as const)('is not valid of %s', (_, more, code) => {
    expect(ask({ bundle: signedFile(), artifact }, { keySet: keySetWith(more) })).toMatchObject({
      valid: false,
      signer: null,
      error: { family: 'trust', code },
    });
  });

  test('is not valid of a key that is not believed since a time, whatever earlier time it claims', async () => {
    const sign = async (bytes: Uint8Array) => signWithKey(pair.privateKey, bytes);
    const metadata = { finishedOn: '2026-02-01T00:00:00.000Z' };
    const provenance = {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'artifact', digest: { sha256: DIGEST.toString('hex') } }],
      predicateType: PREDICATE.provenance,
      predicate: { runDetails: { metadata } },
    };
    const sealed = await sealStatement(provenance, { keyId: keyId(pem), sign });
    const asked = { bundle: Buffer.from(sealed).toString('utf8'), artifact };
    expect(ask(asked)).toMatchObject({ valid: true, signed_at: metadata.finishedOn });
    // a key that was only replaced is believed of what it says
    expect(ask(asked, { keySet: keySetWith({ valid_until: '2026-03-01T00:00:00.000Z' }) }).valid).toBe(true);
    const at = '2026-05-01T00:00:00.000Z';
    const revoked = { at, reason: 'key_compromise', invalid_since: '2026-04-01T00:00:00.000Z' } as const;
    expect(ask(asked, { keySet: keySetWith({ revoked }) }).error?.code).toBe('key_revoked');
  });

  test('is not valid when another key signed it, or it is of another file, or none is named', () => {
    expect(ask({ bundle: signedFile(stranger.privateKey), artifact }).error).toMatchObject({
      family: 'cryptography',
      code: 'signature_invalid',
    });
    expect(ask({ bundle: signedFile(), artifact: base64(Buffer.from('other')) }).error?.code).toBe(
      'digest_mismatch',
    );
    expect(ask({ bundle: signedFile() }).error?.code).toBe('artifact_required');
    expect(ask({ bundle: signedFile(stranger.privateKey, keyId(strangersPem)), artifact }).error?.code).toBe(
      'untrusted_signer',
    );
  });

  test('can be asked about with a digest alone', () => {
    const hex = DIGEST.toString('hex');
    expect(ask({ bundle: signedFile(), artifact_digest: `sha256:${hex}` }).valid).toBe(true);
    expect(ask({ bundle: signedFile(), artifact: `sha256:${hex}` }).valid).toBe(true);
  });
});

test('a key in the request is believed, and nothing besides it', () => {
  const bundle = signedFile(stranger.privateKey, 'whatever');
  expect(ask({ bundle, artifact, key: strangersPem })).toMatchObject({ valid: true, believed: 'given_key' });
  expect(ask({ bundle: signedFile(), artifact, key: strangersPem }).error?.code).toBe('signature_invalid');
  expect(() => ask({ bundle, artifact, key: '-----BEGIN PUBLIC KEY-----\nno\n' })).toThrow(
    expect.objectContaining({ code: 'invalid_request' }),
  );
});

test('a keyless bundle is valid on the word of the trusted root, for the identity that is named', () => {
  const identity = { subject: SUBJECT, issuer: ISSUER };
  const now = new Date();
  expect(ask({ bundle: keyless, artifact, identity }, { now })).toMatchObject({
    valid: true,
    signer: SUBJECT,
    believed: 'trusted_root',
    transparency_index: 1,
    certificate_chain: [expect.stringContaining('BEGIN CERTIFICATE')],
  });
  expect(ask({ bundle: keyless, artifact }, { now }).error?.code).toBe('untrusted_signer');
  expect(ask({ bundle: keyless, artifact, identity }, { now, root: false }).error?.code).toBe(
    'certificate_untrusted',
  );
  const other = { ...identity, subject: 'https://example.org/other' };
  expect(ask({ bundle: keyless, artifact, identity: other }, { now }).error?.code).toBe('identity_mismatch');
});

test('a bundle given as text may not name a thing twice', () => {
  const text = JSON.stringify(signedFile());
  expect(ask({ bundle: text, artifact }).valid).toBe(true);
  const twice = text.replace('{"mediaType"', '{"media\\u0054ype":"x","mediaType"');
  expect(ask({ bundle: twice, artifact }).error).toMatchObject({ code: 'bundle_malformed' });
});

describe('a signature alone', () => {
  const signature = base64(sign('sha256', ARTIFACT, pair.privateKey));

  test('is valid under a key of the tenant, which may be named', () => {
    expect(ask({ artifact, signature })).toMatchObject({ valid: true, signer: keyId(pem) });
    expect(ask({ artifact, signature, identity: keyId(pem) }).valid).toBe(true);
    expect(ask({ artifact, signature, identity: 'somebody' }).error?.code).toBe('untrusted_signer');
  });

  test('is not valid over another file, under another key, or after the key has ended', () => {
    expect(ask({ artifact: base64(Buffer.from('x')), signature }).error?.code).toBe('signature_invalid');
    expect(ask({ artifact, signature, key: strangersPem }).error?.code).toBe('signature_invalid');
    const ended = keySetWith({ valid_until: '2026-02-01T00:00:00.000Z' });
    expect(ask({ artifact, signature }, { keySet: ended }).error?.code).toBe('key_not_valid_then');
  });

  test.each(['ed25519', 'rsa'] as const)('of %s', (type) => {
    const made =
      type === 'rsa' ? generateKeyPairSync(type, { modulusLength: 3072 }) : generateKeyPairSync(type);
    const key = made.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const item = { artifact, signature: base64(signWithKey(made.privateKey, ARTIFACT)), key };
    expect(ask(item).valid).toBe(true);
  });
});

test('a request may hold up to a hundred, and nothing that has no meaning', () => {
  const one = { artifact, signature: 'AAAA' };
  const many = (count: number) => VerifyRequest.safeParse({ items: Array(count).fill(one) }).success;
  expect([many(0), many(1), many(100), many(101)]).toEqual([false, true, true, false]);
  expect(VerifyRequest.safeParse({ ...one, scenario: 'valid' }).success).toBe(false);
});
