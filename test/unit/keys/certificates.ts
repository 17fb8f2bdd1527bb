import 'reflect-metadata';
import { createPrivateKey, type KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);

export const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
export const EC384 = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' } as const;
export const ED = { name: 'Ed25519' } as const;
export const rsa = (modulusLength: number) =>
  ({
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength,
    publicExponent: new Uint8Array([1, 0, 1]),
  }) as const;
type Algorithm = typeof EC | typeof EC384 | typeof ED | ReturnType<typeof rsa>;

export type Made = {
  readonly pem: string;
  readonly keyPem: string;
  readonly privateKey: KeyObject;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly name: string;
  readonly algorithm: Algorithm;
};

export type Wanted = {
  readonly name?: string;
  readonly algorithm?: Algorithm;
  readonly issuer?: Made;
  /** Says that it is by this one, whoever signed it. */
  readonly issuerName?: string;
  readonly from?: Date;
  readonly until?: Date;
  readonly extensions?: readonly x509.Extension[];
  /** Hash of the signature; SHA-256 when not said. */
  readonly hash?: string;
};

export const NOW = new Date('2026-06-01T12:00:00.000Z');
const DAY = 24 * 3_600_000;
export const inDays = (days: number): Date => new Date(NOW.getTime() + days * DAY);

export const authority = (pathLength?: number): x509.Extension[] => [
  new x509.BasicConstraintsExtension(true, pathLength, true),
  new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
];
export const forSigning = (): x509.Extension[] => [
  new x509.BasicConstraintsExtension(false, undefined, true),
  new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
  new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.3']),
];

let serial = 1;

/** A certificate as it is asked for, however wrong; signed by itself when no issuer is given. */
export async function certificate(wanted: Wanted = {}): Promise<Made> {
  const { name = `key-${serial}`, algorithm = EC, issuer } = wanted;
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const signingAlgorithm = {
    ...(issuer?.algorithm ?? algorithm),
    ...(wanted.hash ? { hash: wanted.hash } : {}),
  };
  serial += 1;
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: serial.toString(16).padStart(4, '0'),
    subject: `CN=${name}`,
    issuer: `CN=${wanted.issuerName ?? issuer?.name ?? name}`,
    notBefore: wanted.from ?? inDays(-1),
    notAfter: wanted.until ?? inDays(90),
    publicKey: keys.publicKey,
    signingKey: issuer?.keys.privateKey ?? keys.privateKey,
    signingAlgorithm,
    extensions: [...(wanted.extensions ?? forSigning())],
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { pem: `${made.toString('pem')}\n`, keyPem, privateKey, keys, name, algorithm };
}
