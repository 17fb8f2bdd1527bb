import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ChildWorkflowCancellationType, ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { QuarantineInput } from '../contracts/quarantine.ts';
import { WORKFLOWS, workflowId } from '../contracts/workflow-names.ts';
import { taskQueue } from '../contracts/zones.ts';
import type { quarantineWorkflow } from './quarantine-workflow.ts';
import { belongsTo } from './search-attributes.ts';

/** Only sees to it that it starts; what becomes of the run is the business of its own quarantine. */
export async function startQuarantine(run: QuarantineInput): Promise<void> {
  try {
    await startChild<typeof quarantineWorkflow>(WORKFLOWS.quarantine, {
      workflowId: workflowId('quarantine', run),
      taskQueue: taskQueue('transform'),
      typedSearchAttributes: belongsTo(run),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      args: [run],
    });
  } catch (error) {
    // it is being taken away for another reason
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
