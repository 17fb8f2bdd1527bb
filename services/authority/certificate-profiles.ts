import 'reflect-metadata';
import { randomBytes, type webcrypto } from 'node:crypto';
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
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { Applicant, IssuedCertificate } from './certificate-authority.ts';

export const SIGNING_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

const HOUR_MS = 3_600_000;
const LIFETIME_MS = { sandbox: 24 * HOUR_MS, compliance: HOUR_MS, production: 365 * 24 * HOUR_MS } as const;
export type Profile = keyof typeof LIFETIME_MS;

/** Clocks differ; a certificate that starts a moment ago is valid everywhere at once. */
const BACKDATE_MS = 60_000;

export type Issuer = { readonly certificate: X509Certificate; readonly key: webcrypto.CryptoKey };

/** Signs a leaf of one of the profiles: everything in it comes from us but the key. */
export async function issueLeaf(
  issuer: Issuer,
  applicant: Applicant,
  profile: Profile,
  now: Date,
): Promise<IssuedCertificate> {
  const notBefore = wholeSecond(now.getTime() - BACKDATE_MS);
  // nothing outlives who vouches for it
  const end = Math.min(now.getTime() + LIFETIME_MS[profile], issuer.certificate.notAfter.getTime());
  const notAfter = wholeSecond(end);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    subject: subjectOf(applicant, profile),
    issuer: issuer.certificate.subjectName.toJSON(),
    notBefore,
    notAfter,
    publicKey: new PublicKey(applicant.publicKeyPem),
    signingKey: issuer.key,
    signingAlgorithm: SIGNING_ALGORITHM,
    extensions: await leafExtensions(issuer, applicant, profile),
  });
  const serial = certificate.serialNumber;
  return { serial, certificatePem: `${certificate.toString('pem')}\n`, notBefore, notAfter };
}

/** Whose it is and what for. A compliance certificate names itself, so that it never passes for another. */
export const subjectOf = ({ tenant, environment, keyId }: Applicant, profile: Profile): JsonName => [
  { O: [tenant] },
  { OU: [profile === 'compliance' ? 'compliance' : environment] },
  { CN: [keyId] },
];

async function leafExtensions(
  issuer: Issuer,
  { tenant, environment, keyId, publicKeyPem }: Applicant,
  profile: Profile,
): Promise<Extension[]> {
  const purpose = profile === 'compliance' ? 'compliance' : environment;
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    // one certificate is signer and identity of an agent; with the one for a sample nobody connects anywhere
    new ExtendedKeyUsageExtension([
      ExtendedKeyUsage.codeSigning,
      ...(profile === 'compliance' ? [] : [ExtendedKeyUsage.clientAuth]),
    ]),
    // verifiers of Sigstore know a signer by its alternative name
    new SubjectAlternativeNameExtension([
      { type: 'url', value: `https://certus.dev/signers/${tenant}/${purpose}/${keyId}` },
    ]),
    await SubjectKeyIdentifierExtension.create(new PublicKey(publicKeyPem)),
    await AuthorityKeyIdentifierExtension.create(issuer.certificate.publicKey),
  ];
}

/** 127 random bits: positive, and nobody can tell what the next certificate will look like. */
export function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return bytes.toString('hex');
}

/** Certificates know no milliseconds: what is told of one must be what stands in it. */
export const wholeSecond = (milliseconds: number): Date => new Date(Math.floor(milliseconds / 1000) * 1000);
