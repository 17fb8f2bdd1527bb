import { aessiv } from '@noble/ciphers/aes.js';
import { fromBase32, toBase32 } from './base32.ts';
import { normalForm } from './normal-form.ts';
import type { SanitizeKey } from './sanitize-key.ts';
import { type Pseudonym, standInOf } from './stand-in.ts';

/**
 * A name for a value that only the key leads back from: `[PERSON_k7f3…]`. It is the value itself, encrypted so that the same
 * gives the same. Where it was written otherwise than in its normal form, the spelling follows after a `~`. Undefined for
 * what is too long to be carried in a text.
 */
export function pseudonymOf(type: string, value: string, key: SanitizeKey): string | undefined {
  const form = normalForm(type, value);
  if (Math.max(Buffer.byteLength(form), Buffer.byteLength(value)) > MAX_BYTES) return undefined;
  const name = sealed(form, type, key);
  const spelling = form === value ? '' : `~${sealed(value, `${type} as ${name}`, key)}`;
  return standInOf(type, name + spelling);
}

/** What a pseudonym stands for, as it was spelt where that can be told; undefined for one of another key, or none. */
export function openPseudonym({ type, name, spelling }: Pseudonym, key: SanitizeKey): string | undefined {
  const form = opened(name, type, key);
  if (form === undefined || spelling === undefined) return form;
  return opened(spelling, `${type} as ${name}`, key) ?? form;
}

/** A pseudonym must fit into what two windows of a stream share. */
const MAX_BYTES = 1000;

const said = (about: string): Uint8Array => ENCODER.encode(`certus-pseudonym/1 ${about}`);

const sealed = (value: string, about: string, key: SanitizeKey): string =>
  toBase32(aessiv(key.pseudonyms, said(about)).encrypt(padded(ENCODER.encode(value))));

function opened(text: string, about: string, key: SanitizeKey): string | undefined {
  const bytes = fromBase32(text);
  if (bytes === undefined || bytes.length <= TAG) return undefined;
  const value = decrypted(bytes, about, key);
  return value === undefined
    ? undefined
    : new TextDecoder().decode(value.subarray(0, value.lastIndexOf(END)));
}

/** Anybody can write what looks like a pseudonym: it is left as it stands. */
function decrypted(bytes: Uint8Array, about: string, key: SanitizeKey): Uint8Array | undefined {
  try {
    return aessiv(key.pseudonyms, said(about)).decrypt(bytes);
  } catch (error) {
    if (error instanceof Error && /invalid siv tag/.test(error.message)) return undefined;
    throw error;
  }
}

/** Up to whole groups of letters: no bit of them is left over, and they say little of how long the value is. */
function padded(value: Uint8Array): Uint8Array {
  const length = value.length + 1;
  const bytes = new Uint8Array(length + ((5 - ((TAG + length) % 5)) % 5));
  bytes.set(value);
  bytes[value.length] = END;
  return bytes;
}

const TAG = 16;
const END = 0x80;
const ENCODER = new TextEncoder();
