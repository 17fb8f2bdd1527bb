import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { type Scope, WorkspaceId } from '../../contracts/identifiers.ts';
import {
  FailedItem,
  IngestionId,
  IngestionState,
  IngestionView,
  SourceId,
} from '../../contracts/ingestion.ts';
import { ingestionWorkflowId, PAUSE_SIGNAL, RESUME_SIGNAL } from '../../contracts/workflow-names.ts';
import { listFailedItems } from '../../services/database/failed-items.ts';
import { findIngestion, type IngestionRecord, listIngestions } from '../../services/database/ingestions.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { ingestionExample } from './examples.ts';
import { ingestionView } from './ingestion-view.ts';
import { startIngestion } from './start-ingestion.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal'>;

const PATH = '/v1/ingestions/{ingestion_id}';
const Params = z.object({ ingestion_id: IngestionId });
const InWorkspace = z.strictObject({ workspace_id: WorkspaceId.default('default') });
const View = IngestionView.meta({ id: 'Ingestion' });
const shown = { description: 'The ingestion.', schema: View, example: ingestionExample };

/** How ingestions go, and what people have them do. */
export function ingestionRoutes(deps: Deps): Route[] {
  return [list(deps), show(deps), failures(deps), ...actions(deps), replay(deps)];
}

const Place = z.object({ started_at: z.iso.datetime(), ingestion_id: IngestionId });

const list = ({ database }: Deps) =>
  route({
    method: 'get',
    path: '/v1/ingestions',
    id: 'listIngestions',
    summary: 'List ingestions, newest first',
    tag: 'ingestion',
    auth: 'token',
    query: InWorkspace.extend({
      source_id: SourceId.optional(),
      state: IngestionState.optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      cursor: z.string().max(300).optional(),
    }),
    answers: {
      200: {
        description: 'A page of ingestions.',
        schema: z
          .object({ ingestions: z.array(View), next_cursor: z.string().nullable() })
          .meta({ id: 'IngestionList' }),
        example: { ingestions: [ingestionExample], next_cursor: null },
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({
      principal,
      query: { workspace_id: workspace, source_id: sourceId, state, limit, cursor },
    }) => {
      const place = cursor === undefined ? undefined : decodeCursor(cursor, Place);
      const after = place && { startedAt: new Date(place.started_at), id: place.ingestion_id };
      const scope = { tenant: principal.tenant, workspace };
      const { ingestions, next } = await listIngestions(database, scope, { sourceId, state, limit, after });
      const following = next && { started_at: next.startedAt.toISOString(), ingestion_id: next.id };
      return {
        status: 200,
        body: {
          ingestions: ingestions.map((record) => ingestionView(record)),
          next_cursor: following ? encodeCursor(following) : null,
        },
      };
    },
  });

const show = (deps: Deps) =>
  route({
    method: 'get',
    path: PATH,
    id: 'getIngestion',
    summary: 'How an ingestion goes, or went',
    tag: 'ingestion',
    auth: 'token',
    params: Params,
    query: InWorkspace,
    answers: { 200: shown },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params, query }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      return { status: 200, body: ingestionView(await found(deps, scope, params.ingestion_id)) };
    },
  });

const failures = (deps: Deps) =>
  route({
    method: 'get',
    path: `${PATH}/failed`,
    id: 'listFailedItems',
    summary: 'What could not be read, and why',
    tag: 'ingestion',
    auth: 'token',
    params: Params,
    query: InWorkspace.extend({
      limit: z.coerce.number().int().min(1).max(1000).default(200),
      cursor: z.string().max(2000).optional(),
    }),
    answers: {
      200: {
        description: 'A page of items, in the order of their keys.',
        schema: z
          .object({ items: z.array(FailedItem), next_cursor: z.string().nullable() })
          .meta({ id: 'FailedItemList' }),
        example: {
          items: [
            {
              key: 'docs/plan.pdf',
              code: 'encrypted',
              message: 'encrypted',
              tries: 1,
              at: '2026-01-01T00:00:04.000Z',
            },
          ],
          next_cursor: null,
        },
      },
    },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params: { ingestion_id: id }, query }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      await found(deps, scope, id);
      const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, z.string());
      const { items, next } = await listFailedItems(deps.database, scope, id, { after, limit: query.limit });
      return {
        status: 200,
        body: {
          items: items.map(({ item: _, ...fault }) => fault),
          next_cursor: next === undefined ? null : encodeCursor(next),
        },
      };
    },
  });

const Workspace = z
  .strictObject({ workspace_id: WorkspaceId.default('default') })
  .meta({ id: 'IngestionAction' });

type Run = ReturnType<ApiDeps['temporal']['workflow']['getHandle']>;

const ACTIONS: Readonly<
  Record<string, { summary: string; description?: string; act: (run: Run) => Promise<unknown> }>
> = {
  pause: {
    summary: 'Hold an ingestion after the page that is under way',
    act: (run) => run.signal(PAUSE_SIGNAL),
  },
  resume: { summary: 'Have a paused ingestion go on', act: (run) => run.signal(RESUME_SIGNAL) },
  cancel: {
    summary: 'End an ingestion where it is',
    description: 'What is indexed by then stays; the next ingestion of the source goes on from there.',
    act: (run) => run.cancel(),
  },
};

const actions = ({ database, temporal }: Deps) =>
  Object.entries(ACTIONS).map(([action, { act, ...told }]) =>
    route({
      method: 'post',
      path: `${PATH}/${action}`,
      id: `${action}Ingestion`,
      ...told,
      tag: 'ingestion',
      auth: 'token',
      params: Params,
      body: { schema: Workspace, examples: { default: {} } },
      answers: { 202: { ...shown, description: 'It was told to.' } },
      errors: ['invalid_request', 'not_found', 'ingestion_ended', 'dependency_unavailable'],
      handle: async ({ principal, params, body }) => {
        const scope = { tenant: principal.tenant, workspace: body.workspace_id };
        const record = await running({ database, temporal }, scope, params.ingestion_id);
        await act(temporal.workflow.getHandle(ingestionWorkflowId(scope.workspace, record.id)));
        return { status: 202, body: ingestionView(record) };
      },
    }),
  );

const replay = (deps: Deps) =>
  route({
    method: 'post',
    path: `${PATH}/replay`,
    id: 'replayIngestion',
    summary: 'Ingest the same source once more',
    description:
      'A new ingestion: what is indexed and unchanged is not read again, so it is what could not be read that is tried again. ' +
      'A delivery of an agent is ingested again only while none has come after it.',
    tag: 'ingestion',
    auth: 'token',
    params: Params,
    body: { schema: Workspace, examples: { default: {} } },
    answers: { 202: { ...shown, description: 'Another ingestion has begun.' } },
    errors: [
      ...(['invalid_request', 'not_found', 'dependency_unavailable'] as const),
      ...(['delivery_out_of_order', 'delivery_waits'] as const),
    ],
    handle: async ({ principal, params, body }) => {
      const scope = { tenant: principal.tenant, workspace: body.workspace_id };
      const { config, sourceId, reading, labels, component } = await found(deps, scope, params.ingestion_id);
      const again = await startIngestion(deps, principal, scope, {
        ...{ source: config, reading, labels },
        ...(sourceId === null ? {} : { sourceId }),
        ...(component === null ? {} : { component }),
      });
      return { status: 202, body: ingestionView(again) };
    },
  });

async function found({ database }: Deps, scope: Scope, id: string): Promise<IngestionRecord> {
  const record = await findIngestion(database, scope, id);
  if (record === undefined)
    throw new CertusError('not_found', `there is no ingestion ${id} in this workspace`);
  return record;
}

async function running(deps: Deps, scope: Scope, id: string): Promise<IngestionRecord> {
  const record = await found(deps, scope, id);
  if (record.endedAt !== null) throw new CertusError('ingestion_ended', `${id} has ended: ${record.state}`);
  return record;
}
