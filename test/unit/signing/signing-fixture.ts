import 'reflect-metadata';
import { createPrivateKey, generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { keyId } from '../../../contracts/key-id.ts';
import type { KeyRole, KeySet, TrustedKey } from '../../../contracts/keys.ts';
import { type AnyStatement, AnyStatement as Schema } from '../../../contracts/signing.ts';
import { STATEMENT_TYPE } from '../../../contracts/statements.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { signWithKey } from '../../../domain/sigstore/key-hash.ts';
import type { Signer } from '../../../services/keys/signer.ts';

export const ALGORITHMS = ['P-256', 'P-384', 'Ed25519', 'RSA 3072'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

const GENERATE: Readonly<Record<Algorithm, () => { privateKey: KeyObject; publicKey: KeyObject }>> = {
  'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  Ed25519: () => generateKeyPairSync('ed25519'),
  'RSA 3072': () => generateKeyPairSync('rsa', { modulusLength: 3072 }),
};

export const NOW = new Date('2026-06-01T12:00:00.000Z');
export const TENANT = 'acme';

export type SigningKey = { readonly signer: Signer; readonly trusted: TrustedKey };

/** A real key, and how a verifier would be told to trust it. */
export function signingKey(
  algorithm: Algorithm,
  role: KeyRole = 'evidence',
  changes: Partial<TrustedKey> = {},
): SigningKey {
  const { privateKey, publicKey } = GENERATE[algorithm]();
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return {
    signer: { keyId: keyId(pem), publicKeyPem: pem, sign: async (bytes) => signWithKey(privateKey, bytes) },
    trusted: {
      id: keyId(pem),
      role,
      tenant: role === 'evidence' ? TENANT : null,
      public_key_pem: pem,
      valid_from: '2026-01-01T00:00:00.000Z',
      valid_until: null,
      ...changes,
    },
  };
}

export const keySetOf = (...keys: readonly SigningKey[]): KeySet => ({
  schema: 'https://certus.dev/key-set/v1',
  keys: keys.map(({ trusted }) => trusted),
});

/** The same key with a certificate of an authority made for it. */
export async function certified(
  algorithm: 'P-256' = 'P-256',
): Promise<SigningKey & { readonly authorityPem: string }> {
  x509.cryptoProvider.set(webcrypto);
  const ec = { name: 'ECDSA', namedCurve: algorithm, hash: 'SHA-256' };
  const make = () =>
    webcrypto.subtle.generateKey(ec, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
  const [issuer, leaf] = await Promise.all([make(), make()]);
  const validity = { notBefore: new Date('2025-01-01'), notAfter: new Date('2035-01-01') };
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: 'CN=Test authority',
    keys: issuer,
    signingAlgorithm: ec,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity,
    subject: 'CN=signer',
    issuer: authority.subject,
    publicKey: leaf.publicKey,
    signingKey: issuer.privateKey,
    signingAlgorithm: ec,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.codeSigning]),
      new x509.SubjectAlternativeNameExtension([{ type: 'email', value: 'signer@acme.example' }]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', leaf.privateKey));
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const pem = certificate.publicKey.toString('pem').trim().concat('\n');
  const chain = `${certificate.toString('pem')}\n${authority.toString('pem')}\n`;
  return {
    signer: {
      keyId: keyId(pem),
      publicKeyPem: pem,
      certificatePem: chain,
      sign: async (bytes) => signWithKey(privateKey, bytes),
    },
    trusted: {
      id: keyId(pem),
      role: 'evidence',
      tenant: TENANT,
      public_key_pem: pem,
      certificate_pem: chain,
      valid_from: '2026-01-01T00:00:00.000Z',
      valid_until: null,
    },
    authorityPem: authority.toString('pem'),
  };
}

export const CONTENT = Buffer.from('a release\n');
export const TYPE = 'https://example.org/review/v1';
export const statement = (changes: Partial<AnyStatement> = {}): AnyStatement =>
  Schema.parse({
    _type: STATEMENT_TYPE,
    subject: [{ name: 'release.txt', digest: { sha256: sha256(CONTENT) } }],
    predicateType: TYPE,
    predicate: { reviewed: true },
    ...changes,
  });
