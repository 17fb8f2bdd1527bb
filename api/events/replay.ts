import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { AnnounceInput } from '../../contracts/platform-event.ts';
import { WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';

const PATIENCE_MS = 5000;

/** Has one subscriber told again; asked twice at once, it is told once. */
export async function startReplay(temporal: Client, input: Required<AnnounceInput>): Promise<void> {
  const { tenant, eventId, subscriptionId, round } = input;
  try {
    await temporal.withDeadline(Date.now() + PATIENCE_MS, () =>
      temporal.workflow.start(WORKFLOWS.announce, {
        workflowId: `announce/${tenant}/${eventId}/${subscriptionId}/${round}`,
        taskQueue: taskQueue('transform'),
        args: [input],
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
