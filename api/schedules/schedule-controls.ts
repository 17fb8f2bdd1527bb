import type { Client } from '@temporalio/client';
import type { z } from 'zod';
import { BackfillRequest, ScheduleAction } from '../../contracts/schedule.ts';
import type { Principal } from '../authentication.ts';
import { invalid } from '../problems.ts';
import { type AnswerDescription, type Route, route } from '../route.ts';
import { backfillSchedule, pauseSchedule, resumeSchedule, runSchedule } from './schedule-store.ts';

/** One schedule that somebody names: which it is for Temporal, and how it is shown once it was told something. */
export type NamedSchedule = { readonly id: string; readonly view: () => Promise<unknown> };

export type Controlled<P extends z.ZodType> = {
  /** Of the schedule: what it is told stands behind it. */
  readonly path: string;
  /** What routes of it are called: `pauseSchedule`, `pauseSourceSchedule`. */
  readonly noun: string;
  readonly tag: string;
  readonly params: P;
  readonly shown: AnswerDescription;
  readonly actions: readonly (keyof typeof ACTIONS)[];
  readonly find: (principal: Principal, workspace: string, params: z.output<P>) => Promise<NamedSchedule>;
};

const ACTIONS = {
  pause: { summary: 'Start nothing more until it is resumed', act: pauseSchedule },
  resume: { summary: 'Go on where it was paused', act: resumeSchedule },
  run: { summary: 'Start a run now, whatever the cadence says', act: runSchedule },
} as const;

/** Made once: the same body of several routes is one schema of the document. */
const Action = ScheduleAction.meta({ id: 'ScheduleAction' });
const Backfill = BackfillRequest.meta({ id: 'BackfillRequest' });

/** What schedules are told, whatever they start. */
export function scheduleControls<P extends z.ZodType>(temporal: Client, controlled: Controlled<P>): Route[] {
  const { path, noun, tag, params, shown, actions, find } = controlled;
  const common = {
    ...({ method: 'post', tag, auth: 'token', params, answers: { 200: shown } } as const),
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
  } as const;
  const told = actions.map((action) =>
    route({
      ...common,
      path: `${path}/${action}`,
      id: `${action}${noun}`,
      summary: ACTIONS[action].summary,
      body: { schema: Action, examples: { default: {} } },
      handle: async ({ principal, params, body }) => {
        const { id, view } = await find(principal, body.workspace_id, params);
        await ACTIONS[action].act(temporal, id, body.note);
        return { status: 200, body: await view() };
      },
    }),
  );
  const backfill = route({
    ...common,
    path: `${path}/backfill`,
    id: `backfill${noun}`,
    summary: 'Make up for the runs of a time that has passed',
    body: {
      schema: Backfill,
      examples: { day: { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' } },
    },
    handle: async ({ principal, params, body }) => {
      const { id, view } = await find(principal, body.workspace_id, params);
      if (Date.parse(body.to) > Date.now())
        throw invalid([{ path: 'to', message: 'lies ahead; its runs will start by themselves' }]);
      await backfillSchedule(temporal, id, body);
      return { status: 200, body: await view() };
    },
  });
  return [...told, backfill];
}
