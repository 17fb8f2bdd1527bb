import { BUNDLE, type GoldenManifest } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import { goldenManifestKey } from '../../contracts/object-keys.ts';
import type { SanitizeStatement } from '../../contracts/statements.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { recordGoldenCopy } from '../../services/database/golden-copies.ts';
import { recordScanPromotion, type ScanPromotion } from '../../services/database/promotions.ts';
import { findScan } from '../../services/database/scans.ts';
import type { PublishDeps } from './deps.ts';

/** Puts on record what golden now shows, for whoever lists, audits or clears away. */
export async function recordPromoted(
  { database, golden, now }: PublishDeps,
  input: PublishInput,
  { files, bundle_digest: bundleDigest, promoted_at }: GoldenManifest,
  sanitize: SanitizeStatement | undefined,
  requestedBy: string | null,
): Promise<void> {
  const { scope, testId, component } = input;
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const manifestKey = goldenManifestKey(scope, testId);
  const promotedAt = new Date(promoted_at);
  const changes = sanitize?.predicate.files ?? [];
  const masked = changes.filter(({ outcome }) => outcome === 'masked').length;
  const evidence = files.filter(({ path }) => path !== BUNDLE.index && !path.startsWith(BUNDLE.statements));
  await Promise.all([
    recordGoldenCopy(database, scope, {
      ...{ testId, component, kind: 'scan', bundleDigest, manifestKey },
      ...{ files: files.length, bytes, promotedAt },
    }),
    recordScanPromotion(database, scope, {
      ...unfinished(input, requestedBy, promotedAt),
      state: 'promoted',
      documents: evidence.length,
      bytes: evidence.reduce((sum, { size }) => sum + size, 0),
      clean: evidence.length - masked,
      masked,
      goldenManifest: golden.locate(manifestKey),
      endedAt: now(),
    }),
  ]);
}

/** It waits for a person, and so has not ended. */
export const recordHeld = (
  { database }: PublishDeps,
  input: PublishInput,
  {
    documents,
    withheld,
    requestedBy,
    since,
  }: {
    readonly documents: number;
    readonly withheld: number;
    readonly requestedBy: string | null;
    readonly since: Date;
  },
): Promise<void> =>
  recordScanPromotion(database, input.scope, {
    ...unfinished(input, requestedBy, since),
    ...{ state: 'withheld', documents, withheld },
  });

/** Runs an attempt; why it can never succeed is on record, and thrown on. */
export async function recordingFailure<T>(
  { database, now }: PublishDeps,
  input: PublishInput,
  attempt: () => Promise<T>,
): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof CertusError) || error.retryable) throw error;
    const scan = await findScan(database, input.scope, input.testId);
    await recordScanPromotion(database, input.scope, {
      ...unfinished(input, scan?.requestedBy ?? null, now()),
      state: 'failed',
      error: { code: error.code, message: error.message },
      endedAt: now(),
    });
    throw error;
  }
}

const unfinished = (
  { testId, component, permitId }: PublishInput,
  requestedBy: string | null,
  createdAt: Date,
): Omit<ScanPromotion, 'state'> => ({
  ...{ testId, component, permitId, createdAt },
  requestedBy: requestedBy ?? 'certus',
  ...{ documents: 0, bytes: 0, clean: 0, masked: 0, withheld: 0 },
  ...{ goldenManifest: null, error: null, endedAt: null },
});
