import { executeChild, uuid4 } from '@temporalio/workflow';
import { WORKFLOWS, workflowId } from '../contracts/workflow-names.ts';
import type { ScanInput, ScheduledScan } from '../contracts/workflows.ts';
import type { scanWorkflow } from './scan-workflow.ts';
import { belongsTo } from './search-attributes.ts';

/**
 * What a schedule starts: a scan like any other, with an id of its own. It lasts as long as the scan does, so that the
 * schedule's rule for overlaps is about scans.
 */
export async function scheduledScanWorkflow(plan: ScheduledScan): Promise<{ testId: string }> {
  const testId = `test_${uuid4().replaceAll('-', '').slice(0, 24)}`;
  const input: ScanInput = { ...plan, testId, requestedAt: new Date().toISOString() };
  await executeChild<typeof scanWorkflow>(WORKFLOWS.scan, {
    workflowId: workflowId('scan', input),
    typedSearchAttributes: belongsTo(input),
    args: [input],
  });
  return { testId };
}
