import { createHash } from 'node:crypto';
import { type Bundle, bundleFromJSON, bundleToJSON, ValidationError } from '@sigstore/bundle';
import { dsse } from '@sigstore/core';
import { CertusError } from '../../contracts/errors.ts';

export type Content = Bundle['content'];

/** A bundle that we, or somebody who asks us, made; whether it holds is not asked here. */
export function readBundle(bytes: Uint8Array): Bundle {
  try {
    return bundleFromJSON(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ValidationError || error instanceof TypeError)
      throw new CertusError('statement_invalid', 'What is to be witnessed is no Sigstore bundle.', {
        cause: error,
      });
    throw error;
  }
}

export const writeBundle = (bundle: Bundle): Uint8Array =>
  Buffer.from(`${JSON.stringify(bundleToJSON(bundle))}\n`);

/** One bundle, one signature: a second one would be witnessed by nobody. */
export function signatureOf(content: Content): Buffer {
  if (content.$case === 'messageSignature') return content.messageSignature.signature;
  const [only, ...more] = content.dsseEnvelope.signatures;
  if (only === undefined || more.length > 0)
    throw new CertusError('statement_invalid', 'A bundle carries one signature.');
  return only.sig;
}

/** The digest of what was signed: of a statement that is its envelope's encoding, and not the statement alone. */
export function signedDigestOf(content: Content): Buffer {
  if (content.$case === 'messageSignature') return content.messageSignature.messageDigest.digest;
  const { payloadType, payload } = content.dsseEnvelope;
  return createHash('sha256').update(dsse.preAuthEncoding(payloadType, payload)).digest();
}

/** Which key a bundle says it was signed with; nothing when it carries a certificate. */
export function keyHintOf(bundle: Uint8Array): string | undefined {
  const { content } = readBundle(bundle).verificationMaterial;
  return content.$case === 'publicKey' ? content.publicKey.hint : undefined;
}
