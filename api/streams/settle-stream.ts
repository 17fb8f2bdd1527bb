import type { Scope } from '../../contracts/identifiers.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import type { ApiDeps } from '../deps.ts';

/** A run writes its row first, and what it has left to tell soon after. */
const GRACE = 60_000;

/**
 * A run that was ended from outside, or went by before there were streams, never told its end: it is told here, so that
 * nobody follows it for ever. Nothing happens where the end is there already.
 */
export async function settleStream(
  { events }: Pick<ApiDeps, 'events'>,
  scope: Scope,
  { testId, status, manifestDigest, bundle, completedAt }: ScanRecord,
): Promise<void> {
  if (completedAt === null || Date.now() - completedAt.getTime() < GRACE) return;
  const data = { status, manifest_digest: manifestDigest, bundle };
  await events.append(scope, testId, [{ type: 'scan_complete', at: completedAt.toISOString(), data }]);
}
