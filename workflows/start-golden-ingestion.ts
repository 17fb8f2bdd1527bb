import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ChildWorkflowCancellationType, ParentClosePolicy, startChild } from '@temporalio/workflow';
import { WORKFLOWS } from '../contracts/workflow-names.ts';
import type { RunIdentity } from '../contracts/workflows.ts';
import { taskQueue } from '../contracts/zones.ts';
import type { goldenIngestionWorkflow } from './golden-ingestion-workflow.ts';
import { belongsTo } from './search-attributes.ts';

/** Waits for nobody: a zone or an index that is away keeps no promotion open. */
export async function startGoldenIngestion(
  { scope, testId, component }: Pick<RunIdentity, 'scope' | 'testId' | 'component'>,
  afterMs?: number,
): Promise<void> {
  const run = { scope, testId, component };
  try {
    await startChild<typeof goldenIngestionWorkflow>(WORKFLOWS.goldenIngestion, {
      workflowId: `golden-ingestion/${scope.workspace}/${testId}`,
      taskQueue: taskQueue('ingest'),
      typedSearchAttributes: belongsTo(run),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      args: afterMs === undefined ? [run] : [run, afterMs],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
