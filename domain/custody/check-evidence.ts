import { BUNDLE, BundleIndex } from '../../contracts/bundle.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { KeySet, TrustedKey } from '../../contracts/keys.ts';
import { ProvenanceStatement, type Subject } from '../../contracts/statements.ts';
import { CustodyError } from './custody-error.ts';
import { sha256 } from './digest.ts';
import { openStatement } from './open-statement.ts';
import { requireOwnBuild, requireOwnKind } from './run-kind.ts';

/** What lies there in truth: digest and size of every file but the statements, computed by the verifier itself. */
export type ActualFiles = ReadonlyMap<string, { readonly sha256: string; readonly size: number }>;

export type EvidenceInput = {
  readonly indexBytes: Uint8Array;
  readonly provenanceBytes: Uint8Array;
  readonly files: ActualFiles;
  readonly keySet: KeySet;
};

/** What holds of a bundle when its hashes do: nobody's signature was looked at. */
export type CheckedFiles = { readonly index: BundleIndex; readonly bundleDigest: string };

/** A bundle and the very statement that came with it. */
export type CheckedBundle = CheckedFiles & { readonly provenanceDigest: string };

export type CheckedEvidence = CheckedBundle & {
  readonly provenance: ProvenanceStatement;
  readonly key: TrustedKey;
};

/** Holds a bundle to its own list, and the list to a signature of its tenant's evidence key. */
export function checkEvidence({
  indexBytes,
  provenanceBytes,
  files,
  keySet,
}: EvidenceInput): CheckedEvidence {
  return checkProvenance(checkFiles({ indexBytes, files }), provenanceBytes, keySet);
}

/** Every file has the digest and size that the list gives it, and there is no other. */
export function checkFiles({ indexBytes, files }: Pick<EvidenceInput, 'indexBytes' | 'files'>): CheckedFiles {
  const index = parseIndex(indexBytes);
  requireSameFiles(index, files);
  return { index, bundleDigest: sha256(indexBytes) };
}

/** Somebody who may sign for the tenant vouches for exactly these files, and for this run. */
export function checkProvenance(
  { index, bundleDigest }: CheckedFiles,
  provenanceBytes: Uint8Array,
  keySet: KeySet,
): CheckedEvidence {
  const { statement, key } = openStatement(provenanceBytes, {
    schema: ProvenanceStatement,
    role: 'evidence',
    tenant: index.tenant,
    keySet,
    madeAt: ({ predicate }) => predicate.runDetails.metadata.finishedOn,
  });
  requireSubjects(statement.subject, [
    { name: BUNDLE.index, digest: { sha256: bundleDigest } },
    ...index.files.map(asSubject),
  ]);
  requireScope(statement, { tenant: index.tenant, workspace: index.workspace_id }, index.test_id);
  requireOwnBuild(index, statement);
  return { index, bundleDigest, provenanceDigest: sha256(provenanceBytes), provenance: statement, key };
}

export function parseIndex(bytes: Uint8Array): BundleIndex {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw new CustodyError('malformed', `${BUNDLE.index} is not JSON`);
  }
  const parsed = BundleIndex.safeParse(content);
  if (!parsed.success) {
    throw new CustodyError(
      'malformed',
      `${BUNDLE.index} is not a bundle index: ${parsed.error.issues[0]?.message ?? ''}`,
    );
  }
  const { files } = parsed.data;
  if (new Set(files.map((file) => file.path)).size !== files.length) {
    throw new CustodyError('malformed', `${BUNDLE.index} lists a file twice`);
  }
  if (files.some(({ path }) => path === BUNDLE.index || path.startsWith(BUNDLE.statements))) {
    throw new CustodyError('malformed', `${BUNDLE.index} may list neither itself nor statements`);
  }
  requireOwnKind(parsed.data);
  return parsed.data;
}

function requireSameFiles(index: BundleIndex, files: ActualFiles): void {
  const listed = new Set<string>([BUNDLE.index]);
  for (const { path, sha256: digest, size } of index.files) {
    listed.add(path);
    const actual = files.get(path);
    if (actual === undefined) throw new CustodyError('missing_file', `${path} is listed and not there`);
    if (actual.sha256 !== digest || actual.size !== size) {
      throw new CustodyError('hash_mismatch', `${path} is not the file that was signed`);
    }
  }
  for (const path of files.keys()) {
    if (!listed.has(path)) throw new CustodyError('unlisted_file', `${path} is there and was never signed`);
  }
}

const asSubject = (file: { path: string; sha256: string }): Subject => ({
  name: file.path,
  digest: { sha256: file.sha256 },
});

/** The same names with the same digests, no more and no fewer. */
export function requireSubjects(actual: readonly Subject[], expected: readonly Subject[]): void {
  const lines = (subjects: readonly Subject[]) =>
    subjects.map(({ name, digest }) => `${digest.sha256} ${name}`).sort();
  const [a, b] = [lines(actual), lines(expected)];
  if (a.length !== b.length || a.some((line, at) => line !== b[at])) {
    throw new CustodyError('subject_mismatch', 'the statement speaks of other files');
  }
}

function requireScope(statement: ProvenanceStatement, scope: Scope, testId: string): void {
  const { tenant, workspace, test_id } = statement.predicate.buildDefinition.internalParameters;
  if (tenant !== scope.tenant || workspace !== scope.workspace || test_id !== testId) {
    throw new CustodyError('wrong_scope', 'the provenance was made for another run');
  }
}
