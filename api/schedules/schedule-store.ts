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
import type { BackfillRequest, Overlap } from '../../contracts/schedule.ts';
import { invalid } from '../problems.ts';
import { bounded, persistently, unlessGone } from './ask-temporal.ts';

/** Puts the schedule as it is asked for, whether it was there before or not. */
export async function putSchedule(temporal: Client, options: ScheduleOptions): Promise<{ created: boolean }> {
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

export const describeSchedule = (temporal: Client, id: string): Promise<ScheduleDescription> =>
  onSchedule(temporal, id, (handle) => persistently(temporal, () => handle.describe()));

export const pauseSchedule = (temporal: Client, id: string, note?: string): Promise<void> =>
  onSchedule(temporal, id, (handle) => handle.pause(note));
export const resumeSchedule = (temporal: Client, id: string, note?: string): Promise<void> =>
  onSchedule(temporal, id, (handle) => handle.unpause(note));
export const runSchedule = (temporal: Client, id: string): Promise<void> =>
  onSchedule(temporal, id, (handle) => handle.trigger(ScheduleOverlapPolicy.ALLOW_ALL));
export const backfillSchedule = (
  temporal: Client,
  id: string,
  { from, to, overlap }: BackfillRequest,
): Promise<void> =>
  onSchedule(temporal, id, (handle) =>
    handle.backfill({ start: new Date(from), end: new Date(to), overlap: POLICY[overlap] }),
  );

/** That there is none is what was asked for. */
export const removeSchedule = (temporal: Client, id: string): Promise<void> =>
  bounded(temporal, async () => {
    await temporal.schedule.getHandle(id).delete().catch(unlessGone);
  });

export const POLICY: Readonly<Record<Overlap, ScheduleOverlapPolicy>> = {
  skip: ScheduleOverlapPolicy.SKIP,
  buffer_one: ScheduleOverlapPolicy.BUFFER_ONE,
  cancel_other: ScheduleOverlapPolicy.CANCEL_OTHER,
  allow_all: ScheduleOverlapPolicy.ALLOW_ALL,
};

async function onSchedule<T>(
  temporal: Client,
  id: string,
  work: (handle: ScheduleHandle) => Promise<T>,
): Promise<T> {
  return bounded(temporal, async () => {
    try {
      return await work(temporal.schedule.getHandle(id));
    } catch (error) {
      if (error instanceof ScheduleNotFoundError)
        throw new CertusError('not_found', 'there is no such schedule in this workspace');
      throw error;
    }
  });
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
