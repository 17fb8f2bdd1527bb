import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ObjectEntry, ObjectStore } from '../../services/objects/store.ts';

/** One store in a place of its own; `open` may be called again, as a restarted process would. */
export type StoreUnderTest = {
  open(): ObjectStore;
  /** A name no other run uses, because an S3 endpoint outlives the test. */
  readonly bucketName: string;
  dispose(): Promise<void>;
};

export const directoryUnderTest = async (
  open: (root: string) => ObjectStore,
): Promise<StoreUnderTest & { readonly root: string }> => {
  const root = await mkdtemp(join(tmpdir(), 'certus-objects-'));
  return {
    root,
    open: () => open(root),
    bucketName: 'evidence',
    dispose: () => rm(root, { recursive: true, force: true }),
  };
};

export const freshBucketName = () => `test-${randomBytes(8).toString('hex')}`;

export const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

export const collect = async (entries: AsyncIterable<ObjectEntry>): Promise<ObjectEntry[]> => {
  const all: ObjectEntry[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
};

export const keysOf = async (entries: AsyncIterable<ObjectEntry>) =>
  (await collect(entries)).map(({ key }) => key);

/** Bytes that compress to nothing recognisable and need not be kept to be checked. */
export const longStream = (size: number, onChunk: (sent: number) => void = () => undefined) => {
  const hash = createHash('sha256');
  const block = randomBytes(64 * 1024);
  function* chunks() {
    for (let sent = 0; sent < size; sent += block.length) {
      const chunk = Buffer.from(block.subarray(0, Math.min(block.length, size - sent)));
      chunk.writeUInt32LE(sent % 0xffffffff);
      hash.update(chunk);
      onChunk(sent);
      yield chunk;
    }
  }
  return { stream: Readable.from(chunks(), { objectMode: false }), digest: () => hash.digest('hex') };
};

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/**
 * The most memory that buffers held at any sample, above what they held at the beginning. It begins when two readings
 * in a row agree: what earlier tests let go of would otherwise vanish in the middle and hide as much of what is held.
 */
export const bufferMeter = async () => {
  const held = () => {
    collectGarbage();
    return process.memoryUsage().arrayBuffers;
  };
  const settled = async (last: number): Promise<number> => {
    await nextTurn();
    const now = held();
    return now >= last ? now : settled(now);
  };
  const before = await settled(held());
  let peak = 0;
  return {
    sample: () => {
      peak = Math.max(peak, held() - before);
    },
    peak: () => peak,
  };
};
