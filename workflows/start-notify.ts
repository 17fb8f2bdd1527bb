import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ChildWorkflowCancellationType, ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { NotifyInput } from '../contracts/notification.ts';
import { WORKFLOWS, workflowId } from '../contracts/workflow-names.ts';
import type { RunIdentity } from '../contracts/workflows.ts';
import { taskQueue } from '../contracts/zones.ts';
import type { notifyWorkflow } from './notify-workflow.ts';
import { belongsTo } from './search-attributes.ts';

/** Has everybody told, and waits for none of it: the run has ended, and what becomes of the news is not its business. */
export async function startNotify(run: RunIdentity, input: NotifyInput): Promise<void> {
  if (input.targets.length === 0) return;
  try {
    await startChild<typeof notifyWorkflow>(WORKFLOWS.notify, {
      workflowId: workflowId('notify', run),
      taskQueue: taskQueue('transform'),
      typedSearchAttributes: belongsTo(run),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      args: [input],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
