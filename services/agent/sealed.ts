import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CertusError } from '../../contracts/errors.ts';

const CIPHER = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;
/** By so much what is sealed is longer than what it was made of. */
export const SEALING = NONCE + TAG;

/** So that only who has the key reads it, and only in the place that it was made for: nobody passes one off as another. */
export function seal(key: Uint8Array, place: string, bytes: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG }).setAAD(Buffer.from(place));
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

export function unseal(key: Uint8Array, place: string, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (bytes.length < NONCE + TAG) throw damaged();
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE), { authTagLength: TAG })
    .setAAD(Buffer.from(place))
    .setAuthTag(bytes.subarray(-TAG));
  const read = decipher.update(bytes.subarray(NONCE, -TAG));
  try {
    return Buffer.concat([read, decipher.final()]);
  } catch (cause) {
    // a tag that does not hold: OpenSSL has no name for it
    throw damaged(cause);
  }
}

const damaged = (cause?: unknown): CertusError =>
  new CertusError('digest_mismatch', 'it is not what this agent wrote here, or not with this key', { cause });
