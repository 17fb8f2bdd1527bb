import { createPublicKey, type KeyObject } from 'node:crypto';
import { CertusError } from '../../contracts/errors.ts';

/**
 * Names what a key is, for keys that may sign evidence: EC P-256 and P-384, Ed25519, RSA of 3072 bits or more. Throws
 * `key_too_weak` for all others.
 */
export function algorithmOf(publicKey: KeyObject): string {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKey;
  if (type === 'ed25519') return 'ed25519';
  const curve = details?.namedCurve;
  if (type === 'ec' && curve === 'prime256v1') return 'ecdsa-p256';
  if (type === 'ec' && curve === 'secp384r1') return 'ecdsa-p384';
  if (type === 'rsa') return rsaOf(details?.modulusLength ?? 0, details?.publicExponent ?? 0n);
  throw weak(`a key of type ${curve ?? type ?? 'unknown'} is not used here`);
}

/** The algorithm of a public key in PEM. */
export function algorithmOfPem(publicKeyPem: string): string {
  let key: KeyObject;
  try {
    key = createPublicKey(publicKeyPem);
  } catch {
    throw new CertusError('invalid_request', 'public_key_pem: it is not a public key in PEM');
  }
  return algorithmOf(key);
}

/** A longer modulus, or a longer exponent, only makes everybody who verifies work: that is an attack, not strength. */
const RSA_BITS = { min: 3072, max: 8192 };

function rsaOf(bits: number, exponent: bigint): string {
  if (bits < RSA_BITS.min) throw weak(`an RSA key has ${RSA_BITS.min} bits or more, this one ${bits}`);
  if (bits > RSA_BITS.max) throw weak(`an RSA key of more than ${RSA_BITS.max} bits is not used here`);
  if (exponent < 65_537n || exponent > 0xffff_ffffn)
    throw weak('the public exponent of an RSA key is 65537 or a little more');
  return `rsa-${bits}`;
}

const weak = (why: string): CertusError =>
  new CertusError(
    'key_too_weak',
    `${why}; take EC P-256 or P-384, Ed25519, or RSA of ${RSA_BITS.min} bits or more`,
  );
