import { createPublicKey, type KeyObject } from 'node:crypto';
import { CertusError } from '../../contracts/errors.ts';
import { keyId } from '../../contracts/key-id.ts';
import { holdsUnderKey, signWithKey } from '../sigstore/key-hash.ts';
import { type CheckedCertificate, checkCertificateChain } from './certificate-chain.ts';
import { algorithmOf } from './key-algorithm.ts';
import { readPrivateKey } from './private-key.ts';

export type UploadedKey = {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly passphrase: string | undefined;
};

export type CheckedKey = CheckedCertificate & {
  readonly keyId: string;
  /** DER, not encrypted: whoever gets it seals it and wipes it. */
  readonly pkcs8: Buffer;
};

/** Takes a certificate and its private key only when they can sign evidence together, now. */
export function checkUploadedKey(
  { certificatePem, privateKeyPem, passphrase }: UploadedKey,
  now: Date,
): CheckedKey {
  const privateKey = readPrivateKey(privateKeyPem, passphrase);
  algorithmOf(createPublicKey(privateKey));
  const checked = checkCertificateChain(certificatePem, now);
  if (!belongTogether(privateKey, checked.publicKey))
    throw new CertusError('key_mismatch', 'the private key is not the one of the certificate');
  return {
    ...checked,
    keyId: keyId(checked.publicKeyPem),
    pkcs8: privateKey.export({ type: 'pkcs8', format: 'der' }),
  };
}

/** Signs: a private key may carry the public half of another, and what it says of itself proves nothing. */
function belongTogether(privateKey: KeyObject, publicKey: KeyObject): boolean {
  if (!createPublicKey(privateKey).equals(publicKey)) return false;
  const probe = Buffer.from('certus: does this key belong to this certificate?');
  try {
    return holdsUnderKey(publicKey, probe, signWithKey(privateKey, probe));
  } catch {
    return false; // numbers that are no key fail in the middle of signing
  }
}
