import type { ScheduleOptions } from '@temporalio/client';
import type { ScheduleRequest } from '../../contracts/schedule.ts';
import { WORKFLOWS } from '../../contracts/workflow-names.ts';
import type { ScheduledScan } from '../../contracts/workflows.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { searchAttributes } from '../scans/scan-runs.ts';
import { idOf, type ScheduleKey } from './schedule-ids.ts';
import { POLICY } from './schedule-store.ts';

/** A component's scans on a cadence, as Temporal keeps it. */
export function scanSchedule(
  key: ScheduleKey,
  request: ScheduleRequest,
  plan: ScheduledScan,
): ScheduleOptions {
  return {
    scheduleId: idOf(key),
    spec: {
      cronExpressions: request.cron,
      timezone: request.timezone,
      jitter: request.jitter_seconds * 1000,
    },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOWS.scheduledScan,
      workflowId: idOf(key).replace('scans/', 'scheduled/'),
      taskQueue: taskQueue('assurance'),
      args: [plan],
      memo: { request },
      typedSearchAttributes: searchAttributes(plan, 'SCHEDULED'),
    },
    policies: { overlap: POLICY[request.overlap], catchupWindow: '1 hour' },
    state: { paused: request.paused, ...(request.note === undefined ? {} : { note: request.note }) },
    typedSearchAttributes: searchAttributes(plan, 'SCHEDULED'),
  };
}
