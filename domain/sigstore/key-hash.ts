import { type KeyObject, sign, verify } from 'node:crypto';

export type KeyHash = 'sha256' | 'sha384' | 'sha512' | null;

/**
 * Which hash a key of ours signs with; null is Ed25519, which takes the message itself. RSA is PKCS#1 v1.5. Stock cosign
 * holds every elliptic key to SHA-256 when it verifies with a plain key, P-384 too, although it signs with SHA-384 itself.
 */
export function hashForSigning(key: KeyObject): KeyHash {
  const hash = hashesForVerifying(key)[0];
  if (hash === undefined) throw new TypeError('a key of this type signs nothing here');
  return hash;
}

export const signWithKey = (key: KeyObject, bytes: Uint8Array): Buffer =>
  sign(hashForSigning(key), bytes, key);

/** Which hashes a signature under this key may have; none when no signature of such a key is believed. */
export function hashesForVerifying(key: KeyObject): readonly KeyHash[] {
  const known = KNOWN.get(key);
  if (known !== undefined) return known;
  const hashes = hashesOf(key);
  KNOWN.set(key, hashes);
  return hashes;
}

/** Node asks OpenSSL each time what kind of key it is, which takes a tenth of the verification itself. */
const KNOWN = new WeakMap<KeyObject, readonly KeyHash[]>();

function hashesOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): readonly KeyHash[] {
  if (asymmetricKeyType === 'ed25519') return [null];
  if (asymmetricKeyType === 'rsa')
    return (asymmetricKeyDetails?.modulusLength ?? 0) >= SHORTEST_RSA ? ['sha256'] : [];
  if (asymmetricKeyType !== 'ec') return [];
  return CURVES.get(asymmetricKeyDetails?.namedCurve ?? '') ?? [];
}

/** Never throws: a signature of another form does not hold, and that is all. */
export function holdsUnderKey(key: KeyObject, bytes: Uint8Array, signature: Uint8Array): boolean {
  return hashesForVerifying(key).some((hash) => {
    try {
      return verify(hash, bytes, key, signature);
    } catch {
      return false; // OpenSSL refuses some malformed signatures with an error
    }
  });
}

/** Public services of others still have such keys; ours begin at 3072. */
const SHORTEST_RSA = 2048;

const CURVES: ReadonlyMap<string, readonly KeyHash[]> = new Map([
  ['prime256v1', ['sha256']],
  ['secp384r1', ['sha256', 'sha384']],
  ['secp521r1', ['sha256', 'sha512']],
]);
