import type { ScheduleDescription } from '@temporalio/client';
import type { Overlap, ScheduleView } from '../../contracts/schedule.ts';
import { ScheduleRequest } from '../../contracts/schedule.ts';
import { POLICY } from './schedule-store.ts';

/** A schedule as a person reads it. What was asked for lies beside its action; the rest is Temporal's to say. */
export function scheduleView(description: ScheduleDescription): ScheduleView {
  const { scheduleId, action, spec, policies, state, info } = description;
  const [, , workspace = '', component = '', name = ''] = scheduleId.split('/');
  const asked = ScheduleRequest.parse(action.type === 'startWorkflow' ? action.memo?.request : undefined);
  const overlap = (Object.keys(POLICY) as Overlap[]).find((known) => POLICY[known] === policies.overlap);
  return {
    workspace_id: workspace,
    component_id: component,
    name,
    cron: asked.cron,
    timezone: spec.timezone ?? 'UTC',
    jitter_seconds: asked.jitter_seconds,
    overlap: overlap ?? asked.overlap,
    paused: state.paused,
    note: state.note || null, // Temporal tells none as empty
    scan: asked.scan,
    next_runs: info.nextActionTimes.slice(0, 5).map((time) => time.toISOString()),
    recent_runs: info.recentActions.map(({ scheduledAt, takenAt, action: started }) => ({
      scheduled_at: scheduledAt.toISOString(),
      started_at: takenAt.toISOString(),
      workflow_id: started.workflow.workflowId,
    })),
  };
}
