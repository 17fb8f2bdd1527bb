import { workflowId } from '../../contracts/workflow-names.ts';
import type { ScanInput } from '../../contracts/workflows.ts';
import type { NewScan } from './scan-record.ts';

/** The row of a run that has not begun: the API and the run itself write the same one, whoever comes first. */
export const newScan = (scan: ScanInput): NewScan => ({
  testId: scan.testId,
  component: scan.component,
  assessment: scan.assessment,
  source: scan.source,
  requestedBy: scan.requestedBy,
  profile: scan.profile,
  manifestDigest: scan.manifest.type === 'inline' ? scan.manifest.digest : null,
  request: scan,
  workflowId: workflowId('scan', scan),
  createdAt: new Date(scan.requestedAt),
});
