import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { WORKFLOWS } from '../contracts/workflow-names.ts';
import { taskQueue } from '../contracts/zones.ts';

/** What Certus does by itself, again and again. */
const PLATFORM_SCHEDULES = [
  {
    scheduleId: 'certus/key-care',
    about: 'warns of keys and certificates that end soon, and renews the list of revoked ones',
    workflowType: WORKFLOWS.keyCare,
    every: '6 hours',
    jitter: '15 minutes',
  },
] as const;

/** Brings Temporal's schedules to what stands above, whichever release made them. Two workers may do it at once. */
export async function reconcileSchedules(client: Client): Promise<void> {
  for (const { scheduleId, about, workflowType, every, jitter } of PLATFORM_SCHEDULES) {
    const definition = {
      action: {
        type: 'startWorkflow' as const,
        workflowType,
        workflowId: scheduleId,
        taskQueue: taskQueue('transform'),
        args: [],
      },
      spec: { intervals: [{ every }], jitter },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 day' as const },
      state: { note: about },
    };
    try {
      await client.schedule.create({ scheduleId, ...definition });
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      await client.schedule.getHandle(scheduleId).update(({ state }) => ({
        ...definition,
        // who paused it had a reason
        state: { ...definition.state, paused: state.paused },
      }));
    }
  }
}
