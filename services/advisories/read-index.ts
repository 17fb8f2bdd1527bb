import { type FileHandle, open } from 'node:fs/promises';
import { Advisory } from '../../contracts/advisory.ts';
import { CertusError } from '../../contracts/errors.ts';
import { isFileError } from '../files/failure.ts';
import { bucketOf, IndexHead, MAGIC, MAX_HEAD_BYTES, TABLE_BYTES } from './index-format.ts';

export type AdvisoryIndex = {
  readonly head: IndexHead;
  readonly find: (key: string) => Promise<Advisory[]>;
  readonly close: () => Promise<void>;
};

/** Opens the index of one ecosystem; null when there is none. */
export async function openIndex(file: string): Promise<AdvisoryIndex | null> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if (isFileError(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  });
  if (handle === null) return null;
  try {
    const { head, table } = await readStart(handle, file);
    return { head, find: (key) => find(handle, file, table, key), close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readStart(handle: FileHandle, file: string): Promise<{ head: IndexHead; table: Buffer }> {
  const start = await readAt(handle, file, 0, MAGIC.length + 4);
  const length = start.readUInt32LE(MAGIC.length);
  if (!start.subarray(0, MAGIC.length).equals(MAGIC) || length > MAX_HEAD_BYTES) throw damaged(file);
  const head = parsed(IndexHead, (await readAt(handle, file, start.length, length)).toString('utf8'), file);
  return { head, table: await readAt(handle, file, start.length + length, TABLE_BYTES) };
}

async function find(handle: FileHandle, file: string, table: Buffer, key: string): Promise<Advisory[]> {
  const bucket = bucketOf(key);
  const from = Number(table.readBigUInt64LE(bucket * 8));
  const length = Number(table.readBigUInt64LE((bucket + 1) * 8)) - from;
  if (length < 0 || length > MAX_BUCKET_BYTES) throw damaged(file);
  if (length === 0) return [];
  const prefix = `${JSON.stringify(key)}\t`;
  const lines = (await readAt(handle, file, from, length)).toString('utf8').split('\n');
  return lines
    .filter((line) => line.startsWith(prefix))
    .map((line) => parsed(Advisory, line.slice(prefix.length), file));
}

const MAX_BUCKET_BYTES = 512 * 1024 * 1024;

async function readAt(handle: FileHandle, file: string, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  // A copy that was cut off would else look like an ecosystem without vulnerabilities.
  if (bytesRead !== length) throw damaged(file);
  return buffer;
}

function parsed<T>(schema: { parse: (value: unknown) => T }, text: string, file: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw damaged(file, cause);
  }
}

const damaged = (file: string, cause?: unknown): CertusError =>
  new CertusError(
    'tool_not_available',
    `the index ${file} is damaged: make it anew with "certus advisories load"`,
    { cause },
  );
