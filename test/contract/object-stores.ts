import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ListMultipartUploadsCommand, ListPartsCommand, S3Client } from '@aws-sdk/client-s3';
import { openS3Store } from '../../services/objects/s3-store.ts';
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

/** The real server that the runner started. */
export const s3Settings = () => ({
  endpoint: process.env.CERTUS_S3_ENDPOINT ?? '',
  region: process.env.CERTUS_S3_REGION ?? 'us-east-1',
  accessKeyId: process.env.CERTUS_S3_ACCESS_KEY_ID ?? '',
  secretAccessKey: process.env.CERTUS_S3_SECRET_ACCESS_KEY ?? '',
});

export const s3UnderTest = async (): Promise<StoreUnderTest> => ({
  open: () => openS3Store(s3Settings()),
  bucketName: freshBucketName(),
  dispose: async () => undefined,
});

/** A client of S3 that is none of ours. */
export const stranger = (): S3Client => {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3Settings();
  return new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
};

/** What was sent to S3 and became part of no object; also uploads that were begun and have no parts. */
export const leftBehind = async (client: S3Client, Bucket: string) => {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
  const parts = await Promise.all(
    Uploads.map(async ({ Key, UploadId }) => {
      const { Parts = [] } = await client.send(new ListPartsCommand({ Bucket, Key, UploadId }));
      return Parts.length;
    }),
  );
  return { uploads: Uploads.length, parts: parts.reduce((sum, count) => sum + count, 0) };
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

/** A long body whose digest is known before it is sent, as often as it is wanted. */
export const knownStream = (size: number) => {
  const block = randomBytes(64 * 1024);
  function* chunks(onChunk: (sent: number) => void) {
    for (let sent = 0; sent < size; sent += block.length) {
      const chunk = Buffer.from(block.subarray(0, Math.min(block.length, size - sent)));
      chunk.writeUInt32LE(sent % 0xffffffff);
      onChunk(sent);
      yield chunk;
    }
  }
  const hash = createHash('sha256');
  for (const chunk of chunks(() => undefined)) hash.update(chunk);
  const stream = (onChunk: (sent: number) => void = () => undefined) =>
    Readable.from(chunks(onChunk), { objectMode: false });
  return { sha256: hash.digest('hex'), size, stream };
};

/** Bodies that lie on the local disk on their way to a store. `before`: the suite that ran in this process may have left some. */
export const openSpools = (before: readonly string[] = []): string[] =>
  readdirSync('/proc/self/fd')
    .map(targetOf)
    .filter((target) => target.includes('certus-upload') && !before.includes(target));

const targetOf = (fd: string): string => {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
};

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
