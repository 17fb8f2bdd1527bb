import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { type Scope, WorkspaceId } from '../../contracts/identifiers.ts';
import { IngestionView, SourceId, SourceRequest, type SourceView } from '../../contracts/ingestion.ts';
import { forgetWhere } from '../../services/database/ingested-items.ts';
import { addSource, listSources, removeSource } from '../../services/database/ingestion-sources.ts';
import { forgetful } from '../../services/embeddings/forgetful.ts';
import { requireMapping } from '../../services/ingest/require-mapping.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { removeSchedule } from '../schedules/schedule-store.ts';
import { ingestionExample, sourceExample } from './examples.ts';
import { ingestionView } from './ingestion-view.ts';
import { knownSource, oneSource, SOURCE_PATH, Source, SourceParams, shownSource } from './known-source.ts';
import { scheduleIdOf } from './source-schedule.ts';
import { sourceScheduleRoutes } from './source-schedule-routes.ts';
import { startIngestion } from './start-ingestion.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal' | 'search'>;

const InWorkspace = z.strictObject({ workspace_id: WorkspaceId.default('default') });

/** Where documents come from again and again: by a cadence, or whenever somebody wants. */
export function sourceRoutes(deps: Deps): Route[] {
  return [add(deps), list(deps), show(deps), remove(deps), run(deps), ...sourceScheduleRoutes(deps)];
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
    answers: { 201: { ...oneSource, description: 'Added.' } },
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
      return { status: 201, body: await shownSource(deps, await knownSource(deps, scope, id)) };
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
          .object({ sources: z.array(Source), next_cursor: z.string().nullable() })
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
      for (const source of sources) views.push(await shownSource(deps, source));
      return {
        status: 200,
        body: { sources: views, next_cursor: following ? encodeCursor(following) : null },
      };
    },
  });

const show = (deps: Deps) =>
  route({
    method: 'get',
    path: SOURCE_PATH,
    id: 'getSource',
    summary: 'One source, with its schedule and its last ingestion',
    tag: 'ingestion',
    auth: 'token',
    params: SourceParams,
    query: InWorkspace,
    answers: { 200: oneSource },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, query }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      return { status: 200, body: await shownSource(deps, await knownSource(deps, scope, params.source_id)) };
    },
  });

const remove = (deps: Deps) =>
  route({
    method: 'delete',
    path: SOURCE_PATH,
    id: 'removeSource',
    summary: 'Remove a source and everything of it from the index',
    tag: 'ingestion',
    auth: 'token',
    params: SourceParams,
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
      await knownSource(deps, scope, id);
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
    path: `${SOURCE_PATH}/run`,
    id: 'runSource',
    summary: 'Ingest a source now',
    tag: 'ingestion',
    auth: 'token',
    params: SourceParams,
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
      const { id, config, reading, labels } = await knownSource(deps, scope, params.source_id);
      const started = await startIngestion(deps, principal, scope, {
        source: config,
        sourceId: id,
        reading,
        labels,
      });
      return { status: 202, body: ingestionView(started) };
    },
  });
