import { ActivityFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { EventActivities } from '../activities/events/create-event-activities.ts';
import type { AnnounceInput } from '../contracts/platform-event.ts';
import { taskQueue } from '../contracts/zones.ts';
import { failureNotice } from './failure-notice.ts';
import { inZone } from './options.ts';

const { subscribersOf, noteFailure } = proxyActivities<EventActivities>(inZone('transform', '10 minutes'));

/** For three days: what happened to evidence is news for longer than how a scan ended. */
const { deliverEvent } = proxyActivities<EventActivities>({
  taskQueue: taskQueue('transform'),
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '3 days',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '30 minutes' },
});

/** Tells everybody who wants to know of an event, each on their own: who cannot be reached holds up nobody else. */
export async function announceWorkflow(input: AnnounceInput): Promise<number> {
  const subscribers = await subscribersOf(input);
  await Promise.all(subscribers.map((subscriptionId) => tell(input, subscriptionId)));
  return subscribers.length;
}

async function tell({ tenant, eventId, round }: AnnounceInput, subscriptionId: string): Promise<void> {
  const to = { tenant, eventId, subscriptionId, round };
  try {
    await deliverEvent(to);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    await noteFailure(to, failureNotice(error).message);
  }
}
