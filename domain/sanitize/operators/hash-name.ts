import { createHmac } from 'node:crypto';
import { maskOf } from '../structure/region.ts';
import { toBase32 } from './base32.ts';
import { normalForm } from './normal-form.ts';
import { standInOf } from './stand-in.ts';

/** `[PERSON_…]` with 16 letters: the same for the same value, and no way back for anybody, with the key or without it. */
export const hashName = (type: string, value: string, key: Uint8Array): string =>
  standInOf(type, digestOf(type, value, key));

/** Eighty bits: enough that no two values meet, and short. Without the key nobody can try values out. */
const digestOf = (type: string, value: string, key: Uint8Array): string =>
  toBase32(
    createHmac('sha256', key)
      .update(`${type}\n${normalForm(type, value)}`)
      .digest()
      .subarray(0, 10),
  );

/** What an index gets in the place of a value: a secret is nobody, and to be told apart from others it needs no name. */
export const indexName =
  (key: Uint8Array) =>
  (type: string, value: string): string =>
    SECRETS.has(type) ? maskOf(type) : hashName(type, value, key);

const SECRETS: ReadonlySet<string> = new Set(['SECRET', 'URL_CREDENTIALS', 'CRYPTO']);
