import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  proxyActivities,
  startChild,
} from '@temporalio/workflow';
import type { EventActivities } from '../activities/events/create-event-activities.ts';
import type { NewPlatformEvent } from '../contracts/platform-event.ts';
import { WORKFLOWS } from '../contracts/workflow-names.ts';
import { taskQueue } from '../contracts/zones.ts';
import type { announceWorkflow } from './announce-workflow.ts';
import { inZone } from './options.ts';

const { recordPlatformEvent } = proxyActivities<EventActivities>(inZone('transform', '10 minutes'));

/** Puts on record what happened and has it told to whoever wants to know; nobody waits for that. */
export async function announce(event: NewPlatformEvent): Promise<void> {
  const { eventId, wanted } = await recordPlatformEvent(event);
  if (!wanted) return;
  try {
    await startChild<typeof announceWorkflow>(WORKFLOWS.announce, {
      workflowId: `announce/${event.tenant}/${eventId}/0`,
      taskQueue: taskQueue('transform'),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      args: [{ tenant: event.tenant, eventId, round: 0 }],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
