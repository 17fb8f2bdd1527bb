import { CertusError } from '../../contracts/errors.ts';
import type { Notice, ScanState } from '../../contracts/scan.ts';
import type { NewScanEvent } from '../../contracts/scan-event.ts';
import type {
  Checkout,
  PermitDecision,
  Publication,
  ScanInput,
  Unpublished,
} from '../../contracts/workflows.ts';
import { newScan } from '../../services/database/new-scan.ts';
import type { ScanChanges } from '../../services/database/scan-record.ts';
import { openScan, updateScan } from '../../services/database/scans.ts';
import type { Bucket } from '../../services/objects/store.ts';
import type { ScanDeps } from './deps.ts';
import type { Assessment } from './write-bundle.ts';

/** What is known of a run so far; each record of it says everything again, so a lost one is mended by the next. */
export type RunRecord = {
  readonly status: ScanState;
  readonly startedAt: string;
  readonly completedAt?: string;
  readonly checkout?: Checkout;
  readonly manifestDigest?: string;
  readonly assessment?: Assessment;
  readonly permit?: PermitDecision;
  readonly publication?: Publication | Unpublished;
  readonly errors?: readonly Notice[];
};

/** Writes the row that lists and filters read. */
export async function recordScan(
  { database, raw, events }: Pick<ScanDeps, 'database' | 'raw' | 'events'>,
  input: ScanInput,
  run: RunRecord,
): Promise<void> {
  const said = changes(run, raw);
  try {
    await updateScan(database, input.scope, input.testId, said);
  } catch (error) {
    if (!(error instanceof CertusError && error.code === 'not_found')) throw error;
    // the API writes the row once the run has been started, and may be slower than we are, or have died in between
    await openScan(database, input.scope, newScan(input));
    await updateScan(database, input.scope, input.testId, said);
  }
  if (run.completedAt !== undefined)
    await events.append(input.scope, input.testId, endOf(run, run.completedAt));
}

/** What every subscriber waits for: after this the stream says nothing any more. */
function endOf({ status, manifestDigest, assessment, errors }: RunRecord, at: string): NewScanEvent[] {
  const problems = (errors ?? []).map((error) => ({ type: 'error' as const, at, data: { ...error } }));
  const data = {
    status,
    verdict: assessment?.verdict ?? null,
    manifest_digest: manifestDigest ?? null,
    bundle_digest: assessment?.bundle.digest ?? null,
  };
  return [...problems, { type: 'scan_complete', at, data }];
}

function changes(
  {
    status,
    startedAt,
    completedAt,
    checkout,
    manifestDigest,
    assessment,
    permit,
    publication,
    errors,
  }: RunRecord,
  raw: Bucket,
): ScanChanges {
  const warnings = [
    ...(assessment?.warnings ?? checkout?.skipped ?? []),
    ...(publication === undefined ? [] : noticesOf(publication)),
  ];
  return {
    status,
    startedAt: new Date(startedAt),
    ...(completedAt === undefined ? {} : { completedAt: new Date(completedAt) }),
    ...(checkout === undefined ? {} : fetched(checkout)),
    ...(manifestDigest === undefined ? {} : { manifestDigest }),
    ...(assessment === undefined ? {} : assessed(assessment, raw)),
    ...(permit === undefined ? {} : permitted(permit, status)),
    ...(publication === undefined ? {} : published(publication)),
    warnings,
    errors: [...(errors ?? [])],
  };
}

const fetched = ({ commit, contentHash, originDigest }: Checkout): ScanChanges => ({
  commit,
  contentHash,
  originDigest,
});

const assessed = (
  { verdict, counts, changes: difference, baseline, tools, violations, artifacts, bundle }: Assessment,
  raw: Bucket,
): ScanChanges => ({
  verdict,
  findings: counts,
  changes: difference,
  baseline,
  tools: [...tools],
  violations: [...violations],
  artifacts: { ...artifacts },
  bundle: raw.locate(bundle.prefix.replace(/\/$/, '')),
  bundleDigest: bundle.digest,
});

export const permitted = (
  { permitId, permitted: yes, reason }: PermitDecision,
  status: ScanState,
): ScanChanges => ({
  permitId,
  denialReason: reason,
  uploadStatus: !yes ? 'denied' : status === 'RUNNING' ? 'permitted' : 'upload_failed', // unless it was published
});

export function published(publication: Publication | Unpublished): ScanChanges {
  if ('unpublished' in publication) return { uploadStatus: 'rejected' };
  const { goldenManifest, goldenBundle, ociReference, ingestion } = publication;
  return {
    goldenManifest,
    ociReference,
    bundle: goldenBundle,
    uploadStatus: 'uploaded',
    indexed: ingestion.indexed,
  };
}

export function noticesOf(publication: Publication | Unpublished): readonly Notice[] {
  if (!('unpublished' in publication)) return publication.ingestion.failed;
  const { unpublished, reviewId } = publication;
  const why = unpublished === 'rejected' ? 'was rejected' : 'was decided by nobody in time';
  return [{ code: 'privacy_held', message: `not published: ${reviewId} ${why}` }];
}
