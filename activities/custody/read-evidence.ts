import { createHash } from 'node:crypto';
import { BUNDLE } from '../../contracts/bundle.ts';
import { CertusError, type ErrorCode } from '../../contracts/errors.ts';
import type { ActualFiles } from '../../domain/custody/check-evidence.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';

export type Evidence = {
  readonly indexBytes: Uint8Array;
  readonly provenanceBytes: Uint8Array;
  readonly files: ActualFiles;
};

const MAX_STATEMENT = 16 * 1024 * 1024;
const MAX_FILES = 10_001;

/** Hashes every file below a prefix itself; what the store's metadata says of them is nobody's proof. */
export async function readEvidence(bucket: ReadableBucket, prefix: string): Promise<Evidence> {
  const files = new Map<string, { sha256: string; size: number }>();
  for await (const { key } of bucket.list(prefix)) {
    const path = key.slice(prefix.length);
    if (path.startsWith(BUNDLE.statements)) continue;
    if (files.size >= MAX_FILES)
      throw new CertusError('bundle_invalid', `the bundle has more than ${MAX_FILES - 1} files`);
    files.set(path, await digest(bucket, key));
  }
  return {
    indexBytes: await statement(bucket, `${prefix}${BUNDLE.index}`),
    provenanceBytes: await statement(bucket, `${prefix}${BUNDLE.provenance}`),
    files,
  };
}

/** A file that the store itself finds altered has no digest that anything could match. */
async function digest(bucket: ReadableBucket, key: string): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of (await bucket.open(key)).body) {
      hash.update(chunk as Buffer);
      size += (chunk as Buffer).length;
    }
  } catch (error) {
    if (error instanceof CertusError && error.code === 'digest_mismatch') return { sha256: '', size };
    throw error;
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
