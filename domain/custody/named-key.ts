import { X509Certificate } from 'node:crypto';
import { keyId } from '../../contracts/key-id.ts';
import { parseBundle } from '../sigstore/parse-bundle.ts';

/** The key that a bundle says it was signed with, by its id or its certificate. Whether it was, this does not ask. */
export function namedKey(bundle: Uint8Array): string | undefined {
  const { content } = parseBundle(bundle).verificationMaterial;
  if (content.$case === 'publicKey') return content.publicKey.hint;
  if (content.$case !== 'certificate') return undefined;
  const { publicKey } = new X509Certificate(content.certificate.rawBytes);
  return keyId(publicKey.export({ type: 'spki', format: 'pem' }).toString());
}
