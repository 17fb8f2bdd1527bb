import { randomBytes } from 'node:crypto';
import type { Finding } from '../../../contracts/finding.ts';
import type { Scope } from '../../../contracts/identifiers.ts';
import type { Change } from '../../../contracts/triage.ts';
import type { ScanInput } from '../../../contracts/workflows.ts';
import type { Database } from '../../../services/database/database.ts';
import { saveFindings } from '../../../services/database/findings.ts';
import { newScan } from '../../../services/database/new-scan.ts';
import type { ScanChanges } from '../../../services/database/scan-record.ts';
import { openScan, updateScan } from '../../../services/database/scans.ts';

type Recorded = {
  readonly asked?: Partial<ScanInput>;
  /** What the run has learnt since. */
  readonly learnt?: ScanChanges;
  readonly findings?: readonly Finding[];
  readonly changeOf?: (finding: Finding) => Exclude<Change, 'fixed'>;
};

/** A scan as a worker would have left it behind, without one. */
export async function recordedScan(
  database: Database,
  scope: Scope,
  { asked = {}, learnt = {}, findings = [], changeOf = () => 'new' }: Recorded = {},
): Promise<string> {
  const input: ScanInput = {
    scope,
    component: 'shop',
    assessment: 'default',
    testId: `test_${randomBytes(12).toString('hex')}`,
    source: { type: 'git', url: 'https://example.org/shop.git', branch: 'main' },
    profile: 'light',
    manifest: { type: 'repository', path: 'certus.yaml' },
    requestedBy: null,
    requestedAt: new Date().toISOString(),
    publish: true,
    ...asked,
  };
  const { testId, component } = input;
  await openScan(database, scope, newScan(input));
  await updateScan(database, scope, testId, {
    status: 'SUCCEEDED',
    verdict: 'passed',
    completedAt: new Date(),
    ...learnt,
  });
  await saveFindings(database, scope, { testId, component, findings, changeOf });
  return testId;
}
