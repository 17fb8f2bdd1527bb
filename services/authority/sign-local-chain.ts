import 'reflect-metadata';
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PublicKey,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { keyId } from '../../contracts/key-id.ts';
import { randomSerial, SIGNING_ALGORITHM, wholeSecond } from './certificate-profiles.ts';

const YEAR_MS = 365 * 24 * 3_600_000;
const CERTIFIES = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign;

/** In PEM: the issuing certificate, signed by the root, and the root, signed by itself. */
export async function signLocalChain(rootKeyPem: string, issuingKeyPem: string, now: Date): Promise<string> {
  const root = publicKeyOf(rootKeyPem);
  const issuing = publicKeyOf(issuingKeyPem);
  const rootName = nameOf('root', root);
  const common = {
    issuer: rootName,
    notBefore: wholeSecond(now.getTime() - 60_000),
    signingKey: await signingKeyOf(rootKeyPem),
    signingAlgorithm: SIGNING_ALGORITHM,
  };
  const rootCertificate = await X509CertificateGenerator.create({
    ...common,
    serialNumber: randomSerial(),
    subject: rootName,
    notAfter: wholeSecond(now.getTime() + 20 * YEAR_MS),
    publicKey: root,
    extensions: await extensions(root, root, 1),
  });
  const issuingCertificate = await X509CertificateGenerator.create({
    ...common,
    serialNumber: randomSerial(),
    subject: nameOf('issuing authority', issuing),
    notAfter: wholeSecond(now.getTime() + 10 * YEAR_MS),
    publicKey: issuing,
    // it may issue what signs and who connects, and no further authority
    extensions: [
      ...(await extensions(issuing, root, 0)),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.codeSigning, ExtendedKeyUsage.clientAuth]),
    ],
  });
  return `${issuingCertificate.toString('pem')}\n${rootCertificate.toString('pem')}\n`;
}

/** Different in every installation: who trusts two of them must be able to tell them apart. */
const nameOf = (what: string, key: PublicKey): JsonName => [
  { O: ['Certus'] },
  { CN: [`Certus local ${what} ${keyId(key.toString('pem')).slice(0, 8)}`] },
];

const extensions = async (key: PublicKey, signer: PublicKey, pathLength: number): Promise<Extension[]> => [
  new BasicConstraintsExtension(true, pathLength, true),
  new KeyUsagesExtension(CERTIFIES, true),
  await SubjectKeyIdentifierExtension.create(key),
  await AuthorityKeyIdentifierExtension.create(signer),
];

const publicKeyOf = (privateKeyPem: string): PublicKey =>
  new PublicKey(createPublicKey(privateKeyPem).export({ type: 'spki', format: 'pem' }).toString());

const signingKeyOf = (privateKeyPem: string): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey(
    'pkcs8',
    new Uint8Array(createPrivateKey(privateKeyPem).export({ type: 'pkcs8', format: 'der' })),
    SIGNING_ALGORITHM,
    false,
    ['sign'],
  );
