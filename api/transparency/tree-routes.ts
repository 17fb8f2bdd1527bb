import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { Consistency, ConsistencyParameters } from '../../contracts/transparency.ts';
import { parseTilePath } from '../../domain/transparency/tile-path.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { checkpointExample } from './examples.ts';
import { readEntries } from './read-entries.ts';

/** What it takes to watch the log: its signed heads, that each goes on from the last, and the hashes themselves. */
export function treeRoutes(deps: ApiDeps): Route[] {
  return [checkpoint(deps), consistency(deps), tile(deps)];
}

const checkpoint = ({ trust }: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/transparency/checkpoint',
    id: 'getCheckpoint',
    summary: 'The signed head of the log',
    description: 'The newest one, or the one of a size that was signed (C2SP tlog-checkpoint).',
    tag: 'transparency',
    auth: 'token',
    query: z.strictObject({
      size: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
    }),
    answers: {
      200: {
        description: 'A signed note.',
        schema: z.string(),
        example: checkpointExample,
        contentType: 'text/plain; charset=utf-8',
      },
    },
    errors: ['invalid_request', 'entry_not_found', 'log_damaged', 'dependency_unavailable'],
    handle: async ({ query }) => {
      const found =
        query.size === undefined ? await trust.log.head() : await trust.log.checkpoint(query.size);
      if (found === undefined)
        throw new CertusError('entry_not_found', 'no checkpoint of that size was signed');
      const headers = { 'Cache-Control': 'no-store' };
      return { status: 200, headers, body: found.note, contentType: 'text/plain; charset=utf-8' };
    },
  });

const consistency = ({ trust }: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/transparency/consistency',
    id: 'getConsistency',
    summary: 'The proof that the log only grew',
    description:
      'Between two sizes that were signed. Whoever kept the older checkpoint need not believe this server.',
    tag: 'transparency',
    auth: 'token',
    query: ConsistencyParameters,
    answers: {
      200: {
        description: 'The hashes of the proof (RFC 6962, 2.1.2).',
        schema: Consistency.meta({ id: 'Consistency' }),
        example: {
          from: 1,
          to: 2,
          hashes: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
        },
      },
    },
    errors: ['invalid_request', 'entry_not_found', 'log_damaged', 'dependency_unavailable'],
    handle: async ({ query: { from, to } }) => {
      const until = to ?? (await trust.log.head())?.size ?? 0;
      if (from > until)
        throw new CertusError('entry_not_found', `the log had not grown to ${from} at size ${until}`);
      return { status: 200, body: { from, to: until, hashes: await trust.log.consistency(from, until) } };
    },
  });

const tile = ({ trust }: ApiDeps) =>
  route({
    method: 'get',
    path: '/v1/transparency/tile/{path}',
    rest: 'path',
    id: 'getTile',
    summary: 'A tile of the log',
    description:
      'Hashes at `LEVEL/INDEX[.p/WIDTH]`, entries at `entries/INDEX[.p/WIDTH]`, as C2SP tlog-tiles has them. Hashes are for ' +
      'everybody who has a token; entries only when all in the tile are of the own tenant.',
    tag: 'transparency',
    auth: 'token',
    params: z.object({
      path: z.string().max(100).meta({ description: 'With its slashes: `0/x001/234.p/8`.' }),
    }),
    answers: {
      200: {
        description: 'It never changes: a wider one has another name.',
        schema: z.string().meta({ format: 'binary' }),
        contentType: 'application/octet-stream',
      },
    },
    errors: ['invalid_request', 'forbidden', 'not_found', 'log_damaged', 'dependency_unavailable'],
    handle: async ({ principal, params }) => {
      const file = parseTilePath(params.path);
      if (file === undefined) throw new CertusError('not_found', 'no tile lies at such a path');
      const { level, index, width } = file;
      const bytes =
        level === 'entries'
          ? await readEntries(trust.log, principal.tenant, index, width)
          : await trust.log.tile(level, index, width);
      if (bytes === undefined) throw new CertusError('not_found', 'the log has no such tile, or not as wide');
      const headers = { 'Cache-Control': 'private, max-age=31536000, immutable' };
      return { status: 200, headers, body: Buffer.from(bytes), contentType: 'application/octet-stream' };
    },
  });
