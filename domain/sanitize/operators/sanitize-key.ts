import { hkdfSync } from 'node:crypto';
import { CertusError } from '../../../contracts/errors.ts';

/** What stands in the file: whoever has it can tell who is behind every pseudonym. */
export type SanitizeSecret = Uint8Array;

/** Of one tenant: the same person has another pseudonym with each, and none of them can open another's. */
export type SanitizeKey = { readonly pseudonyms: Uint8Array; readonly hashes: Uint8Array };

export function tenantSanitizeKey(secret: SanitizeSecret, tenant: string): SanitizeKey {
  const derived = (use: string, length: number) =>
    new Uint8Array(hkdfSync('sha256', secret, '', `certus-sanitize/1 ${use} ${tenant}`, length));
  return { pseudonyms: derived('pseudonyms', 64), hashes: derived('hashes', 32) };
}

export const writeSanitizeSecret = (secret: SanitizeSecret): string =>
  `${PREFIX}${Buffer.from(secret).toString('base64url')}\n`;

/** The text of the file is never quoted: it is the secret. */
export function readSanitizeSecret(text: string): SanitizeSecret {
  const [, encoded] = WRITTEN.exec(text.trim()) ?? [];
  if (encoded === undefined)
    throw new CertusError(
      'key_unusable',
      'that is no key of the sanitizer; certus sanitize --new-key makes one',
    );
  return new Uint8Array(Buffer.from(encoded, 'base64url'));
}

export const SANITIZE_SECRET_BYTES = 32;

const PREFIX = 'certus-sanitize-key-1:';
const WRITTEN = new RegExp(`^${PREFIX}([A-Za-z0-9_-]{43})$`);
