import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { dsse } from '@sigstore/core';
import type { Revocation } from '../../../contracts/keys.ts';
import { PAYLOAD_TYPE } from '../../../contracts/statements.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { openSignature } from '../../../domain/custody/open-signature.ts';
import { sealMessage } from '../../../domain/custody/seal-message.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { refusal } from '../domain/custody-fixture.ts';
import {
  ALGORITHMS,
  CONTENT,
  certified,
  keySetOf,
  NOW,
  type SigningKey,
  signingKey,
  statement,
  TENANT,
  TYPE,
} from './signing-fixture.ts';

const open = (
  bytes: Uint8Array,
  key: SigningKey,
  changes: Partial<Parameters<typeof openSignature>[1]> = {},
) =>
  openSignature(bytes, {
    keySet: keySetOf(key),
    role: 'evidence',
    tenant: TENANT,
    at: NOW,
    content: CONTENT,
    ...changes,
  });

type Bundle = {
  verificationMaterial: { certificate: { rawBytes: string } };
  messageSignature: { messageDigest: { digest: string } };
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string }[] };
};
function changed(bytes: Uint8Array, change: (bundle: Bundle) => void): Uint8Array {
  const bundle = JSON.parse(Buffer.from(bytes).toString()) as Bundle;
  change(bundle);
  return Buffer.from(JSON.stringify(bundle));
}

describe.each(ALGORITHMS)('what a key of %s signed', (algorithm) => {
  const key = signingKey(algorithm);
  const other = signingKey(algorithm);

  test('is believed, a message and a statement', async () => {
    const subjects = [sha256(CONTENT)];
    expect(open(await sealMessage(CONTENT, key.signer), key)).toMatchObject({
      kind: 'message',
      signer: key.trusted.id,
      subjects,
    });
    expect(open(await sealStatement(statement(), key.signer), key)).toMatchObject({
      kind: 'statement',
      signer: key.trusted.id,
      subjects,
      predicateType: TYPE,
    });
  });

  test('and not of another key that says it is this one', async () => {
    const sealed = await sealMessage(CONTENT, { ...other.signer, keyId: key.signer.keyId });
    expect(refusal(() => open(sealed, key))).toBe('signature_invalid');
    expect(refusal(() => open(sealed, other))).toBe('untrusted_signer');
  });

  test('nor over other content, or with another digest, or without what was signed', async () => {
    const sealed = await sealMessage(CONTENT, key.signer);
    expect(refusal(() => open(sealed, key, { content: Buffer.from('other') }))).toBe('signature_invalid');
    expect(refusal(() => open(sealed, key, { content: undefined }))).toBe('malformed');
    const lie = changed(sealed, (bundle) => {
      bundle.messageSignature.messageDigest.digest = Buffer.alloc(32).toString('base64');
    });
    expect(refusal(() => open(lie, key))).toBe('hash_mismatch');
  });

  test('nor with another payload or payload type', async () => {
    const sealed = await sealStatement(statement(), key.signer);
    const payload = Buffer.from(JSON.stringify(statement({ predicateType: 'urn:x' }))).toString('base64');
    const swapped = changed(sealed, ({ dsseEnvelope }) => {
      dsseEnvelope.payload = payload;
    });
    expect(refusal(() => open(swapped, key))).toBe('signature_invalid');
    const typed = changed(sealed, ({ dsseEnvelope }) => {
      dsseEnvelope.payloadType = 'text/plain';
    });
    expect(refusal(() => open(typed, key))).toBe('malformed');
  });
});

test('a statement that says something twice is none, however good its signature', async () => {
  const key = signingKey('P-256');
  const text = JSON.stringify(statement());
  const payload = Buffer.from(text.replace('"predicateType":', '"predicateType":"urn:x","predicateType":'));
  const sig = await key.signer.sign(dsse.preAuthEncoding(PAYLOAD_TYPE, payload));
  const twice = changed(await sealStatement(statement(), key.signer), ({ dsseEnvelope }) => {
    dsseEnvelope.payload = payload.toString('base64');
    dsseEnvelope.signatures = [{ sig: Buffer.from(sig).toString('base64') }];
  });
  expect(refusal(() => open(twice, key))).toBe('malformed');
});

describe('a key', () => {
  const key = signingKey('P-256');
  const sealed = sealMessage(CONTENT, key.signer);
  const revoked: Revocation = {
    at: '2026-07-01T00:00:00.000Z',
    reason: 'key_compromise',
    invalid_since: '2026-07-01T00:00:00.000Z',
  };

  test.each<[string, string, Partial<SigningKey['trusted']>]>([
    ['of another tenant', 'untrusted_signer', { tenant: 'globex' }],
    ['of another role', 'untrusted_signer', { role: 'permit', tenant: null }],
    ['of later', 'key_not_valid_then', { valid_from: '2026-06-02T00:00:00.000Z' }],
    ['of before', 'key_not_valid_then', { valid_until: '2026-05-01T00:00:00.000Z' }],
    ['that was revoked, even for what it did before', 'key_revoked', { revoked }],
  ])('%s is refused as %s', async (_, code, changes) => {
    const bytes = await sealed;
    const trusted = { ...key.trusted, ...changes };
    expect(refusal(() => open(bytes, { ...key, trusted }))).toBe(code);
  });
});

describe('a bundle with a certificate', () => {
  test('is believed of the certificate that the key is trusted with, and of no other of the same key', async () => {
    const key = await certified();
    const other = await certified();
    const der = (pem: string | undefined) => new X509Certificate(pem ?? '').raw;
    const sealed = await sealStatement(statement(), key.signer, der(key.signer.certificatePem));
    expect(JSON.parse(Buffer.from(sealed).toString()).verificationMaterial).not.toHaveProperty('publicKey');
    expect(open(sealed, key)).toMatchObject({ kind: 'statement', signer: key.trusted.id });
    const { certificate_pem: _, ...bare } = key.trusted;
    expect(refusal(() => open(sealed, { ...key, trusted: bare }))).toBe('untrusted_signer');
    const strange = { ...key.trusted, certificate_pem: other.trusted.certificate_pem ?? '' };
    expect(refusal(() => open(sealed, { ...key, trusted: strange }))).toBe('untrusted_signer');
    const none = changed(sealed, ({ verificationMaterial }) => {
      verificationMaterial.certificate.rawBytes = 'aGk=';
    });
    expect(refusal(() => open(none, key))).toBe('malformed');
  });
});
