import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { FileDigest } from '../../contracts/bundle.ts';
import { CertusError, type ErrorCode } from '../../contracts/errors.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import type { Bucket, PutOptions, ReadableBucket } from '../../services/objects/store.ts';
import type { FileToInspect } from '../../services/privacy/inspector.ts';
import { SameBytes } from './same-bytes.ts';

/** Larger documents are streamed; for small ones a stream costs more than the document. */
export const IN_MEMORY = 8 * 1024 * 1024;

export type Place = { readonly bucket: ReadableBucket; readonly key: string };
type Listed = Pick<FileDigest, 'sha256' | 'size'>;

/** A document where it lies: its bytes to look into, and a way to copy the very same. */
export type DocumentSource = {
  readonly body: FileToInspect['body'];
  /** Asked where it is not copied: that what was looked into is the document that was listed. */
  verify(): Promise<void>;
  copyTo(
    bucket: Bucket,
    key: string,
    options: Pick<PutOptions, 'contentType' | 'metadata' | 'retainUntil'>,
  ): Promise<void>;
};

/** Throws what `isChanged` knows when it is not the document that was listed. */
export async function openDocument(place: Place, listed: Listed): Promise<DocumentSource> {
  return listed.size <= IN_MEMORY ? inMemory(place, listed) : streamed(place, listed);
}

async function inMemory({ bucket, key }: Place, listed: Listed): Promise<DocumentSource> {
  const bytes = await bucket.read(key, listed.size);
  if (bytes.length !== listed.size || sha256(bytes) !== listed.sha256) throw changed();
  return {
    body: bytes,
    verify: async () => undefined,
    copyTo: async (golden, to, options) => {
      const { info } = await golden.put(to, bytes, { ...options, sha256: listed.sha256, ifAbsent: true });
      requireSame(to, info.sha256, listed.sha256);
    },
  };
}

async function streamed({ bucket, key }: Place, listed: Listed): Promise<DocumentSource> {
  const same = new SameBytes();
  return {
    body: async () => same.watch((await bucket.open(key)).body),
    verify: async () => {
      const hash = createHash('sha256');
      for await (const chunk of same.hold((await bucket.open(key)).body)) hash.update(chunk as Buffer);
      if (hash.digest('hex') !== listed.sha256) throw changed();
    },
    copyTo: async (golden, to, options) => {
      const held = { ...options, sha256: listed.sha256, size: listed.size, ifAbsent: true };
      const copy = async (inOne: boolean) =>
        golden.put(to, same.hold(await openUnhashed({ bucket, key }, listed)), { ...held, inOne });
      const { info } = await copy(true).catch((error: unknown) => {
        if (!isOfTheStore(error)) throw error;
        return copy(false);
      });
      requireSame(to, info.sha256, listed.sha256);
    },
  };
}

/** What is stored under its digest is held to it while it is written: to hash it on its way there as well says nothing more. */
async function openUnhashed({ bucket, key }: Place, { size }: Listed): Promise<Readable> {
  const { info, body } = await bucket.openRange(key, { start: 0, end: size - 1 });
  if (info.size === size) return body;
  body.destroy();
  throw changed();
}

/** A network that broke off, or a store that takes less in one request: in parts there are more attempts and no such limit. */
const isOfTheStore = (error: unknown): boolean =>
  error instanceof CertusError &&
  (error.code === 'dependency_unavailable' || error.code === 'object_too_large');

export function requireSame(key: string, actual: string, expected: string): void {
  if (actual !== expected)
    throw new CertusError('golden_conflict', `${key} is in golden already with other bytes`);
}

const changed = () => new CertusError('digest_mismatch', 'the document is not the one that was listed');

const CHANGED: ReadonlySet<ErrorCode> = new Set([
  'digest_mismatch',
  'object_not_found',
  'object_too_large',
  'range_not_satisfiable',
]);

/** Whether the reason is that a document is gone, or is another one than was listed. */
export const isChanged = (error: unknown): boolean => error instanceof CertusError && CHANGED.has(error.code);
