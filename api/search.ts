import { z } from 'zod';
import { SearchAnswer, SearchFilters, type SearchHitView, SearchParameters } from '../contracts/search.ts';
import type { SearchHit, SearchIndex } from '../services/search/search-index.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { type Route, route } from './route.ts';

/** Engines stop here, so the cursor does too. */
const LAST_RESULT = 10_000;
const Place = z.object({
  offset: z
    .number()
    .int()
    .min(1)
    .max(LAST_RESULT - 1),
});

export function searchRoutes(deps: { readonly search: SearchIndex }): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/search',
      id: 'search',
      summary: 'Search published findings and documents',
      description:
        'Without words: everything that matches the filters, newest first. Values of one filter are alternatives, ' +
        'different filters must all match; give a filter several times for several values.',
      tag: 'search',
      auth: 'token',
      query: SearchParameters,
      answers: {
        200: {
          description: 'What was found, best first.',
          schema: SearchAnswer.meta({ id: 'SearchAnswer' }),
          example,
        },
      },
      errors: ['invalid_request', 'dependency_unavailable'],
      handle: async ({ principal, query }) => {
        const { workspace_id, q, limit, cursor, ...filters } = query;
        const offset = cursor === undefined ? 0 : decodeCursor(cursor, Place).offset;
        const scope = { tenant: principal.tenant, workspace: workspace_id };
        const found = await deps.search.search(scope, {
          ...(q ? { text: q } : {}),
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

function hitView({ document, score, highlights }: SearchHit): SearchHitView {
  const { id, kind, title, text, severity, rule, tool, path, component, testId, extra, capturedAt } =
    document;
  const line = extra?.start_line;
  const fingerprint = extra?.fingerprint;
  return {
    id,
    kind,
    title,
    text,
    highlights: [...highlights],
    score,
    severity,
    rule,
    tool,
    path,
    ...(typeof line === 'number' ? { start_line: line } : {}),
    component_id: component,
    test_id: testId,
    ...(typeof fingerprint === 'string' ? { fingerprint } : {}),
    captured_at: capturedAt,
  };
}

const example: SearchAnswer = {
  total: 1,
  hits: [
    {
      id: 'finding/payments/4f6f…',
      kind: 'finding',
      title: 'Private key in a source file',
      text: '-----BEGIN RSA PRIVATE KEY-----…',
      highlights: ['«private» «key» in a source file'],
      score: 0.8,
      severity: 'critical',
      rule: 'private-key',
      tool: 'secrets',
      path: 'deploy/id_rsa',
      start_line: 1,
      component_id: 'payments',
      test_id: 'test_0123456789abcdef01234567',
      captured_at: '2026-01-01T00:00:00.000Z',
    },
  ],
  next_cursor: null,
};
