import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import { type Scope, WorkspaceId } from '../../contracts/identifiers.ts';
import { IngestionView, SourceId, SourceRequest, SourceView } from '../../contracts/ingestion.ts';
import { BackfillRequest, Cadence } from '../../contracts/schedule.ts';
import { locationOf } from '../../contracts/source-location.ts';
import { forgetWhere } from '../../services/database/ingested-items.ts';
import {
  addSource,
  findSource,
  listSources,
  removeSource,
  type SourceRecord,
} from '../../services/database/ingestion-sources.ts';
import { listIngestions } from '../../services/database/ingestions.ts';
import { forgetful } from '../../services/embeddings/forgetful.ts';
import { requireMapping } from '../../services/ingest/require-mapping.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import {
  backfillSchedule,
  pauseSchedule,
  putSchedule,
  removeSchedule,
  resumeSchedule,
} from '../schedules/schedule-store.ts';
import { ingestionExample, sourceExample } from './examples.ts';
import { ingestionView } from './ingestion-view.ts';
import { scheduleIdOf, scheduleOf, sourceSchedule } from './source-schedule.ts';
import { startIngestion } from './start-ingestion.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal' | 'search'>;

const PATH = '/v1/sources/{source_id}';
const Params = z.object({ source_id: SourceId });
const InWorkspace = z.strictObject({ workspace_id: WorkspaceId.default('default') });
const View = SourceView.meta({ id: 'IngestionSource' });
const shown = { description: 'The source.', schema: View, example: sourceExample };

/** Where documents come from again and again: by a cadence, or whenever somebody wants. */
export function sourceRoutes(deps: Deps): Route[] {
  return [add(deps), list(deps), show(deps), remove(deps), run(deps), ...cadence(deps), backfill(deps)];
}

const add = (deps: Deps) =>
  route({
    method: 'post',
    path: '/v1/sources',
    id: 'addSource',
    summary: 'Add a source',
    description:
      'The same source, with the same name, is added once. Nothing is ingested before it is run, or has a schedule.',
    tag: 'ingestion',
    auth: 'token',
    body: {
      schema: SourceRequest.meta({ id: 'IngestionSourceRequest' }),
      examples: {
        git: { name: 'payments', source: { kind: 'git', url: 'https://git.example.com/payments.git' } },
      },
    },
    answers: { 201: { ...shown, description: 'Added.' } },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, body: { workspace_id: workspace, name, source, reading, labels } }) => {
      if (reading.schema !== undefined) requireMapping(reading.schema, 'reading.schema');
      const scope = { tenant: principal.tenant, workspace };
      const id = idOf(scope, { name, source, reading, labels });
      const added = {
        ...{ id, kind: source.kind, name, config: source, reading, labels },
        createdBy: principal.subject,
      };
      await addSource(deps.database, scope, { ...added, createdAt: new Date() });
      return { status: 201, body: await viewOf(deps, await found(deps, scope, id)) };
    },
  });

/** Sent again, when only the answer was lost, it is the same. */
const idOf = (scope: Scope, source: object): string =>
  `source_${createHash('sha256')
    .update(canonicalJson([scope.tenant, scope.workspace, source]))
    .digest('hex')
    .slice(0, 24)}`;

const Place = z.object({ created_at: z.iso.datetime(), source_id: SourceId });

const list = (deps: Deps) =>
  route({
    method: 'get',
    path: '/v1/sources',
    id: 'listSources',
    summary: 'List sources, newest first',
    tag: 'ingestion',
    auth: 'token',
    query: InWorkspace.extend({
      limit: z.coerce.number().int().min(1).max(100).default(20),
      cursor: z.string().max(300).optional(),
    }),
    answers: {
      200: {
        description: 'A page of sources.',
        schema: z
          .object({ sources: z.array(View), next_cursor: z.string().nullable() })
          .meta({ id: 'IngestionSourceList' }),
        example: { sources: [sourceExample], next_cursor: null },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, query: { workspace_id: workspace, limit, cursor } }) => {
      const place = cursor === undefined ? undefined : decodeCursor(cursor, Place);
      const after = place && { createdAt: new Date(place.created_at), id: place.source_id };
      const scope = { tenant: principal.tenant, workspace };
      const { sources, next } = await listSources(deps.database, scope, { limit, after });
      const following = next && { created_at: next.createdAt.toISOString(), source_id: next.id };
      const views: SourceView[] = [];
      for (const source of sources) views.push(await viewOf(deps, source));
      return {
        status: 200,
        body: { sources: views, next_cursor: following ? encodeCursor(following) : null },
      };
    },
  });

const show = (deps: Deps) =>
  route({
    method: 'get',
    path: PATH,
    id: 'getSource',
    summary: 'One source, with its schedule and its last ingestion',
    tag: 'ingestion',
    auth: 'token',
    params: Params,
    query: InWorkspace,
    answers: { 200: shown },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, query }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      return { status: 200, body: await viewOf(deps, await found(deps, scope, params.source_id)) };
    },
  });

const remove = (deps: Deps) =>
  route({
    method: 'delete',
    path: PATH,
    id: 'removeSource',
    summary: 'Remove a source and everything of it from the index',
    tag: 'ingestion',
    auth: 'token',
    params: Params,
    query: InWorkspace,
    answers: {
      200: {
        description: 'It is gone, and so is what it brought.',
        schema: z
          .object({ removed: z.number().int(), remaining: z.number().int() })
          .meta({ id: 'RemovedSource' }),
        example: { removed: 802, remaining: 0 },
      },
    },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params: { source_id: id }, query }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      await found(deps, scope, id);
      await removeSchedule(deps.temporal, scheduleIdOf(scope, id));
      await removeSource(deps.database, scope, id, new Date());
      const filters = { source_id: [id] };
      const removed = await forgetful(deps.search, deps.database).remove(scope, filters);
      await forgetWhere(deps.database, scope, { origin: id });
      return { status: 200, body: { removed, remaining: await deps.search.count(scope, filters) } };
    },
  });

const Action = z
  .strictObject({ workspace_id: WorkspaceId.default('default') })
  .meta({ id: 'IngestionSourceAction' });

const run = (deps: Deps) =>
  route({
    method: 'post',
    path: `${PATH}/run`,
    id: 'runSource',
    summary: 'Ingest a source now',
    tag: 'ingestion',
    auth: 'token',
    params: Params,
    body: { schema: Action, examples: { default: {} } },
    answers: {
      202: {
        description: 'It has begun.',
        schema: IngestionView.meta({ id: 'StartedIngestion' }),
        example: ingestionExample,
      },
    },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, body }) => {
      const scope = { tenant: principal.tenant, workspace: body.workspace_id };
      const { id, config, reading, labels } = await found(deps, scope, params.source_id);
      const started = await startIngestion(deps, principal, scope, {
        source: config,
        sourceId: id,
        reading,
        labels,
      });
      return { status: 202, body: ingestionView(started) };
    },
  });

const ScheduleBody = Cadence.extend({ workspace_id: WorkspaceId.default('default') }).meta({
  id: 'IngestionCadence',
});

const cadence = (deps: Deps) => [
  route({
    method: 'put',
    path: `${PATH}/schedule`,
    id: 'scheduleSource',
    summary: 'Ingest a source on a cadence',
    tag: 'ingestion',
    auth: 'token',
    params: Params,
    body: { schema: ScheduleBody, examples: { nightly: { cron: ['0 3 * * *'], jitter_seconds: 600 } } },
    answers: { 200: shown },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, body: { workspace_id: workspace, ...asked } }) => {
      const scope = { tenant: principal.tenant, workspace };
      const source = await found(deps, scope, params.source_id);
      await putSchedule(deps.temporal, sourceSchedule({ scope, sourceId: source.id }, asked));
      return { status: 200, body: await viewOf(deps, source) };
    },
  }),
  route({
    method: 'delete',
    path: `${PATH}/schedule`,
    id: 'unscheduleSource',
    summary: 'Ingest a source no more by itself',
    tag: 'ingestion',
    auth: 'token',
    params: Params,
    query: InWorkspace,
    answers: { 200: shown },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, query }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      const source = await found(deps, scope, params.source_id);
      await removeSchedule(deps.temporal, scheduleIdOf(scope, source.id));
      return { status: 200, body: await viewOf(deps, source) };
    },
  }),
  ...Object.entries({ pause: pauseSchedule, resume: resumeSchedule }).map(([action, act]) =>
    route({
      method: 'post',
      path: `${PATH}/schedule/${action}`,
      id: `${action}SourceSchedule`,
      summary: action === 'pause' ? 'Start nothing more until it is resumed' : 'Go on where it was paused',
      tag: 'ingestion',
      auth: 'token',
      params: Params,
      body: { schema: Action, examples: { default: {} } },
      answers: { 200: shown },
      errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
      handle: async ({ principal, params, body }) => {
        const scope = { tenant: principal.tenant, workspace: body.workspace_id };
        const source = await found(deps, scope, params.source_id);
        await act(deps.temporal, scheduleIdOf(scope, source.id));
        return { status: 200, body: await viewOf(deps, source) };
      },
    }),
  ),
];

const backfill = (deps: Deps) =>
  route({
    method: 'post',
    path: `${PATH}/schedule/backfill`,
    id: 'backfillSourceSchedule',
    summary: 'Make up for the ingestions of a time that has passed',
    tag: 'ingestion',
    auth: 'token',
    params: Params,
    body: {
      schema: BackfillRequest.meta({ id: 'IngestionBackfillRequest' }),
      examples: { day: { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' } },
    },
    answers: { 200: shown },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, body }) => {
      const scope = { tenant: principal.tenant, workspace: body.workspace_id };
      const source = await found(deps, scope, params.source_id);
      await backfillSchedule(deps.temporal, scheduleIdOf(scope, source.id), body);
      return { status: 200, body: await viewOf(deps, source) };
    },
  });

async function found({ database }: Deps, scope: Scope, id: string): Promise<SourceRecord> {
  const source = await findSource(database, scope, id);
  if (source === undefined || source.removedAt !== null)
    throw new CertusError('not_found', `there is no source ${id} in this workspace`);
  return source;
}

async function viewOf({ database, temporal }: Deps, source: SourceRecord): Promise<SourceView> {
  const { id, scope, name, kind, config, labels, createdBy, createdAt } = source;
  const [schedule, { ingestions }] = await Promise.all([
    scheduleOf(temporal, scope, id),
    listIngestions(database, scope, { sourceId: id, limit: 1 }),
  ]);
  return {
    source_id: id,
    workspace_id: scope.workspace,
    name,
    kind,
    location: locationOf(config),
    source: config,
    labels: [...labels],
    created_by: createdBy,
    created_at: createdAt.toISOString(),
    schedule,
    last: ingestions[0] === undefined ? null : ingestionView(ingestions[0]),
  };
}
