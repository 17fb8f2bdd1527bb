import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { Database } from '../../services/database/database.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import { findScan } from '../../services/database/scans.ts';

/** The row of a scan; `not_found` also for one of another workspace: nobody learns that it is there. */
export async function existingScan(
  { database }: { readonly database: Database },
  scope: Scope,
  testId: string,
): Promise<ScanRecord> {
  const scan = await findScan(database, scope, testId);
  if (scan === undefined) throw noSuchScan();
  return scan;
}

export const noSuchScan = (): CertusError =>
  new CertusError('not_found', 'there is no such scan in this workspace');
