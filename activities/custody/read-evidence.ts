import { createHash } from 'node:crypto';
import pMap from 'p-map';
import { BUNDLE } from '../../contracts/bundle.ts';
import { CertusError, type ErrorCode } from '../../contracts/errors.ts';
import type { ActualFiles } from '../../domain/custody/check-evidence.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import type { ObjectEntry, ReadableBucket } from '../../services/objects/store.ts';

export type Evidence = {
  readonly indexBytes: Uint8Array;
  readonly provenanceBytes: Uint8Array;
  readonly files: ActualFiles;
};

const MAX_STATEMENT = 16 * 1024 * 1024;
/** Larger files are hashed as they stream by. */
const IN_MEMORY = 1024 * 1024;
const MAX_FILES = 10_001;

/** Hashes every file below a prefix itself; what the store's metadata says of them is nobody's proof. */
export async function readEvidence(bucket: ReadableBucket, prefix: string): Promise<Evidence> {
  const found: ObjectEntry[] = [];
  for await (const entry of bucket.list(prefix)) {
    if (entry.key.startsWith(`${prefix}${BUNDLE.statements}`)) continue;
    if (found.length >= MAX_FILES)
      throw new CertusError('bundle_invalid', `the bundle has more than ${MAX_FILES - 1} files`);
    found.push(entry);
  }
  const describe = async (entry: ObjectEntry) =>
    [entry.key.slice(prefix.length), await digest(bucket, entry)] as const;
  const [indexBytes, provenanceBytes, digests] = await Promise.all([
    statement(bucket, `${prefix}${BUNDLE.index}`),
    statement(bucket, `${prefix}${BUNDLE.provenance}`),
    pMap(found, describe, { concurrency: 8 }),
  ]);
  return { indexBytes, provenanceBytes, files: new Map(digests) };
}

type Digest = { readonly sha256: string; readonly size: number };

/** A file that the store itself finds altered has no digest that anything could match. */
async function digest(bucket: ReadableBucket, entry: ObjectEntry): Promise<Digest> {
  try {
    return entry.size > IN_MEMORY
      ? await digestStream(bucket, entry.key)
      : await digestBytes(bucket, entry.key);
  } catch (error) {
    if (error instanceof CertusError && error.code === 'digest_mismatch')
      return { sha256: '', size: entry.size };
    throw error;
  }
}

async function digestBytes(bucket: ReadableBucket, key: string): Promise<Digest> {
  const bytes = await bucket.read(key, MAX_STATEMENT);
  return { sha256: sha256(bytes), size: bytes.length };
}

async function digestStream(bucket: ReadableBucket, key: string): Promise<Digest> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of (await bucket.open(key)).body) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  return { sha256: hash.digest('hex'), size };
}

const UNREADABLE: ReadonlySet<ErrorCode> = new Set([
  'object_not_found',
  'object_too_large',
  'digest_mismatch',
]);

/** A statement that is missing or broken is left for the rule to judge: nothing opens as an empty one. */
async function statement(bucket: ReadableBucket, key: string): Promise<Uint8Array> {
  try {
    return await bucket.read(key, MAX_STATEMENT);
  } catch (error) {
    if (error instanceof CertusError && UNREADABLE.has(error.code)) return new Uint8Array();
    throw error;
  }
}
