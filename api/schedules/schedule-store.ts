import {
  type Client,
  isGrpcServiceError,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  type ScheduleHandle,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { BackfillRequest, Overlap, ScheduleRequest } from '../../contracts/schedule.ts';
import { WORKFLOWS } from '../../contracts/workflow-names.ts';
import type { ScheduledScan } from '../../contracts/workflows.ts';
import { SEARCH_ATTRIBUTES, taskQueue } from '../../contracts/zones.ts';
import { invalid } from '../problems.ts';
import { searchAttributes } from '../scans/scan-runs.ts';

/** Which schedule: everything that its id is made of. */
export type ScheduleKey = { readonly scope: Scope; readonly component: string; readonly name: string };

const PATIENCE = 5000;
/** As many as anybody reads; whoever has more narrows them by component. */
const MOST = 1000;

const prefixOf = ({ tenant, workspace }: Scope, component?: string): string =>
  `scans/${tenant}/${workspace}/${component === undefined ? '' : `${component}/`}`;
const idOf = ({ scope, component, name }: ScheduleKey): string => `${prefixOf(scope, component)}${name}`;

/** Puts the schedule as it is asked for, whether it was there before or not. */
export async function putSchedule(
  temporal: Client,
  key: ScheduleKey,
  request: ScheduleRequest,
  plan: ScheduledScan,
): Promise<{ created: boolean }> {
  const options = scheduleOptions(key, request, plan);
  return bounded(temporal, async () => {
    try {
      await temporal.schedule.create(options);
      return { created: true };
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw refusedSpec(error);
    }
    const { action, spec, policies = {}, state = {} } = options;
    await temporal.schedule
      .getHandle(idOf(key))
      .update(() => ({ action, spec, policies, state }))
      .catch((error: unknown) => {
        throw refusedSpec(error);
      });
    return { created: false };
  });
}

export const describeSchedule = (temporal: Client, key: ScheduleKey): Promise<ScheduleDescription> =>
  onSchedule(temporal, key, (handle) => handle.describe());

/** Those of a workspace, or of one of its components. */
export async function listSchedules(
  temporal: Client,
  scope: Scope,
  component: string | undefined,
): Promise<ScheduleDescription[]> {
  const prefix = prefixOf(scope, component);
  const query = `${SEARCH_ATTRIBUTES.tenant} = '${scope.tenant}' AND ${SEARCH_ATTRIBUTES.workspace} = '${scope.workspace}'`;
  return bounded(temporal, async () => {
    const found: ScheduleDescription[] = [];
    for await (const { scheduleId } of temporal.schedule.list({ query })) {
      if (!scheduleId.startsWith(prefix)) continue;
      const described = await temporal.schedule.getHandle(scheduleId).describe().catch(unlessGone);
      if (described !== undefined) found.push(described);
      if (found.length === MOST) break;
    }
    return found.sort((a, b) => (a.scheduleId < b.scheduleId ? -1 : 1));
  });
}

export const pauseSchedule = (temporal: Client, key: ScheduleKey, note?: string): Promise<void> =>
  onSchedule(temporal, key, (handle) => handle.pause(note));
export const resumeSchedule = (temporal: Client, key: ScheduleKey, note?: string): Promise<void> =>
  onSchedule(temporal, key, (handle) => handle.unpause(note));
export const runSchedule = (temporal: Client, key: ScheduleKey): Promise<void> =>
  onSchedule(temporal, key, (handle) => handle.trigger(ScheduleOverlapPolicy.ALLOW_ALL));
export const backfillSchedule = (
  temporal: Client,
  key: ScheduleKey,
  { from, to, overlap }: BackfillRequest,
): Promise<void> =>
  onSchedule(temporal, key, (handle) =>
    handle.backfill({ start: new Date(from), end: new Date(to), overlap: POLICY[overlap] }),
  );

/** That there is none is what was asked for. */
export const removeSchedule = (temporal: Client, key: ScheduleKey): Promise<void> =>
  bounded(temporal, async () => {
    await temporal.schedule.getHandle(idOf(key)).delete().catch(unlessGone);
  });

export const POLICY: Readonly<Record<Overlap, ScheduleOverlapPolicy>> = {
  skip: ScheduleOverlapPolicy.SKIP,
  buffer_one: ScheduleOverlapPolicy.BUFFER_ONE,
  cancel_other: ScheduleOverlapPolicy.CANCEL_OTHER,
  allow_all: ScheduleOverlapPolicy.ALLOW_ALL,
};

function scheduleOptions(key: ScheduleKey, request: ScheduleRequest, plan: ScheduledScan): ScheduleOptions {
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

async function onSchedule<T>(
  temporal: Client,
  key: ScheduleKey,
  work: (handle: ScheduleHandle) => Promise<T>,
): Promise<T> {
  return bounded(temporal, async () => {
    try {
      return await work(temporal.schedule.getHandle(idOf(key)));
    } catch (error) {
      if (error instanceof ScheduleNotFoundError)
        throw new CertusError('not_found', 'there is no such schedule in this workspace');
      throw error;
    }
  });
}

const bounded = <T>(temporal: Client, work: () => Promise<T>): Promise<T> =>
  temporal.withDeadline(Date.now() + PATIENCE, work);

function unlessGone(error: unknown): undefined {
  if (error instanceof ScheduleNotFoundError) return undefined;
  throw error;
}

/** Temporal alone knows which cron expressions and zones it takes; what it says about one is for who wrote it. */
function refusedSpec(error: unknown): unknown {
  const said = error instanceof TypeError ? error.message : refusal(error as Error);
  if (said === undefined) return error;
  const message = `Temporal refuses it: ${said.slice(0, 300)}`;
  return invalid([{ path: /time ?zone/i.test(said) ? 'timezone' : 'cron', message }]);
}

function refusal({ cause }: Error): string | undefined {
  return isGrpcServiceError(cause) && cause.code === INVALID_ARGUMENT ? cause.details : undefined;
}

const INVALID_ARGUMENT = 3;
