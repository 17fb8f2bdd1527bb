import type { ActivityOptions } from '@temporalio/workflow';
import { taskQueue, type Zone } from '../contracts/zones.ts';

/**
 * How long a step may take and how it is tried again. A worker that was killed is noticed when its heartbeat stays out;
 * what no retry can mend comes back from the activity marked as such, so everything else may be tried for as long as it
 * takes: a zone that is down makes the run wait, and nothing is lost.
 */
export const inZone = (zone: Zone, longest: '1 minute' | '10 minutes' | '1 hour'): ActivityOptions => ({
  taskQueue: taskQueue(zone),
  startToCloseTimeout: longest,
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});
