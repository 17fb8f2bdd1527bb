import { reportKey } from '../../contracts/object-keys.ts';
import type { Source } from '../../contracts/workflows.ts';
import type { ScanRecord } from '../../services/database/scan-record.ts';
import { findScan } from '../../services/database/scans.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { type Report, scanOfReport } from '../scans/accepted-scan.ts';
import { startRecorded } from '../scans/create-scan.ts';
import { settledScan } from '../scans/settle-scan.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal' | 'objects' | 'log'>;
type Reported = Report & { readonly source: Extract<Source, { type: 'sarif' }> };

/**
 * The run of a report. Brought again it is the same run, unless that one never came to a verdict: then bringing it again is
 * asking for another try, named by how many there were before.
 */
export async function acceptReport(
  deps: Deps,
  principal: Principal,
  report: Reported,
  bytes: Uint8Array,
): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    const input = scanOfReport(principal, report, attempt);
    const found = await findScan(deps.database, report.scope, input.testId);
    if (found === undefined) {
      await store(deps, report, bytes);
      return (await startRecorded(deps, input)).scan.testId;
    }
    if (!endedBadly(await settledScan(deps, report.scope, found))) return found.testId;
  }
}

async function store({ objects }: Deps, { scope, source: { sha256 } }: Reported, bytes: Uint8Array) {
  const uploads = await objects.uploads();
  await uploads.put(reportKey(scope, sha256), bytes, { contentType: 'application/gzip', sha256 });
}

export const endedBadly = ({ status }: ScanRecord): boolean => status === 'FAILED' || status === 'CANCELLED';
