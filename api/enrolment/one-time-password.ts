import { createHash, randomBytes } from 'node:crypto';

/** Letters and digits that nobody takes for another one. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 120 random bits, in groups that can be read out over a telephone. */
export function newPassword(): string {
  const letters = [...randomBytes(24)].map((byte) => ALPHABET.charAt(byte & 31)).join('');
  return letters.replaceAll(/(.{4})(?=.)/g, '$1-');
}

/** Of what was typed: case, spaces and dashes do not count, nor the letters that are not in use. */
export function passwordDigest(password: string): string {
  const plain = password.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return createHash('sha256').update(plain).digest('hex');
}
