import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { WORKFLOWS } from '../../contracts/workflow-names.ts';
import type { UploadInput } from '../../contracts/workflows.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { searchAttributes } from './scan-runs.ts';

const PATIENCE = 5000;

/** Takes a finished scan through permit and publication; one that was taken through under this id stays as it ended. */
export async function startUpload(temporal: Client, workflowId: string, input: UploadInput): Promise<void> {
  try {
    await temporal.withDeadline(Date.now() + PATIENCE, () =>
      temporal.workflow.start(WORKFLOWS.upload, {
        workflowId,
        taskQueue: taskQueue('assurance'),
        args: [input],
        typedSearchAttributes: searchAttributes(input, 'RUNNING'),
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error; // decided already: the row tells
  }
}
