import { BUNDLE, type BundleIndex } from '../../contracts/bundle.ts';
import { parseIndex } from '../../domain/custody/check-evidence.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { documentFiles, isDocumentsRun } from '../../domain/custody/run-kind.ts';
import { fileDigests } from '../../services/objects/file-digests.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import { type Evidence, readEvidence, readEvidenceStatement } from './read-evidence.ts';

type Run = { readonly testId: string; readonly prefix: string };

/** The evidence of a run, as far as it lies in raw: all of a scan's, and of documents what is said about them. */
export const readRunEvidence = (raw: ReadableBucket, { testId, prefix }: Run): Promise<Evidence> =>
  isDocumentsRun(testId) ? readDocumentsEvidence(raw, prefix) : readEvidence(raw, prefix);

/** The index, and the document about the documents: nothing else may lie there. */
const MAX_FILES = 4;

/**
 * A list of documents and who vouches for it. The documents themselves lie in another bucket: each counts with the digest
 * that the list gives it, and whoever copies one holds its bytes to that.
 */
export async function readDocumentsEvidence(raw: ReadableBucket, prefix: string): Promise<Evidence> {
  const [indexBytes, provenanceBytes, hashed = new Map()] = await Promise.all([
    readEvidenceStatement(raw, `${prefix}${BUNDLE.index}`),
    readEvidenceStatement(raw, `${prefix}${BUNDLE.provenance}`),
    fileDigests(raw, { prefix, without: BUNDLE.statements, maxFiles: MAX_FILES }),
  ]);
  const listed = documentFiles(indexOrNothing(indexBytes)).map(
    ({ path, sha256, size }) => [path, { sha256, size }] as const,
  );
  // what lies in raw under the name of a document counts as what it is
  return { indexBytes, provenanceBytes, files: new Map([...listed, ...hashed]) };
}

/** An index that is none is judged by whoever asked for the evidence. */
function indexOrNothing(bytes: Uint8Array): BundleIndex['files'] {
  try {
    return parseIndex(bytes).files;
  } catch (error) {
    if (error instanceof CustodyError) return [];
    throw error;
  }
}
