import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { identityOf } from '../files/staged-file.ts';
import { findRecord, readRecord } from './directory-records.ts';
import type { ObjectInfo } from './store.ts';

/**
 * What is known of an open file. A file without its own record was
 * restored, edited or put there by hand: it is an object like any other, and its digest is taken from its bytes.
 */
export const describeFile = async (
  handle: FileHandle,
  root: string,
  bucket: string,
  key: string,
): Promise<ObjectInfo> => {
  const stats = await handle.stat({ bigint: true });
  const size = Number(stats.size);
  const own = await readRecord(root, bucket, key, identityOf(stats));
  if (own?.size === size) return own;

  const sha256 = await digestOf(handle);
  const known = await findRecord(root, bucket, key, sha256);
  return known ?? { key, size, sha256, contentType: 'application/octet-stream', metadata: {} };
};

/** Leaves the handle at the beginning, for the reader that comes after. */
const digestOf = async (handle: FileHandle): Promise<string> => {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  for (let position = 0; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
};
