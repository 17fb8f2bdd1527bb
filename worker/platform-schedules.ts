import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { AuditInput } from '../contracts/retention.ts';
import { WORKFLOWS } from '../contracts/workflow-names.ts';
import { taskQueue } from '../contracts/zones.ts';
import type { Settings } from '../services/config/settings.ts';

type PlatformSchedule = {
  readonly scheduleId: string;
  readonly about: string;
  readonly workflowType: string;
  readonly every: '1 minute' | '1 hour' | '6 hours' | '1 day';
  readonly jitter: '5 seconds' | '15 minutes';
  readonly args?: (settings: Settings) => readonly unknown[];
  /** Left out where this says no. */
  readonly wanted?: (settings: Settings) => boolean;
};

/** What Certus does by itself, again and again. */
const PLATFORM_SCHEDULES: readonly PlatformSchedule[] = [
  {
    scheduleId: 'certus/key-care',
    about: 'warns of keys and certificates that end soon, and renews the list of revoked ones',
    workflowType: WORKFLOWS.keyCare,
    every: '6 hours',
    jitter: '15 minutes',
  },
  {
    scheduleId: 'certus/second-log',
    about: 'has new permits kept by Rekor, too',
    workflowType: WORKFLOWS.witness,
    every: '1 minute',
    jitter: '5 seconds',
    wanted: ({ CERTUS_REKOR_URL: rekor }) => rekor !== undefined,
  },
  {
    scheduleId: 'certus/golden-audit',
    about: 'holds golden to what was promoted, and takes away what has changed',
    workflowType: WORKFLOWS.goldenAudit,
    every: '1 day',
    jitter: '15 minutes',
    args: ({ CERTUS_AUDIT_SAMPLE: sample }) => [
      { tenant: null, workspace: null, id: null, sample } satisfies AuditInput,
    ],
  },
  {
    scheduleId: 'certus/retention',
    about: 'puts golden copies aside, and deletes them, when their time has come',
    workflowType: WORKFLOWS.retention,
    every: '1 day',
    jitter: '15 minutes',
  },
  {
    scheduleId: 'certus/upload-sweep',
    about: 'ends uploads that nobody went on with, and removes their pieces',
    workflowType: WORKFLOWS.uploadSweep,
    every: '1 hour',
    jitter: '15 minutes',
  },
];

/** Brings Temporal's schedules to what stands above, whichever release made them. Two workers may do it at once. */
export async function reconcileSchedules(client: Client, settings: Settings): Promise<void> {
  for (const schedule of PLATFORM_SCHEDULES)
    await (schedule.wanted?.(settings) === false ? remove : put)(client, schedule, settings);
}

async function put(client: Client, schedule: PlatformSchedule, settings: Settings): Promise<void> {
  const { scheduleId, about, workflowType, every, jitter } = schedule;
  const definition = {
    action: {
      type: 'startWorkflow' as const,
      workflowType,
      workflowId: scheduleId,
      taskQueue: taskQueue('transform'),
      args: [...(schedule.args?.(settings) ?? [])],
    },
    spec: { intervals: [{ every }], jitter },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 day' as const },
    state: { note: about },
  };
  try {
    await client.schedule.create({ scheduleId, ...definition });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(scheduleId).update(({ state }) => ({
      ...definition,
      // who paused it had a reason
      state: { ...definition.state, paused: state.paused },
    }));
  }
}

async function remove(client: Client, { scheduleId }: PlatformSchedule): Promise<void> {
  try {
    await client.schedule.getHandle(scheduleId).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}
