import { rawPrefix } from '../../contracts/object-keys.ts';
import type { QuarantineInput, QuarantineOutcome } from '../../contracts/quarantine.ts';
import type { Notice } from '../../contracts/scan.ts';
import { findScan, updateScan } from '../../services/database/scans.ts';
import type { PublishDeps } from './deps.ts';

/** `oci` is null while the registry has not answered yet. */
export type QuarantineProgress = {
  readonly oci: QuarantineOutcome['oci'] | null;
  readonly notices: readonly Notice[];
};

/** Says on the row of the scan that nothing of it is published any longer. */
export async function recordQuarantine(
  { database, raw }: Pick<PublishDeps, 'database' | 'raw'>,
  { scope, testId, cause }: QuarantineInput,
  { oci, notices }: QuarantineProgress,
): Promise<void> {
  const scan = await findScan(database, scope, testId);
  if (scan === undefined) return; // the copy is away, whatever became of its row
  const why = { code: 'quarantined', message: reasonOf(cause) };
  await updateScan(database, scope, testId, {
    uploadStatus: 'quarantined',
    goldenManifest: null,
    indexed: 0,
    bundle: raw.locate(rawPrefix(scope, testId).replace(/\/$/, '')),
    ...(oci === null || oci === 'forbidden' ? {} : { ociReference: null }),
    warnings: withoutTwins([...scan.warnings, why, ...notices]),
  });
}

const reasonOf = (cause: QuarantineInput['cause']): string =>
  'drift' in cause
    ? `golden holds something else than what was promoted: ${cause.drift[0]?.path ?? ''}`
    : `the key ${cause.keyId} was revoked: ${cause.reason}`;

/** Written by a second attempt too. */
const withoutTwins = (notices: readonly Notice[]): Notice[] => [
  ...new Map(notices.map((notice) => [JSON.stringify(notice), notice])).values(),
];
