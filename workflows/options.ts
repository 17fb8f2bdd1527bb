import {
  ActivityCancellationType,
  type ActivityOptions,
  type LocalActivityOptions,
} from '@temporalio/workflow';
import { taskQueue, type Zone } from '../contracts/zones.ts';

/**
 * How long a step may take and how it is tried again. A worker that was killed is noticed when its heartbeat stays out;
 * what no retry can mend comes back from the activity marked as such, so everything else may be tried for as long as it
 * takes: a zone that is down makes the run wait. What has a date of its own can still pass it meanwhile: evidence that waits
 * longer for Trust than CERTUS_EVIDENCE_MAX_AGE_HOURS gets no permit.
 *
 * A cancelled step is waited for: what it was writing is known before the run is closed and its checkout removed.
 */
export const inZone = (zone: Zone, longest: '10 minutes' | '1 hour' | '1 day'): ActivityOptions => ({
  taskQueue: taskQueue(zone),
  startToCloseTimeout: longest,
  heartbeatTimeout: '15 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});

/** Bookkeeping of the zone that runs the workflow: done on the spot, without a way through the server for each. */
export const bookkeeping: LocalActivityOptions = {
  startToCloseTimeout: '1 minute',
  // beyond this a timer waits, and not an open workflow task: a database may be away for days
  localRetryThreshold: '5 seconds',
  retry: { initialInterval: '500 milliseconds', maximumInterval: '2 minutes' },
};
