import { type KeyObject, verify } from 'node:crypto';
import { CertusError } from '../../contracts/errors.ts';
import { type ManifestBundle, parseManifestBundle, verifyManifestBundle } from './manifest-bundle.ts';
import type { ManifestKey } from './manifest-keys.ts';

/**
 * The id of the key that signed a manifest: as a Sigstore bundle, over the file itself or as a statement about it, or as
 * a signature alone, the way `cosign sign-blob` writes either. Throws when none of the trusted keys did.
 */
export function verifyManifestSignature(
  manifest: Uint8Array,
  signature: Uint8Array,
  keys: readonly ManifestKey[],
): string {
  const bundle = signature[0] === OPENING_BRACE ? parseManifestBundle(signature, manifest) : undefined;
  const signer = keys.find(({ key }) => holds(manifest, signature, bundle, key));
  if (signer !== undefined) return signer.id;
  throw new CertusError(
    'manifest_signature_invalid',
    'the signature is not one of a trusted key over this manifest',
  );
}

const OPENING_BRACE = 0x7b;

const holds = (
  manifest: Uint8Array,
  signature: Uint8Array,
  bundle: ManifestBundle | undefined,
  key: KeyObject,
): boolean =>
  bundle === undefined
    ? holdsDetached(manifest, signature, key)
    : verifyManifestBundle(bundle, manifest, key);

/** Text in base64 or the bytes themselves; which hash, the key says. */
function holdsDetached(manifest: Uint8Array, given: Uint8Array, key: KeyObject): boolean {
  const text = Buffer.from(given).toString('latin1').trim();
  const isText = text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
  const signature = isText ? Buffer.from(text, 'base64') : given;
  return hashesOf(key).some((hash) => verify(hash, manifest, key, signature));
}

function hashesOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): (string | null)[] {
  if (asymmetricKeyType === 'ed25519') return [null];
  const own = { secp384r1: 'sha384', secp521r1: 'sha512' }[asymmetricKeyDetails?.namedCurve ?? ''];
  return own === undefined ? ['sha256'] : [own, 'sha256'];
}
