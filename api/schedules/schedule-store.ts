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
import { dependencyFailure } from '../dependency-failure.ts';
import { invalid } from '../problems.ts';
import { searchAttributes } from '../scans/scan-runs.ts';

/** Which schedule: everything that its id is made of. */
export type ScheduleKey = { readonly scope: Scope; readonly component: string; readonly name: string };

const PATIENCE = 5000;
/** As many as anybody reads; whoever has more narrows them by component. */
const MOST = 500;
/** Each takes a question of its own to Temporal. */
const AT_ONCE = 10;

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
    for (;;) {
      if (await created(temporal, options)) return { created: true };
      if (await replaced(temporal, options)) return { created: false };
      // removed in between by somebody else: that makes it a new one
    }
  });
}

async function created(temporal: Client, options: ScheduleOptions): Promise<boolean> {
  try {
    await temporal.schedule.create(options);
    return true;
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) return false;
    throw refusedSpec(error);
  }
}

async function replaced(temporal: Client, options: ScheduleOptions): Promise<boolean> {
  const { scheduleId, action, spec, policies = {}, state = {} } = options;
  const handle = temporal.schedule.getHandle(scheduleId);
  try {
    await persistently(temporal, () => handle.update(() => ({ action, spec, policies, state })));
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false;
    throw refusedSpec(error);
  }
}

export const describeSchedule = (temporal: Client, key: ScheduleKey): Promise<ScheduleDescription> =>
  onSchedule(temporal, key, (handle) => persistently(temporal, () => handle.describe()));

/** Those of a workspace, or of one of its components. */
export async function listSchedules(
  temporal: Client,
  scope: Scope,
  component: string | undefined,
): Promise<ScheduleDescription[]> {
  const ids = await bounded(temporal, () => idsOf(temporal, scope, component));
  if (ids.length > MOST) {
    const message = `there are more than ${MOST} schedules; ask for those of one component`;
    throw invalid([{ path: 'component_id', message }]);
  }
  const found: ScheduleDescription[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE).map((id) => temporal.schedule.getHandle(id));
    const described = await Promise.all(
      some.map((handle) => persistently(temporal, () => handle.describe()).catch(unlessGone)),
    );
    found.push(...described.filter((description) => description !== undefined));
  }
  return found;
}

/** In order, and at most one more than are shown. */
async function idsOf(temporal: Client, scope: Scope, component: string | undefined): Promise<string[]> {
  const query = [
    `${SEARCH_ATTRIBUTES.tenant} = '${scope.tenant}'`,
    `${SEARCH_ATTRIBUTES.workspace} = '${scope.workspace}'`,
    ...(component === undefined ? [] : [`${SEARCH_ATTRIBUTES.component} = '${component}'`]),
  ].join(' AND ');
  const prefix = prefixOf(scope, component);
  const ids: string[] = [];
  for await (const { scheduleId } of temporal.schedule.list({ query })) {
    if (scheduleId.startsWith(prefix)) ids.push(scheduleId);
    if (ids.length > MOST) break;
  }
  return ids.sort();
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

/** Right after a change the answer gets lost now and then, and would be waited for in vain; asked again, it comes at once. */
async function persistently<T>(temporal: Client, question: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await temporal.withDeadline(Date.now() + PATIENCE / 4, question);
    } catch (error) {
      if (attempt === 3 || dependencyFailure(error) === undefined) throw error;
    }
  }
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
