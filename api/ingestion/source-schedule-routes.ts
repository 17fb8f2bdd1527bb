import { z } from 'zod';
import { WorkspaceId } from '../../contracts/identifiers.ts';
import { Cadence } from '../../contracts/schedule.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { scheduleControls } from '../schedules/schedule-controls.ts';
import { putSchedule, removeSchedule } from '../schedules/schedule-store.ts';
import { knownSource, oneSource, SOURCE_PATH, SourceParams, shownSource } from './known-source.ts';
import { scheduleIdOf, sourceSchedule } from './source-schedule.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal'>;

const InWorkspace = z.strictObject({ workspace_id: WorkspaceId.default('default') });

/** By what cadence a source is ingested, and what that schedule is told. */
export const sourceScheduleRoutes = (deps: Deps): Route[] => [...cadence(deps), ...controls(deps)];

const ScheduleBody = Cadence.extend({ workspace_id: WorkspaceId.default('default') }).meta({
  id: 'IngestionCadence',
});

const cadence = (deps: Deps): Route[] => [
  route({
    method: 'put',
    path: `${SOURCE_PATH}/schedule`,
    id: 'scheduleSource',
    summary: 'Ingest a source on a cadence',
    tag: 'ingestion',
    auth: 'token',
    params: SourceParams,
    body: { schema: ScheduleBody, examples: { nightly: { cron: ['0 3 * * *'], jitter_seconds: 600 } } },
    answers: { 200: oneSource },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, body: { workspace_id: workspace, ...asked } }) => {
      const scope = { tenant: principal.tenant, workspace };
      const source = await knownSource(deps, scope, params.source_id);
      await putSchedule(deps.temporal, sourceSchedule({ scope, sourceId: source.id }, asked));
      return { status: 200, body: await shownSource(deps, source) };
    },
  }),
  route({
    method: 'delete',
    path: `${SOURCE_PATH}/schedule`,
    id: 'unscheduleSource',
    summary: 'Ingest a source no more by itself',
    tag: 'ingestion',
    auth: 'token',
    params: SourceParams,
    query: InWorkspace,
    answers: { 200: oneSource },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, query }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      const source = await knownSource(deps, scope, params.source_id);
      await removeSchedule(deps.temporal, scheduleIdOf(scope, source.id));
      return { status: 200, body: await shownSource(deps, source) };
    },
  }),
];

const controls = (deps: Deps) =>
  scheduleControls(deps.temporal, {
    ...{
      path: `${SOURCE_PATH}/schedule`,
      noun: 'SourceSchedule',
      tag: 'ingestion',
      params: SourceParams,
      shown: oneSource,
    },
    actions: ['pause', 'resume'],
    find: async (principal, workspace, { source_id }) => {
      const scope = { tenant: principal.tenant, workspace };
      const source = await knownSource(deps, scope, source_id);
      return { id: scheduleIdOf(scope, source.id), view: () => shownSource(deps, source) };
    },
  });
