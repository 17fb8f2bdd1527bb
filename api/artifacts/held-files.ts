import { BUNDLE } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { goldenPrefix, holdStatementKey } from '../../contracts/object-keys.ts';
import type { SanitizeStatement } from '../../contracts/statements.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { openHold, openSanitize } from '../../domain/custody/sanitize-statement.ts';
import { reviewIdOf } from '../../domain/review/review-id.ts';
import { findPromotion } from '../../services/database/document-promotions.ts';
import { findReview } from '../../services/database/reviews.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import type { ApiDeps, ApiObjects } from '../deps.ts';

/** Which files of a run's bundle are, as the run has made them, for reviewers alone. */
export type HeldFiles = { has(path: string): boolean };

export type HeldDeps = Pick<ApiDeps, 'database' | 'objects' | 'trust'>;
type Run = Pick<ScanRecord, 'testId' | 'bundleDigest' | 'uploadStatus' | 'goldenManifest' | 'errors'>;

/**
 * What the privacy gate has masked or held back, by whoever has said so: the statement beside the golden copy, also of one
 * that was taken away; before there is one, the statement on a bundle that waits and the review of it. Of a run that the gate
 * has not seen nothing is held. Where it has, and nobody can say what of it is held, everything is.
 */
export async function heldFiles(
  { database, objects, trust: { keySet } }: HeldDeps,
  scope: Scope,
  run: Run,
): Promise<HeldFiles> {
  const { testId, bundleDigest } = run;
  if (bundleDigest === null) return NOTHING;
  const about = { ...scope, testId, bundleDigest };
  const published = await publishedStatement(objects, scope, testId);
  if (published !== undefined)
    return pathsIn(() => openSanitize(published, about, keySet).statement) ?? EVERYTHING;
  const [review, hold] = await Promise.all([
    findReview(database, scope, reviewIdOf(scope, testId, bundleDigest)),
    read(objects.quarantine, holdStatementKey(scope, testId)),
  ]);
  const waiting = hold && pathsIn(() => openHold(hold, about, keySet).statement);
  const reviewed = review?.subject.kind === 'evidence' ? review.subject.files : undefined;
  if (hold !== undefined && waiting === undefined) return EVERYTHING;
  if (waiting === undefined && reviewed === undefined)
    return wasSeen(run) && !(await passedWhole(database, scope, testId)) ? EVERYTHING : NOTHING;
  return new Set([...(waiting ?? []), ...(reviewed ?? []).map(({ path }) => path)]);
}

const NOTHING: HeldFiles = new Set<string>();
const EVERYTHING: HeldFiles = { has: () => true };

/** Golden is asked first: what is taken from there lies in quarantine before it is gone. */
const publishedStatement = async (
  { golden, quarantine }: Pick<ApiObjects, 'golden' | 'quarantine'>,
  scope: Scope,
  testId: string,
): Promise<Uint8Array | undefined> => {
  const key = `${goldenPrefix(scope, testId)}${BUNDLE.sanitize}`;
  return (await read(golden, key)) ?? (await read(quarantine, key));
};

/** As many documents as a run may have are accounted for in one. */
const MAX_STATEMENT = 16 * 1024 * 1024;

/** One that is there and was altered is read as an empty one, which says nothing: it must not pass for none. */
async function read(bucket: ReadableBucket, key: string): Promise<Uint8Array | undefined> {
  try {
    return await bucket.read(key, MAX_STATEMENT);
  } catch (error) {
    if (!(error instanceof CertusError) || error.retryable) throw error;
    return error.code === 'object_not_found' ? undefined : new Uint8Array();
  }
}

/** Undefined for a statement that is none: somebody has said something, and nobody knows what. */
function pathsIn(open: () => SanitizeStatement): ReadonlySet<string> | undefined {
  try {
    const { files } = open().predicate;
    return new Set(files.filter(({ outcome }) => outcome !== 'released').map(({ path }) => path));
  } catch (error) {
    if (error instanceof CustodyError) return undefined;
    throw error;
  }
}

/** What was published has been through the gate, wherever its copy was put since. */
const wasSeen = ({ uploadStatus, goldenManifest, errors }: Run): boolean =>
  goldenManifest !== null || SEEN.has(uploadStatus) || errors.some(({ code }) => code === 'privacy_held');

/** Of a copy that was put aside with its statements the record of its promotion is left. */
async function passedWhole(database: HeldDeps['database'], scope: Scope, testId: string): Promise<boolean> {
  const promotion = await findPromotion(database, scope, testId);
  return promotion?.state === 'promoted' && promotion.masked === 0 && promotion.withheld === 0;
}

const SEEN: ReadonlySet<Run['uploadStatus']> = new Set(['in_review', 'rejected', 'quarantined']);
