import { z } from 'zod';
import { TestId } from '../../contracts/identifiers.ts';
import { KeyId } from '../../contracts/key-registry.ts';
import {
  Provenance,
  ProvenanceGraph,
  ProvenanceParameters,
  TaintedList,
} from '../../contracts/provenance.ts';
import { provenanceDocument } from '../../domain/provenance/provenance-document.ts';
import { provenanceGraph } from '../../domain/provenance/provenance-graph.ts';
import { taintedRuns } from '../../services/database/tainted.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { documentExample, taintedExample } from './examples.ts';
import { gatherChain } from './gather-chain.ts';
import { knownRun } from './known-run.ts';
import { lookupRoute } from './lookup-route.ts';

export function provenanceRoutes(deps: ApiDeps): Route[] {
  return [provenance(deps), lookupRoute(deps), tainted(deps)];
}

const provenance = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/provenance/{scan_id}',
    id: 'getProvenance',
    summary: 'Where a scan or documents come from, who vouched for them, and what became of them',
    description:
      'Made anew from the records and the stored bytes each time. `reasons` says why the chain is complete, partial or ' +
      'broken, and why it is trusted so far. With `format=graph` the same as nodes and edges.',
    tag: 'verification',
    auth: 'token',
    params: z.object({ scan_id: TestId }),
    query: ProvenanceParameters,
    answers: {
      200: {
        description: 'The provenance, or its graph.',
        schema: z.union([
          Provenance.meta({ id: 'Provenance' }),
          ProvenanceGraph.meta({ id: 'ProvenanceGraph' }),
        ]),
        example: documentExample,
      },
    },
    errors: [
      'invalid_request',
      'not_found',
      'bundle_invalid',
      'key_unusable',
      'log_damaged',
      'dependency_unavailable',
    ],
    handle: async ({ principal, params, query }) => {
      const scope = { tenant: principal.tenant, workspace: query.workspace_id };
      const run = await knownRun(deps, scope, params.scan_id);
      const facts = await gatherChain(deps, scope, run, new Date());
      return {
        status: 200,
        body: query.format === 'graph' ? provenanceGraph(facts) : provenanceDocument(facts),
      };
    },
  });

const Place = z.strictObject({ workspace: z.string().max(63), permitId: z.string().max(80) });

const tainted = (deps: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/keys/{key_id}/tainted',
    id: 'listTainted',
    summary: 'What rests on a key that was revoked',
    description: 'Runs of all workspaces whose permits were marked when the key was revoked.',
    tag: 'verification',
    auth: 'token',
    params: z.object({ key_id: KeyId }),
    query: z.strictObject({
      /** Only what is in golden or in the registry. */
      published: z.enum(['true', 'false']).default('false'),
      limit: z.coerce.number().int().min(1).max(100).default(20),
      cursor: z.string().max(512).optional(),
    }),
    answers: {
      200: {
        description: 'A page of runs.',
        schema: TaintedList.meta({ id: 'TaintedList' }),
        example: taintedExample,
      },
    },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, params: { key_id }, query: { published, limit, cursor } }) => {
      const after = cursor === undefined ? undefined : decodeCursor(cursor, Place);
      const page = { limit, after, published: published === 'true' };
      const { runs, next } = await taintedRuns(deps.database, principal.tenant, key_id, page);
      const body: TaintedList = { key_id, runs, next_cursor: next ? encodeCursor(next) : null };
      return { status: 200, body };
    },
  });
