import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { strictBase64 } from './base64.ts';

/** A key that signs notes: Ed25519 under a name without white space or plus (C2SP signed-note). */
export type NoteKey = { readonly name: string; readonly key: KeyObject; readonly id: Buffer };

export function noteKey(name: string, publicKeyPem: string): NoteKey | undefined {
  const key = createPublicKey(publicKeyPem);
  const raw = rawPublicKey(key);
  return raw && { name, key, id: noteKeyId(name, raw) };
}

/** As others write down a key that they trust: `name+id+key`. */
export function verifierKey(name: string, publicKeyPem: string): string | undefined {
  const raw = rawPublicKey(createPublicKey(publicKeyPem));
  return (
    raw &&
    `${name}+${noteKeyId(name, raw).toString('hex')}+${Buffer.concat([ED25519, raw]).toString('base64')}`
  );
}

/** The text, which ends in a line feed, and the signature below it. */
export const signedNote = (text: string, { name, id }: NoteKey, signature: Uint8Array): string =>
  `${text}\n— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;

export type OpenedNote = { readonly text: string; readonly key: NoteKey };

/**
 * The text of a note that one of these keys has signed; `undefined` is a no. Signatures of strangers say nothing,
 * but a wrong one in the name of a key that we know spoils the note, whoever else signed it.
 */
export function openNote(note: string, keys: readonly NoteKey[]): OpenedNote | undefined {
  const cut = note.lastIndexOf('\n\n');
  if (cut < 0 || note.length > MAX_NOTE || CONTROL.test(note) || !note.endsWith('\n')) return undefined;
  const text = note.slice(0, cut + 1);
  const lines = note.slice(cut + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) return undefined;
  let signer: NoteKey | undefined;
  for (const line of lines) {
    const signature = parseSignature(line);
    if (signature === undefined) return undefined;
    const key = keys.find(({ name, id }) => name === signature.name && id.equals(signature.id));
    if (key === undefined) continue;
    if (!verify(null, Buffer.from(text), key.key, signature.bytes)) return undefined;
    signer ??= key;
  }
  return signer && { text, key: signer };
}

function parseSignature(line: string): { name: string; id: Buffer; bytes: Buffer } | undefined {
  const [, name, encoded] = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line) ?? [];
  const bytes = encoded === undefined ? undefined : strictBase64(encoded);
  if (name === undefined || bytes === undefined || bytes.length < 5) return undefined;
  return { name, id: bytes.subarray(0, 4), bytes: bytes.subarray(4) };
}

function rawPublicKey(key: KeyObject): Buffer | undefined {
  if (key.asymmetricKeyType !== 'ed25519') return undefined;
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
}

/** Only a hint at which key to try: it is short, and others can be made to share it. */
const noteKeyId = (name: string, raw: Uint8Array): Buffer =>
  hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), ED25519, raw]), 'buffer').subarray(0, 4);

const ED25519 = Buffer.of(1);
const MAX_NOTE = 256 * 1024;
const MAX_SIGNATURES = 64;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;
