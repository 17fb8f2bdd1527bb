import type { Bundle } from '@sigstore/bundle';
import { X509Certificate } from '@sigstore/core';
import { SigstoreError } from './sigstore-error.ts';

/** A root that the bundle brings along proves nothing, and whoever sees it there might believe it. */
export function requireNoRootInChain(bundle: Bundle): void {
  const { content } = bundle.verificationMaterial;
  if (content.$case !== 'x509CertificateChain') return;
  for (const { rawBytes } of content.x509CertificateChain.certificates.slice(1)) {
    const certificate = X509Certificate.parse(Buffer.from(rawBytes));
    if (certificate.subject.equals(certificate.issuer))
      throw new SigstoreError('certificate_invalid', 'the bundle brings a root certificate of its own');
  }
}

/** The library believes every certificate below a trusted authority: that of another authority, or of a server, too. */
export function requireCertificateForSigning(leaf: X509Certificate): void {
  if (leaf.extBasicConstraints?.isCA) throw invalid('it is an authority, not a signer');
  if (leaf.extKeyUsage !== undefined && !leaf.extKeyUsage.digitalSignature)
    throw invalid('its key is not for signatures');
  const purposes = leaf.extension(EXTENDED_KEY_USAGE)?.valueObj.subs[0]?.subs ?? [];
  if (!purposes.some((purpose) => purpose.toOID() === CODE_SIGNING))
    throw invalid('it is not for signing code');
  requirePlainNames(leaf);
  for (const extension of leaf.extensions) {
    const [oid, critical] = extension.subs;
    const name = oid?.toOID() ?? '';
    // RFC 5280 4.2: who does not know what a critical extension says may not believe the rest
    if (extension.subs.length === 3 && critical?.toBoolean() && !KNOWN_EXTENSIONS.has(name))
      throw invalid(`it depends on something unknown, ${name}`);
  }
}

/**
 * The library reads names as ASCII by dropping the highest bit of every byte: the name of a branch that has a Chinese sign
 * in it would read like that of a protected tag.
 */
function requirePlainNames(leaf: X509Certificate): void {
  const names = leaf.extension(ALTERNATIVE_NAME)?.valueObj.subs[0]?.subs ?? [];
  const issuers = [
    leaf.extension(FULCIO_ISSUER)?.valueObj.subs[0]?.value,
    leaf.extension(FULCIO_ISSUER_OF_OLD)?.value,
  ];
  for (const name of [...names.map(({ value }) => value), ...issuers])
    if (name?.some((byte) => byte > 0x7f)) throw invalid('it names somebody in signs that are not ASCII');
}

const ALTERNATIVE_NAME = '2.5.29.17';
const FULCIO_ISSUER = '1.3.6.1.4.1.57264.1.8';
const FULCIO_ISSUER_OF_OLD = '1.3.6.1.4.1.57264.1.1';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const KNOWN_EXTENSIONS: ReadonlySet<string> = new Set([
  '2.5.29.15',
  ALTERNATIVE_NAME,
  '2.5.29.19',
  EXTENDED_KEY_USAGE,
]);

const invalid = (why: string) =>
  new SigstoreError('certificate_invalid', `the certificate cannot sign this: ${why}`);
