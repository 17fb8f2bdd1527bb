// needs: postgres, temporal, opensearch
import { createHash, randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from '@opensearch-project/opensearch';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createReindexActivities } from '../../activities/ingest/reindex.ts';
import type { TokenHolder } from '../../api/authentication.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { openOpenSearchIndex } from '../../services/search/opensearch-index.ts';
import type { SearchIndex } from '../../services/search/search-index.ts';
import { type Api, needed, startApi } from './api-harness.ts';

const alias = `certus-test-${randomBytes(6).toString('hex')}`;
const workspace = `w-${randomBytes(6).toString('hex')}`;
const token = (name: string) => `certus_${name}_0123456789abcdef0123456789abcdef`;
const holder = (subject: string, more: Partial<TokenHolder>): TokenHolder => ({
  ...{ subject, tenant: 'default', roles: [], ...more },
  token_sha256: createHash('sha256').update(token(subject)).digest('hex'),
});
const tokens = [
  holder('bob', {}),
  holder('rita', { labels: ['red'] }),
  holder('vera', { roles: ['reviewer'], labels: ['blue'] }),
  holder('otto', { tenant: 'acme', roles: ['admin'] }),
];

let api: Api;
let index: SearchIndex;
let worker: Worker;
let ended: Promise<void>;
let connection: NativeConnection;

beforeAll(async () => {
  index = openOpenSearchIndex({ url: needed('CERTUS_OPENSEARCH_URL'), alias, dimension: 8 });
  api = await startApi({ tokens, search: index });
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  connection = await NativeConnection.connect({ address: needed('CERTUS_TEMPORAL_ADDRESS') });
  worker = await Worker.create({
    connection,
    taskQueue: taskQueue('ingest'),
    activities: createReindexActivities({ search: index }),
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: resolve('workflows/index.ts'),
      logger: new DefaultLogger('WARN'),
    }),
  });
  ended = worker.run();
});
afterAll(async () => {
  worker?.shutdown();
  await ended;
  await connection?.close();
  await api?.stop();
  const client = new Client({ node: needed('CERTUS_OPENSEARCH_URL') });
  const { body } = await client.indices.get({ index: `${alias}-v*` });
  for (const name of Object.keys(body)) await client.indices.delete({ index: name });
  await Promise.all([client.close(), index?.close()]);
});

const ROUTE = '/v1/admin/reindex';

test('only administrators of the installation have a say in its index', async () => {
  for (const [name, why] of [
    ['bob', /the role admin/],
    ['vera', /the role admin/],
    ['otto', /administrator of "default"/],
  ] as const) {
    for (const asking of [{ method: 'POST', body: {} }, {}]) {
      const { status, json } = await api.ask(ROUTE, { ...asking, token: token(name) });
      expect([name, status, json.code]).toEqual([name, 403, 'forbidden']);
      expect(json.detail ?? json.message).toMatch(why);
    }
  }
});

test('what is found follows from the labels of the token', async () => {
  const scope = { tenant: 'default', workspace };
  const make = (id: string, labels: string[]) => ({
    ...({ id, kind: 'document', title: id, text: `a word of ${id}`, labels } as const),
    capturedAt: '2026-01-01T00:00:00.000Z',
  });
  await index.ensure();
  await index.index(scope, [make('open', []), make('red', ['red']), make('both', ['red', 'blue'])]);
  const seen: [string | undefined, string[]][] = [
    ['bob', ['open']],
    ['rita', ['both', 'open', 'red']],
    ['vera', ['both', 'open']],
    ['otto', []],
    [undefined, ['both', 'open', 'red']],
  ];
  for (const [name, expected] of seen) {
    for (const q of ['', '&q=word', '&q=word&kind=document']) {
      const asking = name === undefined ? {} : { token: token(name) };
      const { json } = await api.ask(`/v1/search?workspace_id=${workspace}${q}`, asking);
      expect([name, json.total, json.hits.map((hit: { id: string }) => hit.id).sort()]).toEqual([
        name,
        expected.length,
        expected,
      ]);
    }
  }
});

test('an index is brought into its form again, kept and then dropped, by order over the API', async () => {
  const before = await api.ask(ROUTE);
  expect(before.json).toMatchObject({
    engine: 'opensearch',
    index: `${alias}-v2-000001`,
    state: 'current',
    documents: 3,
  });
  const begun = await api.ask(ROUTE, { method: 'POST', body: { anew: true } });
  expect(begun.status).toBe(202);
  expect(begun.json.run.state).not.toBe('failed');
  expect(await whenDone()).toMatchObject({
    index: `${alias}-v2-000002`,
    documents: 3,
    kept: [`${alias}-v2-000001`],
    run: { state: 'done', error: null },
  });
  await api.ask(ROUTE, { method: 'POST', body: { drop_kept: true } });
  expect(await whenDone()).toMatchObject({ index: `${alias}-v2-000002`, kept: [], run: { state: 'done' } });
  const { json } = await api.ask(`/v1/search?workspace_id=${workspace}&q=word`);
  expect(json.total).toBe(3);
  expect((await api.ask(ROUTE, { method: 'POST', body: { force: true } })).status).toBe(422);
});

async function whenDone(): Promise<unknown> {
  await api.deps.temporal.workflow.getHandle('reindex').result();
  return (await api.ask(ROUTE)).json;
}
