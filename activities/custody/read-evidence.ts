import { BUNDLE, MAX_FILES } from '../../contracts/bundle.ts';
import { CertusError, type ErrorCode } from '../../contracts/errors.ts';
import type { ActualFiles } from '../../domain/custody/check-evidence.ts';
import { fileDigests } from '../../services/objects/file-digests.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';

export type Evidence = {
  readonly indexBytes: Uint8Array;
  readonly provenanceBytes: Uint8Array;
  readonly files: ActualFiles;
};

const MAX_STATEMENT = 16 * 1024 * 1024;
/** The index besides what it lists. */
const MOST_FILES = MAX_FILES + 1;

/** A bundle as it lies there: every file hashed, and the two documents that speak of them. */
export async function readEvidence(bucket: ReadableBucket, prefix: string): Promise<Evidence> {
  const [indexBytes, provenanceBytes, files = new Map()] = await Promise.all([
    readEvidenceStatement(bucket, `${prefix}${BUNDLE.index}`),
    readEvidenceStatement(bucket, `${prefix}${BUNDLE.provenance}`),
    fileDigests(bucket, { prefix, without: BUNDLE.statements, maxFiles: MOST_FILES }),
  ]);
  return { indexBytes, provenanceBytes, files };
}

const UNREADABLE: ReadonlySet<ErrorCode> = new Set([
  'object_not_found',
  'object_too_large',
  'digest_mismatch',
]);

/** A statement that is missing or broken is left for the rule to judge: nothing opens as an empty one. */
export async function readEvidenceStatement(
  bucket: ReadableBucket,
  key: string,
  limit = MAX_STATEMENT,
): Promise<Uint8Array> {
  try {
    return await bucket.read(key, limit);
  } catch (error) {
    if (error instanceof CertusError && UNREADABLE.has(error.code)) return new Uint8Array();
    throw error;
  }
}
