import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { SearchAnswer, SearchFilters, SearchParameters } from '../../contracts/search.ts';
import type { Embedder } from '../../services/embeddings/embedder.ts';
import type { SearchIndex } from '../../services/search/search-index.ts';
import type { Principal } from '../authentication.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { type Route, route } from '../route.ts';
import { searchExample } from './examples.ts';
import { hitView } from './hit-view.ts';

type Deps = {
  readonly search: SearchIndex;
  /** Missing where words alone are compared. */
  readonly embedder?: Embedder | undefined;
};

/** Engines stop here, so the cursor does too. */
const LAST_RESULT = 10_000;
const Place = z.object({
  offset: z
    .number()
    .int()
    .min(1)
    .max(LAST_RESULT - 1),
});

export function searchRoutes(deps: Deps): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/search',
      id: 'search',
      summary: 'Search findings, packages, reports and documents',
      description:
        'Without words: everything that matches the filters, newest first. Values of one filter are alternatives, ' +
        'different filters must all match; give a filter several times for several values. A record with labels is ' +
        'found only by who has one of them, or the role admin. Where texts are embedded, what means the same is found ' +
        'beside the words.',
      tag: 'search',
      auth: 'token',
      query: SearchParameters,
      answers: {
        200: {
          description: 'What was found, best first.',
          schema: SearchAnswer.meta({ id: 'SearchAnswer' }),
          example: searchExample,
        },
      },
      errors: ['invalid_request', 'embedding_failed', 'dependency_unavailable'],
      handle: async ({ principal, query }) => {
        const { workspace_id, q, limit, cursor, ...filters } = query;
        const offset = cursor === undefined ? 0 : decodeCursor(cursor, Place).offset;
        const scope = { tenant: principal.tenant, workspace: workspace_id };
        const access = labelsOf(principal);
        const vector = q ? await meaningOf(q, deps.embedder) : undefined;
        const found = await deps.search.search(scope, {
          ...(q ? { text: q } : {}),
          ...(vector === undefined ? {} : { vector }),
          ...(access === undefined ? {} : { access }),
          filters: SearchFilters.parse(filters),
          limit: Math.min(limit, LAST_RESULT - offset),
          offset,
        });
        const next = offset + found.hits.length;
        const more = found.hits.length > 0 && next < found.total && next < LAST_RESULT;
        const body: SearchAnswer = {
          total: found.total,
          hits: found.hits.map(hitView),
          next_cursor: more ? encodeCursor({ offset: next }) : null,
        };
        return { status: 200, body };
      },
    }),
  ];
}

/** Who administers sees everything; everybody else what bears no label, or one of theirs. */
const labelsOf = ({ roles, labels = [] }: Principal): readonly string[] | undefined =>
  roles.includes('admin') ? undefined : labels;

const PATIENCE_MS = 10_000;

/** What people ask for is not remembered: it may be about anybody. */
async function meaningOf(text: string, embedder: Embedder | undefined): Promise<Float32Array | undefined> {
  try {
    return (await embedder?.embed([text], AbortSignal.timeout(PATIENCE_MS)))?.[0];
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'TimeoutError') throw error;
    throw new CertusError('dependency_unavailable', 'The embedding server does not answer in time.', {
      cause: error,
    });
  }
}
