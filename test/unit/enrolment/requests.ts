import 'reflect-metadata';
import { generateKeyPairSync, type KeyObject, sign, type webcrypto } from 'node:crypto';
import type { JsonName } from '@peculiar/x509';
import * as x509 from '@peculiar/x509';
import { keyId } from '../../../contracts/key-id.ts';
import type { StatementSigner } from '../../../domain/custody/seal-statement.ts';
import type { Applicant } from '../../../services/authority/certificate-authority.ts';

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const P384 = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' };
const rsa = (modulusLength: number, hash = 'SHA-256', exponent = [1, 0, 1]) => ({
  name: 'RSASSA-PKCS1-v1_5',
  hash,
  modulusLength,
  publicExponent: new Uint8Array(exponent),
});
export const ALGORITHMS = {
  EC,
  P384,
  P521: { ...EC, namedCurve: 'P-521' },
  ed: { name: 'Ed25519' },
  rsa,
} as const;

type Wanted = {
  readonly name?: JsonName;
  readonly extensions?: x509.Extension[];
  readonly attributes?: x509.Attribute[];
  readonly algorithm?: object;
};

/** A signing request as a newcomer, or an attacker, would make it. */
export async function request({ name = [], extensions = [], attributes = [], algorithm = EC }: Wanted = {}) {
  const keys = (await crypto.subtle.generateKey(algorithm as typeof EC, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    name,
    extensions,
    attributes,
    keys,
    signingAlgorithm: algorithm as typeof EC,
  });
  return { csr: `${csr.toString('pem')}\n`, der: Buffer.from(csr.rawData), keys };
}

/** Another body under the same armour. */
export const armoured = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;

export type Newcomer = {
  readonly applicant: Applicant;
  readonly signer: StatementSigner;
  readonly privateKey: KeyObject;
};

/** A newcomer with an EC P-256 key, whose request was made by the command line's own function. */
export async function newcomer(
  tenant = 'acme',
  environment: 'sandbox' | 'production' = 'production',
): Promise<Newcomer> {
  const { makeSigningRequest } = await import('../../../domain/enrolment/make-signing-request.ts');
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const id = keyId(publicKeyPem);
  const csr = await makeSigningRequest(privateKey);
  return {
    applicant: { tenant, environment, keyId: id, publicKeyPem, csr },
    signer: { keyId: id, sign: async (bytes) => sign('sha256', bytes, privateKey) },
    privateKey,
  };
}
