// needs: postgres, temporal
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DocumentList } from '../../../contracts/documents.ts';
import { documentListKey, documentsPrefix } from '../../../contracts/object-keys.ts';
import { PromotionView } from '../../../contracts/promotion.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { openOrder } from '../../../domain/custody/order-statement.ts';
import { findPromotion } from '../../../services/database/document-promotions.ts';
import { findOrder } from '../../../services/database/orders.ts';
import { recordReceived } from '../../../services/database/received-documents.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import { type Api, needed, startApi } from '../api-harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'certus-promotion-api-'));
const workspace = `w-${Date.now().toString(36)}`;
const scope = { tenant: 'default', workspace };
let api: Api;

beforeAll(async () => {
  api = await startApi({
    store: openDirectoryStore(folder),
    temporalAddress: needed('CERTUS_TEMPORAL_ADDRESS'),
  });
  for (const name of ['a/1.md', 'a/2.md', 'b/3.md', 'a_/4.md']) await bring(name);
});
afterAll(async () => {
  await api.stop();
  rmSync(folder, { recursive: true, force: true });
});

const bring = (name: string) =>
  recordReceived(api.deps.database, scope, {
    name,
    sha256: sha256(name),
    size: 1,
    media_type: 'text/plain',
    receivedBy: 'bob',
    receivedAt: new Date(),
  });

const promote = (body: object, headers: Record<string, string> = {}) =>
  api.ask('/v1/promotions/golden', {
    method: 'POST',
    body: { workspace_id: workspace, ...body },
    headers,
  });

/** What the signed order of a promotion names, in the order in which it names it. */
async function listed(promotionId: string): Promise<string[]> {
  const { database, trust, objects } = api.deps;
  const id = (await findPromotion(database, scope, promotionId))?.orderId ?? '';
  const row = await findOrder(database, 'default', id);
  const { action } = openOrder(row?.statement ?? new Uint8Array(), {
    tenant: 'default',
    id,
    keySet: trust.keySet,
  });
  if (action.kind !== 'promote_documents') throw new Error('another order');
  const bytes = await (await objects.uploads()).read(documentListKey(scope, action.list), 1e6);
  expect(sha256(bytes)).toBe(action.list);
  return DocumentList.parse(JSON.parse(Buffer.from(bytes).toString())).documents.map(({ name }) => name);
}

test('keys are taken as uploads answer them or as names, each once', async () => {
  const keys = ['b/3.md', `${documentsPrefix(scope)}a/1.md`, 'a/1.md'];
  const { status, json, headers } = await promote({ keys });
  expect(status).toBe(202);
  const view = PromotionView.parse(json);
  expect(view).toMatchObject({
    state: 'running',
    documents: 2,
    bytes: 2,
    requested_by: 'local',
    promoted: [],
  });
  expect(headers.location).toBe(`/v1/promotions/${view.promotion_id}?workspace_id=${workspace}`);
  expect(await listed(view.promotion_id)).toEqual(['a/1.md', 'b/3.md']);
  const shown = await api.ask(headers.location ?? '');
  expect(PromotionView.parse(shown.json).promotion_id).toBe(view.promotion_id);
}, 30_000);

test('a prefix is text and no pattern', async () => {
  const { json } = await promote({ prefix: 'a_' });
  expect(await listed(json.promotion_id)).toEqual(['a_/4.md']);
}, 30_000);

test.each([
  ['a key that nobody brought', { keys: ['a/1.md', 'nobody.md'] }, /nobody\.md/],
  ['a document of another workspace', { keys: ['default/other/incoming/a/1.md'] }, /other/],
  ['a prefix without documents', { prefix: 'nothing/' }, /nothing/],
])('%s is not found, by its name', async (_, body, named) => {
  const { status, json } = await promote(body);
  expect([status, json.code]).toEqual([404, 'not_found']);
  expect(json.detail).toMatch(named);
});

test.each([
  ['nothing', {}],
  ['both', { keys: ['a/1.md'], prefix: 'a/' }],
  ['no key', { keys: [] }],
  ['a registry without golden', { keys: ['a/1.md'], destinations: ['oci'] }],
])('%s is not a request', async (_, body) => {
  const { status, json } = await promote(body);
  expect([status, json.code]).toEqual([422, 'invalid_request']);
});

test('with one Idempotency-Key one promotion is begun, and no other request is answered', async () => {
  const headers = { 'Idempotency-Key': 'once' };
  const first = await promote({ prefix: 'a/' }, headers);
  await bring('a/9.md');
  const again = await promote({ prefix: 'a/' }, headers);
  expect(again.json.promotion_id).toBe(first.json.promotion_id);
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect(await listed(first.json.promotion_id)).toEqual(['a/1.md', 'a/2.md']);
  const other = await promote({ prefix: 'b/' }, headers);
  expect([other.status, other.json.code]).toEqual([409, 'idempotency_conflict']);
}, 30_000);

test('promotions are listed page by page, those of others not at all', async () => {
  const list = (more = '') => api.ask(`/v1/promotions?workspace_id=${workspace}&limit=2${more}`);
  const first = await list();
  expect(first.json.promotions).toHaveLength(2);
  const second = await list(`&cursor=${first.json.next_cursor}`);
  const ids = [...first.json.promotions, ...second.json.promotions].map((view) => view.promotion_id);
  expect(new Set(ids).size).toBe(ids.length);
  expect((await api.ask('/v1/promotions?workspace_id=nobodys')).json.promotions).toEqual([]);
  const one = ids[0];
  expect((await api.ask(`/v1/promotions/${one}?workspace_id=nobodys`)).status).toBe(404);
  expect((await list('&cursor=x')).status).toBe(422);
  expect((await api.ask(`/v1/promotions/${one}?workspace_id=${workspace}&cursor=IngiOg`)).status).toBe(422);
});

test('under the names of the earlier system it is the same promotion', async () => {
  const ask = (path: string, body: object) =>
    api.ask(`/v1/datalake/preprocess${path}`, { method: 'POST', body: { workspace_id: workspace, ...body } });
  const one = await ask('', { source_key: 'b/3.md' });
  expect([one.status, one.json]).toEqual([
    202,
    {
      ...{ message: 'Promoting 1 document', promotion_id: one.json.promotion_id, state: 'running' },
      ...{ promoted: [], failed: [] },
    },
  ]);
  expect(await listed(one.json.promotion_id)).toEqual(['b/3.md']);
  expect(one.headers.location).toBe(`/v1/promotions/${one.json.promotion_id}?workspace_id=${workspace}`);
  const batch = await ask('/batch', { source_prefix: 'a_/' });
  expect(await listed(batch.json.promotion_id)).toEqual(['a_/4.md']);
  expect((await ask('', { source_key: 'nobody.md' })).json.code).toBe('not_found');
  const elsewhere = await ask('', { source_key: 'b/3.md', destination_prefix: 'other/golden/' });
  expect(elsewhere.json.code).toBe('invalid_request');
}, 30_000);

test.each([
  ['/v1/datalake/upload', { source_path: '/etc/passwd', target_folder: 'x' }],
  [`/v1/${workspace}/index_folder`, { local_directory: '/etc' }],
])('%s reads nothing from the disk of the server', async (path, body) => {
  const { status, json } = await api.ask(path, { method: 'POST', body });
  expect([status, json.code]).toEqual([400, 'server_path_refused']);
  expect(JSON.stringify(json)).not.toContain('/etc');
});
