import 'reflect-metadata';
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { X509Certificate } from '@peculiar/x509';
import { CertusError } from '../../contracts/errors.ts';
import { keyId } from '../../contracts/key-id.ts';
import type { Applicant, BuiltInAuthority, Grant, IssuedCertificate } from './certificate-authority.ts';
import {
  type Issuer,
  issueLeaf,
  type Profile,
  SIGNING_ALGORITHM,
  subjectOf,
} from './certificate-profiles.ts';
import { signRevocationList } from './revocation-list.ts';

export type BuiltInAuthorityOptions = {
  /** Of the issuing certificate: EC P-256, PKCS#8 in PEM, readable by its owner only. */
  readonly keyFile: string;
  /** The issuing certificate, then its root. */
  readonly chainFile: string;
  readonly now?: () => Date;
};

/** Issues certificates with a key of this installation. Its own signature is all that it believes of what comes back. */
export async function openBuiltInAuthority({
  keyFile,
  chainFile,
  now = () => new Date(),
}: BuiltInAuthorityOptions): Promise<BuiltInAuthority> {
  const chainPem = await readChain(chainFile);
  const issuer = await openIssuer(keyFile, chainFile, chainPem);
  const issue = async (applicant: Applicant, profile: Profile): Promise<IssuedCertificate> => {
    const time = now();
    requireValid(issuer, time);
    const leaf = await issueLeaf(issuer, applicant, profile, time);
    return { ...leaf, certificatePem: `${leaf.certificatePem}${chainPem}` };
  };
  return {
    passwords: 'ours',
    chainPem,
    issueSandbox: (applicant) => issue(applicant, 'sandbox'),
    requestCompliance: async (applicant) => ({
      certificate: await issue(applicant, 'compliance'),
      continuation: null,
    }),
    submitSample: (applicant, grant) => requireOwnGrant(issuer, applicant, grant, now()),
    requestProduction: async (applicant, grant) => {
      await requireOwnGrant(issuer, applicant, grant, now());
      return issue(applicant, 'production');
    },
    revoke: (number, revoked, previous) => signRevocationList(issuer, number, revoked, previous, now()),
  };
}

/** Whoever can write into a table cannot make one: it is a certificate of ours, for this key, of this tenant, and still valid. */
async function requireOwnGrant(
  issuer: Issuer,
  applicant: Applicant,
  { certificatePem }: Grant,
  now: Date,
): Promise<void> {
  const leaf = parseCertificate(certificatePem, 'the compliance certificate');
  const ours = await leaf.verify({ publicKey: issuer.certificate, signatureOnly: true });
  const fits =
    ours &&
    JSON.stringify(leaf.subjectName.toJSON()) === JSON.stringify(subjectOf(applicant, 'compliance')) &&
    keyId(leaf.publicKey.toString('pem')) === applicant.keyId;
  if (!fits)
    throw new CertusError('authority_refused', 'the compliance certificate is not of this enrolment');
  if (now < leaf.notBefore || now >= leaf.notAfter)
    throw new CertusError('certificate_expired', 'the compliance certificate has expired: enrol anew');
}

function requireValid({ certificate }: Issuer, now: Date): void {
  if (now < certificate.notBefore || now >= certificate.notAfter)
    throw new CertusError('authority_refused', 'the certificate of the built-in authority has expired');
}

async function readChain(file: string): Promise<string> {
  try {
    return `${(await readFile(file, 'utf8')).trim()}\n`;
  } catch (cause) {
    throw new CertusError('key_unusable', `cannot read the certificates of the authority ${file}`, { cause });
  }
}

async function openIssuer(keyFile: string, chainFile: string, chainPem: string): Promise<Issuer> {
  const certificate = parseCertificate(chainPem, chainFile);
  const pkcs8 = await readIssuingKey(keyFile);
  const publicPem = createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }))
    .export({ type: 'spki', format: 'pem' })
    .toString();
  if (keyId(publicPem) !== keyId(certificate.publicKey.toString('pem')))
    throw new CertusError(
      'key_mismatch',
      `${keyFile} is not the key of the first certificate in ${chainFile}`,
    );
  const key = await webcrypto.subtle.importKey('pkcs8', pkcs8, SIGNING_ALGORITHM, false, ['sign']);
  return { certificate, key };
}

/** A key that others can read is no longer a secret: it is refused, not warned about. */
async function readIssuingKey(file: string): Promise<Buffer<ArrayBuffer>> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new CertusError('key_unusable', `cannot open the private key ${file}`, { cause });
  });
  try {
    if (((await handle.stat()).mode & 0o077) !== 0)
      throw new CertusError('key_unusable', `${file} can be read by others; run: chmod 600 ${file}`);
    return derOf(file, await handle.readFile('utf8'));
  } finally {
    await handle.close();
  }
}

function derOf(file: string, pem: string): Buffer<ArrayBuffer> {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1')
      return Buffer.from(key.export({ type: 'pkcs8', format: 'der' }));
  } catch {
    // the parser's own error may quote the file, so it is not passed on
    throw new CertusError('key_unusable', `${file} is not a private key in PEM`);
  }
  throw new CertusError('key_unusable', `${file} is not an EC P-256 key`);
}

/** The first one, when there are several. */
function parseCertificate(pem: string, what: string): X509Certificate {
  const first = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/.exec(pem)?.[0];
  try {
    if (first !== undefined) return new X509Certificate(first);
  } catch (cause) {
    throw new CertusError('certificate_invalid', `${what} is not a certificate`, { cause });
  }
  throw new CertusError('certificate_invalid', `${what} is not a certificate in PEM`);
}
