import { type KeyObject, X509Certificate } from 'node:crypto';
import { CertusError } from '../../contracts/errors.ts';
import { type Constraints, constraintsOf } from './certificate-extensions.ts';
import { algorithmOf } from './key-algorithm.ts';

/** A certificate that may be signed with, and its issuers as far as they were given. */
export type CheckedCertificate = {
  /** Leaf first, nothing but the certificates. */
  readonly certificatePem: string;
  readonly publicKey: KeyObject;
  readonly publicKeyPem: string;
  readonly algorithm: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
};

/**
 * Holds a certificate, and each link to the issuers that came with it, to the rules: valid now, made for signing, every
 * issuer an authority that signed the one before. Whether the last issuer is believed is not said: who uploads a key for
 * evidence is authenticated, and it is Trust's list that vouches for the key.
 */
export function checkCertificateChain(pem: string, now: Date): CheckedCertificate {
  const chain = parseChain(pem);
  const [leaf, ...issuers] = chain as [Link, ...Link[]];
  for (const [at, link] of chain.entries()) requireValid(link, at, now);
  requireForSigning(leaf);
  for (const [at, issuer] of issuers.entries()) requireIssuer(issuer, chain[at] as Link, at);
  requireRooted(chain.at(-1) as Link);
  const { publicKey } = leaf.certificate;
  return {
    certificatePem: chain.map(({ certificate }) => certificate.toString()).join(''),
    publicKey,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    algorithm: algorithmOf(publicKey),
    notBefore: leaf.certificate.validFromDate,
    notAfter: leaf.certificate.validToDate,
  };
}

type Link = { readonly certificate: X509Certificate; readonly constraints: Constraints };

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]{1,40000}-----END CERTIFICATE-----/g;
const MAX_LENGTH = 6;

function parseChain(pem: string): Link[] {
  const blocks = pem.match(BLOCK) ?? [];
  if (blocks.length === 0) throw invalid('it is not a certificate in PEM');
  if (blocks.length > MAX_LENGTH) throw invalid(`it is a chain of more than ${MAX_LENGTH} certificates`);
  return blocks.map((block, at) => {
    try {
      const certificate = new X509Certificate(block);
      return { certificate, constraints: constraintsOf(certificate.raw) };
    } catch (error) {
      throw invalid(
        `${nameOf(at)} cannot be used: ${error instanceof Error ? plain(error) : 'unknown fault'}`,
      );
    }
  });
}

function requireValid({ certificate, constraints }: Link, at: number, now: Date): void {
  const { validFromDate, validToDate } = certificate;
  if (now < validFromDate)
    throw new CertusError(
      'certificate_not_yet_valid',
      `${nameOf(at)} is not valid before ${validFromDate.toISOString()}`,
    );
  if (now > validToDate)
    throw new CertusError('certificate_expired', `${nameOf(at)} has expired on ${validToDate.toISOString()}`);
  if (!SIGNATURES.has(constraints.signatureAlgorithm))
    throw invalid(`${nameOf(at)} is signed in a way that is no longer believed`);
}

/** Code, documents, anything; a certificate of a web server or for mail was issued for something else. */
function requireForSigning({ certificate, constraints }: Link): void {
  if (constraints.usage !== undefined && !constraints.usage.digitalSignature)
    throw invalid('its key usage does not allow digital signatures');
  if (constraints.extendedUsage !== undefined && !constraints.extendedUsage.some((id) => FOR_SIGNING.has(id)))
    throw invalid('its extended key usage does not allow to sign code or documents');
  // what stock tools make alone is an authority for itself, and for nobody else
  if (constraints.isCa && !namesItself(certificate)) throw invalid('it is the certificate of an authority');
}

function requireIssuer({ certificate, constraints }: Link, subject: Link, at: number): void {
  const issuer = `the issuer of ${nameOf(at)}`;
  if (!constraints.isCa) throw invalid(`${issuer} is not an authority`);
  if (constraints.usage !== undefined && !constraints.usage.keyCertSign)
    throw invalid(`${issuer} may not sign certificates`);
  // between the authority and the leaf lie as many authorities as there are links before it
  if (constraints.pathLength !== undefined && constraints.pathLength < at)
    throw invalid(`${issuer} may not have so many authorities below it`);
  if (!subject.certificate.checkIssued(certificate) || !verifies(subject.certificate, certificate))
    throw invalid(`${nameOf(at)} was not issued by the certificate that follows it`);
}

/** One that names itself as its issuer must have signed itself. */
function requireRooted({ certificate }: Link): void {
  if (namesItself(certificate) && !verifies(certificate, certificate))
    throw invalid('the last certificate says that it issued itself, and did not');
}

const namesItself = ({ subject, issuer }: X509Certificate): boolean => subject === issuer;

function verifies(subject: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return subject.verify(issuer.publicKey);
  } catch {
    return false; // a key of a kind that cannot have signed it
  }
}

const nameOf = (at: number): string => (at === 0 ? 'the certificate' : `certificate ${at + 1} of the chain`);

/** Our own words, or what OpenSSL says of the form; neither quotes the certificate. */
const plain = ({ message }: Error): string => message.replaceAll(/[^\x20-\x7e]/g, '').slice(0, 200);

const invalid = (why: string): CertusError =>
  new CertusError('certificate_invalid', why, { fields: [{ path: 'certificate_pem', message: why }] });

const FOR_SIGNING: ReadonlySet<string> = new Set([
  '1.3.6.1.5.5.7.3.3', // code signing
  '1.3.6.1.5.5.7.3.36', // document signing
  '2.5.29.37.0', // anything
]);

/** ECDSA and RSA with SHA-2, RSA-PSS, Ed25519: with MD5 and SHA-1 others have made certificates that nobody issued. */
const SIGNATURES: ReadonlySet<string> = new Set([
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
  '1.2.840.113549.1.1.10',
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.3.101.112',
]);
