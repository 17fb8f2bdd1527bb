import type { Client } from '@temporalio/client';
import type { Scope } from '../../contracts/identifiers.ts';
import type { Database } from '../../services/database/database.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import { findScan, updateScan } from '../../services/database/scans.ts';
import { endOfRun } from './scan-runs.ts';

type Deps = { readonly database: Database; readonly temporal: Client };

/** The scan as it stands, also when its run was ended from outside. */
export const settledScan = (deps: Deps, scope: Scope, scan: ScanRecord): Promise<ScanRecord> =>
  scan.completedAt === null ? settleScan(deps, scope, scan) : Promise.resolve(scan);

/**
 * A run that somebody terminated in the engine could not write its own end: whoever asks for it next writes it down, so
 * that nobody waits for it for ever.
 */
export async function settleScan(
  { database, temporal }: Deps,
  scope: Scope,
  scan: ScanRecord,
): Promise<ScanRecord> {
  const end = await endOfRun(temporal, scan.workflowId);
  if (end === undefined) return scan;
  // a run writes its row before it ends: what is open now was never closed
  const row = (await findScan(database, scope, scan.testId)) ?? scan;
  if (row.completedAt !== null) return row;
  const notice = { code: 'stopped', message: `the run was ended from outside: ${end.how}` };
  return updateScan(database, scope, scan.testId, {
    status: 'CANCELLED',
    completedAt: end.at,
    errors: [...row.errors, notice],
  });
}
