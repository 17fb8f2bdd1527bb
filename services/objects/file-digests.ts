import { createHash } from 'node:crypto';
import pMap from 'p-map';
import { CertusError } from '../../contracts/errors.ts';
import type { ObjectEntry, ReadableBucket } from './store.ts';

export type FileDigest = { readonly sha256: string; readonly size: number };

export type Below = {
  readonly prefix: string;
  /** Everything below this part of the prefix is left out. */
  readonly without: string;
  readonly maxFiles: number;
  /** `undefined` comes back for more than this. */
  readonly maxBytes?: number;
};

/** Larger files are hashed as they stream by. */
const IN_MEMORY = 1024 * 1024;

/** Hashes every file below a prefix itself; what the store's metadata says of them is nobody's proof. */
export async function fileDigests(
  bucket: ReadableBucket,
  { prefix, without, maxFiles, maxBytes = Number.POSITIVE_INFINITY }: Below,
): Promise<ReadonlyMap<string, FileDigest> | undefined> {
  const found: ObjectEntry[] = [];
  let bytes = 0;
  for await (const entry of bucket.list(prefix)) {
    if (entry.key.startsWith(`${prefix}${without}`)) continue;
    if (found.length >= maxFiles)
      throw new CertusError('bundle_invalid', `the bundle has more than ${maxFiles - 1} files`);
    found.push(entry);
    bytes += entry.size;
    if (bytes > maxBytes) return undefined;
  }
  const describe = async (entry: ObjectEntry) =>
    [entry.key.slice(prefix.length), await digest(bucket, entry)] as const;
  return new Map(await pMap(found, describe, { concurrency: 8 }));
}

/** A file that the store itself finds altered has no digest that anything could match. */
async function digest(bucket: ReadableBucket, { key, size }: ObjectEntry): Promise<FileDigest> {
  try {
    return size > IN_MEMORY ? await ofStream(bucket, key) : await ofBytes(bucket, key);
  } catch (error) {
    if (error instanceof CertusError && error.code === 'digest_mismatch') return { sha256: '', size };
    throw error;
  }
}

async function ofBytes(bucket: ReadableBucket, key: string): Promise<FileDigest> {
  const bytes = await bucket.read(key, 16 * IN_MEMORY);
  return { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length };
}

async function ofStream(bucket: ReadableBucket, key: string): Promise<FileDigest> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of (await bucket.open(key)).body) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  return { sha256: hash.digest('hex'), size };
}
