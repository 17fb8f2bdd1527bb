import { ActivityFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { NotifyActivities } from '../activities/notify/create-notify-activities.ts';
import type { Delivery, NotifyInput, NotifyResult, NotifyTarget } from '../contracts/notification.ts';
import { taskQueue } from '../contracts/zones.ts';
import { failureNotice } from './failure-notice.ts';

/**
 * In the zone of transform: it talks to the world anyway. Assurance looks at foreign code, which must neither come by the
 * secrets of notifications nor find a door out that is open for them; trust talks to nobody.
 */
const { deliverNotification } = proxyActivities<NotifyActivities>({
  taskQueue: taskQueue('transform'),
  startToCloseTimeout: '2 minutes',
  // nobody wants to be told today that a scan passed yesterday
  scheduleToCloseTimeout: '6 hours',
  retry: {
    initialInterval: '2 seconds',
    backoffCoefficient: 2,
    maximumInterval: '5 minutes',
    maximumAttempts: 15,
  },
});

/** Tells everybody who is to be told, each on their own: one that cannot be reached keeps nothing from the others. */
export async function notifyWorkflow({ event, targets }: NotifyInput): Promise<NotifyResult> {
  return { deliveries: await Promise.all(targets.map((target) => deliver(event, target))) };
}

async function deliver(event: NotifyInput['event'], target: NotifyTarget): Promise<Delivery> {
  try {
    return await deliverNotification(event, target);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    return { place: target.place, outcome: 'failed', detail: failureNotice(error).message };
  }
}
