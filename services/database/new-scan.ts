import { workflowId } from '../../contracts/workflow-names.ts';
import type { ScanInput } from '../../contracts/workflows.ts';
import type { NewScan } from './scan-record.ts';

/** The row of a run that has not begun: the API and the run itself write the same one, whoever comes first. */
export const newScan = (scan: Omit<ScanInput, 'manifest'>): NewScan => ({
  testId: scan.testId,
  component: scan.component,
  assessment: scan.assessment,
  source: sourceOf(scan.source),
  requestedBy: scan.requestedBy,
  profile: scan.profile,
  manifestDigest: scan.manifestDigest,
  workflowId: workflowId('scan', scan),
  createdAt: new Date(scan.requestedAt),
});

const sourceOf = (source: ScanInput['source']): NewScan['source'] =>
  source.type === 'git'
    ? { type: 'git', gitUrl: source.url, branch: source.branch ?? null, directoryPath: null }
    : { type: 'directory', gitUrl: null, branch: null, directoryPath: source.path };
