import { hash } from 'node:crypto';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import type { LogEntry } from '../../contracts/transparency.ts';

export const HASH_BYTES = 32;

/** The root of a tree without leaves (RFC 6962, 2.1). */
export const EMPTY_ROOT = hash('sha256', Buffer.alloc(0), 'buffer');

/** Leaves and inner nodes are hashed apart, or an inner node could be passed off as an entry. */
export const leafHash = (data: Uint8Array): Buffer => sha256(Buffer.concat([LEAF, data]));

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  NODE.set(left, 1);
  NODE.set(right, 1 + HASH_BYTES);
  return sha256(NODE);
}

/** What every node is put together in: a proof takes hundreds, and nothing here waits. */
const NODE = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

/** As text, a byte a sign, and back: as a buffer the result takes Node longer than the hash takes OpenSSL. */
const sha256 = (bytes: Uint8Array): Buffer => Buffer.from(hash('sha256', bytes, 'binary'), 'binary');

/** What is hashed of an entry, byte for byte. */
export const leafOf = (entry: LogEntry): Buffer => Buffer.from(canonicalJson(entry));

/** An entry goes by the hash of its leaf. */
export const entryIdOf = (entry: LogEntry): string => leafHash(leafOf(entry)).toString('hex');

const LEAF = Buffer.of(0);
