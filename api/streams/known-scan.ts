import type { Scope } from '../../contracts/identifiers.ts';
import { findScan } from '../../services/database/scans.ts';
import type { ApiDeps } from '../deps.ts';
import { noSuchScan } from '../scans/existing-scan.ts';
import { runningScan } from '../scans/scan-runs.ts';
import { settleStream } from './settle-stream.ts';

/** Throws `not_found` unless there is such a run, be it one that only the engine knows yet. */
export async function requireScan(
  deps: Pick<ApiDeps, 'database' | 'temporal' | 'events'>,
  scope: Scope,
  testId: string,
): Promise<void> {
  const row = await findScan(deps.database, scope, testId);
  if (row?.completedAt) await settleStream(deps, scope, row);
  if (!row && !(await runningScan(deps.temporal, scope, testId))) throw noSuchScan();
}
