import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import {
  EntryId,
  ProvenEntry,
  type TransparencyEntry,
  TransparencyList,
  TransparencyParameters,
} from '../../contracts/transparency.ts';
import { logProof } from '../../domain/transparency/log-proof.ts';
import type { LoggedEntry } from '../../services/transparency/transparency-log.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { entryExample, provenExample } from './examples.ts';

export function entryRoutes(deps: ApiDeps): Route[] {
  return [list(deps), show(deps)];
}

const Before = z.strictObject({ before: z.number().int().min(0) });

const list = ({ trust }: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/transparency',
    id: 'listTransparencyEntries',
    summary: 'What Trust has written into its log',
    description: 'The newest first: permits, denials, promotions, signatures, key sets, orders and policies.',
    tag: 'transparency',
    auth: 'token',
    query: TransparencyParameters,
    answers: {
      200: {
        description: 'A page of entries of the own tenant.',
        schema: TransparencyList.meta({ id: 'TransparencyList' }),
        example: { entries: [entryExample], next_cursor: null },
      },
    },
    errors: ['invalid_request', 'log_damaged', 'dependency_unavailable'],
    handle: async ({ principal, query }) => {
      const { limit, offset, cursor, workspace_id, assessment_id, test_id, signer, kind } = query;
      const found = await trust.log.entries(principal.tenant, {
        workspace: workspace_id,
        assessmentId: assessment_id,
        testId: test_id,
        signer,
        kind,
        before: cursor === undefined ? undefined : decodeCursor(cursor, Before).before,
        offset,
        limit: limit + 1,
      });
      const page = found.slice(0, limit);
      const last = found.length > limit ? page.at(-1) : undefined;
      const next_cursor = last === undefined ? null : encodeCursor({ before: last.index });
      return { status: 200, body: { entries: page.map(entryView), next_cursor } };
    },
  });

const show = ({ trust }: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/transparency/{entry_id}',
    id: 'getTransparencyEntry',
    summary: 'An entry of the log, and the proof that it is there',
    description: 'The proof leads to the newest signed head, or to the one of `tree_size`.',
    tag: 'transparency',
    auth: 'token',
    params: z.object({ entry_id: EntryId }),
    query: z.strictObject({
      include_proof: z.enum(['true', 'false']).default('false'),
      tree_size: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
    }),
    answers: {
      200: {
        description: 'The entry.',
        schema: ProvenEntry.meta({ id: 'ProvenEntry' }),
        example: provenExample,
      },
    },
    errors: ['invalid_request', 'entry_not_found', 'log_damaged', 'dependency_unavailable'],
    handle: async ({ principal, params, query }) => {
      const logged = await trust.log.entry(params.entry_id);
      // an entry of another tenant is told apart from none by nobody
      if (logged?.entry.tenant !== principal.tenant)
        throw new CertusError('entry_not_found', 'the log has no such entry');
      const view = entryView(logged);
      if (query.include_proof === 'false')
        return { status: 200, body: { ...view, proof: null, checkpoint: null, tlog_proof: null } };
      const inclusion = await trust.log.inclusion(params.entry_id, query.tree_size);
      const { treeSize, index, hashes, rootHash, checkpoint } = inclusion;
      const proof = { tree_size: treeSize, leaf_index: index, hashes, root_hash: rootHash };
      return { status: 200, body: { ...view, proof, checkpoint, tlog_proof: logProof(inclusion) } };
    },
  });

function entryView({ index, entryId, entry }: LoggedEntry): TransparencyEntry {
  return { entry_id: entryId, index, timestamp: entry.at, signer: entry.signer, entry };
}
