import type { Client, ScheduleDescription, ScheduleOptions } from '@temporalio/client';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { ScheduledIngestion, SourceView } from '../../contracts/ingestion.ts';
import { Cadence } from '../../contracts/schedule.ts';
import { WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { describeSchedule, POLICY } from '../schedules/schedule-store.ts';
import { searchAttributesOf } from './search-attributes.ts';

export const scheduleIdOf = ({ tenant, workspace }: Scope, sourceId: string): string =>
  `sources/${tenant}/${workspace}/${sourceId}`;

/** Temporal keeps it, and starts what is due, whether this API runs or not. */
export function sourceSchedule(plan: ScheduledIngestion, cadence: Cadence): ScheduleOptions {
  const { cron, timezone, jitter_seconds, overlap, paused, note } = cadence;
  const scheduleId = scheduleIdOf(plan.scope, plan.sourceId);
  return {
    scheduleId,
    spec: { cronExpressions: cron, timezone, jitter: jitter_seconds * 1000 },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOWS.scheduledIngestion,
      workflowId: scheduleId.replace('sources/', 'scheduled-ingestion/'),
      taskQueue: taskQueue('ingest'),
      args: [plan],
      memo: { cadence },
      typedSearchAttributes: searchAttributesOf(plan.scope),
    },
    policies: { overlap: POLICY[overlap], catchupWindow: '1 hour' },
    state: { paused, ...(note === undefined ? {} : { note }) },
    typedSearchAttributes: searchAttributesOf(plan.scope),
  };
}

/** Null when nothing ingests it by itself. */
export async function scheduleOf(
  temporal: Client,
  scope: Scope,
  sourceId: string,
): Promise<SourceView['schedule']> {
  try {
    return viewOf(await describeSchedule(temporal, scheduleIdOf(scope, sourceId)));
  } catch (error) {
    if (error instanceof CertusError && error.code === 'not_found') return null;
    throw error;
  }
}

function viewOf({ action, state, info }: ScheduleDescription): SourceView['schedule'] {
  const asked = Cadence.parse(action.type === 'startWorkflow' ? action.memo?.cadence : undefined);
  const next_runs = info.nextActionTimes.slice(0, 5).map((time) => time.toISOString());
  return { ...asked, paused: state.paused, next_runs };
}
