import pMap from 'p-map';
import { IngestSecurityAnswer, IngestSecurityRequest } from '../../contracts/ingest.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import { ingestRun } from './ingest-run.ts';

const KEY = 'default/default/security-scans/test_0123456789abcdef01234567/golden/findings.json';

const example = {
  indexed: 1,
  failed: 0,
  running: 0,
  results: [
    { key: KEY, test_id: 'test_0123456789abcdef01234567', state: 'indexed', indexed: 23, error: null },
  ],
};

/** Forwards what golden holds to ingestion; publication does so by itself, and this does it again. */
export function ingestRoutes(deps: Pick<ApiDeps, 'database' | 'temporal'>): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/ingest/security',
      id: 'ingestSecurity',
      summary: 'Have published evidence indexed again',
      description:
        'Where evidence lies follows from the run that a key belongs to: nobody can have anything else indexed. What one key fails at keeps none of the others.',
      tag: 'golden',
      auth: 'token',
      body: {
        schema: IngestSecurityRequest.meta({ id: 'IngestSecurityRequest' }),
        examples: { one: { keys: [KEY] } },
      },
      answers: {
        200: {
          description: 'What became of each key.',
          schema: IngestSecurityAnswer.meta({ id: 'IngestSecurityAnswer' }),
          example,
        },
      },
      errors: ['invalid_request', 'dependency_unavailable'],
      handle: async ({ principal, body: { workspace_id: workspace, keys } }) => {
        const scope = { tenant: principal.tenant, workspace };
        const results = await pMap([...new Set(keys)], (key) => ingestRun(deps, scope, key), {
          concurrency: 8,
        });
        const count = (wanted: string) => results.filter(({ state }) => state === wanted).length;
        return {
          status: 200,
          body: { indexed: count('indexed'), failed: count('failed'), running: count('running'), results },
        };
      },
    }),
  ];
}
