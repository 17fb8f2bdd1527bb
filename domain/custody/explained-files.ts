import { BUNDLE, type BundleIndex } from '../../contracts/bundle.ts';
import type { KeySet } from '../../contracts/keys.ts';
import type { SanitizeStatement, TombstoneStatement } from '../../contracts/statements.ts';
import { type ActualFiles, parseIndex } from './check-evidence.ts';
import { CustodyError } from './custody-error.ts';
import { sha256 } from './digest.ts';
import { openSanitize, type SanitizedFile } from './sanitize-statement.ts';
import { openTombstone, withDeleted } from './tombstone-statement.ts';

/** A statement that was opened, and the digest by which others name it. */
export type Sanitized = {
  readonly statement: SanitizeStatement;
  readonly digest: string;
};

export type Explained = {
  readonly files: ActualFiles;
  readonly sanitized: Sanitized | undefined;
  readonly tombstone: TombstoneStatement | undefined;
};

export type Unexplained = {
  readonly indexBytes: Uint8Array;
  /** What lies there: digest and size of every file but the statements. */
  readonly files: ActualFiles;
  /** Missing on copies of before there was one: those are as their index says. */
  readonly sanitizeBytes: Uint8Array | undefined;
  /** Only of copies whose files were deleted. */
  readonly tombstoneBytes?: Uint8Array | undefined;
  readonly keySet: KeySet;
};

/** The files of a published copy as its index lists them, wherever a signed statement says why they are not the same. */
export function explainedFiles({
  indexBytes,
  files,
  sanitizeBytes,
  tombstoneBytes,
  keySet,
}: Unexplained): Explained {
  const unsaid = sanitizeBytes === undefined && tombstoneBytes === undefined;
  // whoever holds an evidence key alone can ask whether the files are as they were signed, and nothing else
  if (unsaid || !keySet.keys.some(({ role }) => role === 'promotion'))
    return { files, sanitized: undefined, tombstone: undefined };
  const index = parseIndex(indexBytes);
  const { tenant, workspace_id: workspace, test_id: testId } = index;
  const about = { tenant, workspace, testId, bundleDigest: sha256(indexBytes) };
  const sanitized = sanitizeBytes && {
    statement: openSanitize(sanitizeBytes, about, keySet).statement,
    digest: sha256(sanitizeBytes),
  };
  const tombstone = tombstoneBytes && openTombstone(tombstoneBytes, about, keySet).statement;
  const whole =
    tombstone === undefined
      ? files
      : withDeleted(files, publishedFiles(index, sanitized?.statement), tombstone);
  return { files: explainFiles(index, whole, sanitized?.statement), sanitized, tombstone };
}

/**
 * Puts the listed file in the place of each that the statement accounts for: of a masked one when exactly the masked copy
 * is there, of a withheld one when nothing is. Whatever it does not account for stays as it is, for the index to judge.
 */
export function explainFiles(
  index: BundleIndex,
  files: ActualFiles,
  sanitize: SanitizeStatement | undefined,
): ActualFiles {
  const { files: changes } = sanitize?.predicate ?? { files: [] };
  const listed = new Map(index.files.map((file) => [file.path as string, file]));
  requireCoherent(listed, changes);
  const explained = new Map(files);
  for (const { path, outcome, after } of changes) {
    const file = listed.get(path);
    if (file === undefined || outcome === 'released') continue;
    if (after !== undefined) {
      requireMasked(files, after);
      explained.delete(after.path);
    }
    if (after?.path !== path && files.has(path))
      throw new CustodyError('unlisted_file', `${path} was ${outcome}, and is there`);
    explained.set(path, { sha256: file.sha256, size: file.size });
  }
  return explained;
}

/** What golden holds in the place of the files of the index, by the same statement. */
export function publishedFiles(
  index: BundleIndex,
  sanitize: SanitizeStatement | undefined,
): BundleIndex['files'] {
  const changes = new Map(sanitize?.predicate.files.map((change) => [change.path, change]));
  return index.files.flatMap((file) => {
    const { outcome, after } = changes.get(file.path) ?? { outcome: 'released' as const, after: undefined };
    if (outcome === 'released') return [file];
    if (after === undefined) return [];
    const { path, digest, size, media_type } = after;
    return [{ path, sha256: digest.sha256, size, media_type }];
  });
}

/** A statement that says two things of one file, or of files that nobody listed, explains nothing. */
function requireCoherent(
  listed: ReadonlyMap<string, BundleIndex['files'][number]>,
  changes: readonly SanitizedFile[],
): void {
  const named = new Set<string>();
  const places = new Set<string>();
  for (const { path, before, outcome, after } of changes) {
    const file = listed.get(path);
    if (file === undefined || file.sha256 !== before.sha256)
      throw new CustodyError('subject_mismatch', `${BUNDLE.sanitize} speaks of another ${path}`);
    if (named.has(path)) throw new CustodyError('malformed', `${BUNDLE.sanitize} speaks of ${path} twice`);
    named.add(path);
    if ((outcome === 'masked') !== (after !== undefined))
      throw new CustodyError('malformed', `${BUNDLE.sanitize} does not say what became of ${path}`);
    if (after === undefined) continue;
    // a copy under the name of another file would make that one look as if it were there
    const taken = after.path !== path && (listed.has(after.path) || after.path.startsWith(BUNDLE.statements));
    if (taken || after.path === BUNDLE.index || places.has(after.path))
      throw new CustodyError(
        'malformed',
        `${BUNDLE.sanitize} puts a masked copy in the place of another file`,
      );
    places.add(after.path);
  }
}

function requireMasked(
  files: ActualFiles,
  { path, digest, size }: NonNullable<SanitizedFile['after']>,
): void {
  const actual = files.get(path);
  if (actual === undefined) throw new CustodyError('missing_file', `the masked copy ${path} is not there`);
  if (actual.sha256 !== digest.sha256 || actual.size !== size)
    throw new CustodyError('hash_mismatch', `${path} is not the masked copy that was signed`);
}
