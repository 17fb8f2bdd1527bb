// needs: postgres, s3, temporal
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { receiveUpload } from '../../../activities/documents/receive-upload.ts';
import { documentKey } from '../../../contracts/object-keys.ts';
import { type FaultProxy, startFaultProxy } from '../../faults/fault-proxy.ts';
import { resetResponseAfter, s3Error, swallowAnswer } from '../../faults/faults.ts';
import { type Api, needed } from '../api-harness.ts';
import { ALONE, bring, startUploads } from './uploads-harness.ts';

const ALWAYS = Number.POSITIVE_INFINITY;
let proxy: FaultProxy;
let place: Awaited<ReturnType<typeof startUploads>>;
let api: Api;
let workspace: string;

beforeAll(async () => {
  proxy = await startFaultProxy(needed('CERTUS_S3_ENDPOINT'));
  place = await startUploads('s3', proxy.url);
  api = place.api;
}, 60_000);
afterAll(async () => {
  await place.stop();
  await proxy.close();
});
beforeEach(() => {
  proxy.clear();
  workspace = `w-${randomBytes(6).toString('hex')}`;
});

const bytes = randomBytes(200_000);
const scope = () => ({ tenant: 'default', workspace });
const send = () => bring(api, workspace, bytes, { name: 'a.bin' });
const listed = async () => (await api.ask(`/v1/documents?workspace_id=${workspace}`)).json.documents;
const stored = () => place.uploads.head(documentKey(scope(), 'active/a.bin'));

test('while the store refuses everything an upload is told so, counted, and leaves nothing', async () => {
  proxy.plant({ method: 'PUT', path: 'incoming', times: ALWAYS }, s3Error(503, 'SlowDown'));
  const answer = await send();
  expect(answer.json).toMatchObject({ code: 'dependency_unavailable', status: 503 });
  expect(answer.headers['retry-after']).toBeDefined();
  expect(await listed()).toEqual([]);
  const failed = await api.deps.database.client.failedUpload.findMany({ where: scope() });
  expect(failed).toMatchObject([{ name: 'active/a.bin', code: 'dependency_unavailable' }]);
  proxy.clear();
  expect(await stored()).toBeUndefined();
  expect((await send()).status).toBe(201);
});

test('when the answer of the store is lost the document is there once', async () => {
  const lost = proxy.plant({ method: 'PUT', path: 'incoming' }, swallowAnswer());
  expect((await send()).status).toBe(201);
  expect(lost.count).toBe(1);
  expect((await send()).status).toBe(200);
  expect(await listed()).toHaveLength(1);
});

test('a store that breaks off while the pieces are read holds an upload up, and does not end it', async () => {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const body = { workspace_id: workspace, name: 'active/a.bin', size: bytes.length, sha256 };
  const { json } = await api.ask('/v1/uploads/sessions', { method: 'POST', body });
  const path = `/v1/uploads/sessions/${json.upload_id}`;
  const where = `?workspace_id=${workspace}`;
  await api.ask(`${path}/parts${where}&offset=0`, { method: 'PUT', raw: bytes, headers: ALONE });
  proxy.plant({ method: 'GET', path: '/parts/', times: ALWAYS }, resetResponseAfter(100_000));
  const deps = { database: api.deps.database, uploads: place.uploads, now: () => new Date() };
  const input = { ...scope(), uploadId: json.upload_id };
  await expect(receiveUpload(deps, input)).rejects.toMatchObject({ code: 'dependency_unavailable' });
  expect((await api.ask(`${path}${where}`)).json).toMatchObject({ state: 'open', offset: bytes.length });
  expect(await stored()).toBeUndefined();
  proxy.clear();
  const commit = { method: 'POST', body: { workspace_id: workspace } };
  expect((await api.ask(`${path}/commit`, commit)).json).toMatchObject({ state: 'received' });
  expect(await stored()).toMatchObject({ sha256 });
});
