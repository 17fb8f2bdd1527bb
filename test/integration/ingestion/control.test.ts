// needs: postgres, temporal
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { CertusError } from '../../../contracts/errors.ts';
import type { FolderFile } from '../../../contracts/ingestion.ts';
import type { Connector } from '../../../services/connectors/connector.ts';
import type { Answer } from '../api-harness.ts';
import { until } from '../local/processes.ts';
import { digestOf, type Ingesting, startIngesting } from './harness.ts';

const MINUTE = 60_000;
let folder: string;
let ingesting: Ingesting;
let workspace: string;
let number = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certus-control-'));
  ingesting = await startIngesting(folder);
}, MINUTE);
afterAll(async () => {
  await ingesting?.stop();
  rmSync(folder, { recursive: true, force: true });
}, MINUTE);
beforeEach(() => {
  workspace = `${ingesting.workspace}-${++number}`;
  ingesting.connectorIs((connector) => connector);
});

async function filesOf(count: number): Promise<FolderFile[]> {
  const files: FolderFile[] = [];
  for (let n = 0; n < count; n += 1) {
    const raw = Buffer.from(`sparrow ${n}`);
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(raw.length) };
    await ingesting.send(`/v1/ingest-files?workspace_id=${workspace}`, { method: 'POST', raw, headers });
    files.push({ name: `${n}.txt`, sha256: digestOf(raw), size: raw.length });
  }
  return files;
}
async function start(name: string, files: readonly FolderFile[]): Promise<string> {
  const body = { workspace_id: workspace, name, files };
  return (await ingesting.send('/v1/ingest-folders', { method: 'POST', body })).json.ingestion_id;
}
const act = (id: string, action: string): Promise<Answer> =>
  ingesting.send(`/v1/ingestions/${id}/${action}`, { method: 'POST', body: { workspace_id: workspace } });
const show = async (id: string): Promise<Answer['json']> =>
  (await ingesting.send(`/v1/ingestions/${id}?workspace_id=${workspace}`)).json;

/** Pages of one, and the one that begins at an item is not given before somebody lets it go. */
function holdingAt(wanted: number): { readonly reached: Promise<void>; readonly letGo: () => void } {
  const [reached, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  ingesting.connectorIs((connector) => ({
    ...connector,
    page: async (asked) => {
      const at = (asked.cursor as { at?: number } | null)?.at ?? 0;
      if (at === wanted) {
        reached.resolve();
        await Promise.race([held.promise, aborted(asked.signal)]);
      }
      return connector.page({ ...asked, limit: 1 });
    },
  }));
  return { reached: reached.promise, letGo: held.resolve };
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

test('an ingestion that is called off ends where it is: what was indexed stays, and the next one goes on from there', async () => {
  const files = await filesOf(8);
  const { reached } = holdingAt(4);
  const id = await start('birds', files);
  await reached;
  const found = () => ingesting.found(workspace, 'sparrow');
  await until('what is listed is indexed', async () => (await found()).length === 4);
  expect(await act(id, 'cancel')).toMatchObject({ status: 202 });
  expect(await ingesting.ended(workspace, id)).toMatchObject({ state: 'cancelled', error: null });
  expect(await found()).toHaveLength(4);
  expect(await act(id, 'pause')).toMatchObject({ status: 409, json: { code: 'ingestion_ended' } });
  ingesting.connectorIs((connector) => connector);
  expect(await ingesting.ended(workspace, await start('birds', files))).toMatchObject({
    ...{ state: 'done', done: 4, skipped: 4 },
  });
});

test('one that is paused can be called off as well', async () => {
  const { reached, letGo } = holdingAt(2);
  // more than are taken in one turn
  const id = await start('birds', await filesOf(40));
  await reached;
  await act(id, 'pause');
  letGo();
  await until('it waits', async () => (await show(id)).state === 'paused');
  await act(id, 'cancel');
  const { state, done } = await ingesting.ended(workspace, id);
  expect(state).toBe('cancelled');
  expect(done).toBeGreaterThan(2);
  expect(done).toBeLessThan(40);
  expect(await ingesting.found(workspace, 'sparrow')).toHaveLength(done);
});

test('a source that does not answer ends its ingestion with the reason, which can be asked for again', async () => {
  ingesting.connectorIs((connector) => ({
    ...connector,
    page: () => Promise.reject(new CertusError('source_not_allowed', 'it is none of ours')),
  }));
  const id = await start('birds', await filesOf(2));
  expect(await ingesting.ended(workspace, id)).toMatchObject({
    state: 'failed',
    error: { code: 'source_not_allowed' },
  });
  ingesting.connectorIs((connector) => connector);
  const again = (await act(id, 'replay')).json.ingestion_id;
  expect(await ingesting.ended(workspace, again)).toMatchObject({ state: 'done', done: 2, error: null });
});

test('an item that its source does not give right now stays in the index as it was', async () => {
  const files = await filesOf(3);
  await ingesting.ended(workspace, await start('birds', files));
  const moved = files.map((file) => (file.name === '1.txt' ? { ...file, sha256: 'f'.repeat(64) } : file));
  ingesting.connectorIs((connector) => ({
    ...connector,
    fetch: () => Promise.reject(new CertusError('dependency_unavailable', 'it does not answer')),
  }));
  expect(await ingesting.ended(workspace, await start('birds', moved))).toMatchObject({
    ...{ state: 'done', failed: 1, skipped: 2, removed: 0 },
  });
  expect(await ingesting.found(workspace, 'sparrow')).toHaveLength(3);
  ingesting.connectorIs((connector) => connector);
  expect(await ingesting.ended(workspace, await start('birds', moved))).toMatchObject({
    failed: 0,
    removed: 1,
  });
  expect(await ingesting.found(workspace, 'sparrow')).toHaveLength(2);
});

test('while something that it needs is away an ingestion says what it waits for, and no more once it is back', async () => {
  const { search } = ingesting.api.deps;
  let isAway = true;
  ingesting.indexIs({
    ...search,
    index: (...given) =>
      isAway
        ? Promise.reject(new CertusError('dependency_unavailable', 'the index is away'))
        : search.index(...given),
  });
  const id = await start('birds', await filesOf(2));
  const waits = await until('it says so', async () => {
    const view = await show(id);
    return view.error === null ? undefined : view;
  });
  expect(waits).toMatchObject({
    ...{ state: 'running', done: 0, failed: 0, ended_at: null },
    error: { code: 'dependency_unavailable', message: 'the index is away' },
  });
  isAway = false;
  expect(await ingesting.ended(workspace, id)).toMatchObject({
    state: 'done',
    done: 2,
    failed: 0,
    error: null,
  });
});

test('a page that says something else each time leaves nothing of what broke off while it was written', async () => {
  let asked = 0;
  ingesting.connectorIs((connector) => ({
    ...connector,
    page: async () => ({
      items: [{ key: 'news', version: '', size: null, name: 'news.txt', location: 'web/news' }],
      ...{ gone: [], lost: [], checkpoint: null, cursor: null },
    }),
    fetch: async () => {
      asked += 1;
      return { bytes: Buffer.from(`sparrow seen ${asked} times`), mediaType: null, version: `${asked}` };
    },
  }));
  const { search } = ingesting.api.deps;
  let isBroken = true;
  ingesting.indexIs({
    ...search,
    index: async (...given) => {
      const written = await search.index(...given);
      if (!isBroken) return written;
      isBroken = false;
      throw new CertusError('dependency_unavailable', 'the answer got lost');
    },
  });
  const body = { urls: ['http://127.0.0.1:1/'] };
  const { json } = await ingesting.send(`/v1/${workspace}/index/web`, { method: 'POST', body });
  expect(await ingesting.ended(workspace, json.ingestion_id)).toMatchObject({
    state: 'done',
    done: 1,
    failed: 0,
  });
  expect(asked).toBe(2);
  const found = await ingesting.found(workspace, 'sparrow');
  expect(found.map(({ text }) => text)).toEqual(['sparrow seen 2 times']);
});

test('a source that is removed while it is ingested leaves nothing behind', async () => {
  const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const itemOf = (n: number) => ({
    key: `${n}`,
    version: '1',
    size: 9,
    name: `${n}.txt`,
    location: `web/${n}`,
  });
  ingesting.connectorIs((connector) => ({
    ...connector,
    page: async ({ cursor }) => ({
      items: cursor === null ? [itemOf(0), itemOf(1)] : [itemOf(2), itemOf(3)],
      ...{ gone: [], lost: [], checkpoint: null, cursor: cursor === null ? 'second' : null },
    }),
    fetch: async ({ key }) => {
      if (key === '2') begun.resolve();
      if (key === '2') await held.promise;
      return { bytes: Buffer.from(`sparrow ${key}`), mediaType: null };
    },
  }));
  const source = { kind: 'web', urls: ['http://127.0.0.1:1/'] };
  const body = { workspace_id: workspace, name: 'birds', source };
  const { source_id } = (await ingesting.send('/v1/sources', { method: 'POST', body })).json;
  const here = { workspace_id: workspace };
  const run = await ingesting.send(`/v1/sources/${source_id}/run`, { method: 'POST', body: here });
  await begun.promise;
  expect(await ingesting.found(workspace, 'sparrow')).not.toEqual([]);
  const removed = await ingesting.send(`/v1/sources/${source_id}?workspace_id=${workspace}`, {
    method: 'DELETE',
  });
  expect(removed).toMatchObject({ status: 200 });
  held.resolve();
  expect(await ingesting.ended(workspace, run.json.ingestion_id)).toMatchObject({
    state: 'failed',
    error: { code: 'not_found', message: 'its source was removed' },
  });
  expect(await ingesting.found(workspace, 'sparrow')).toEqual([]);
  expect(
    await ingesting.api.deps.search.count({ tenant: 'default', workspace }, { source_id: [source_id] }),
  ).toBe(0);
});

test(
  'sources that never end keep nobody from their turn',
  async () => {
    let isOver = false;
    const endless = (connector: Connector): Connector => ({
      ...connector,
      page: async (asked) => {
        const page = await connector.page(asked);
        const isEndless = page.items.some(({ location }) => location.startsWith('endless'));
        return isEndless && !isOver ? { ...page, cursor: { at: 0 } } : page;
      },
    });
    ingesting.connectorIs(endless);
    const files = await filesOf(4);
    const many = await Promise.all(Array.from({ length: 24 }, (_, n) => start(`endless-${n}`, files)));
    await until('all of them are under way', async () => {
      const views = await Promise.all(many.map(show));
      return views.every(({ listed }) => listed > 0);
    });
    const small = await start('small', files);
    expect(await ingesting.ended(workspace, small)).toMatchObject({ state: 'done', done: 4 });
    expect((await Promise.all(many.map(show))).every(({ state }) => state === 'running')).toBe(true);
    isOver = true;
    const ends = await Promise.all(many.map((id) => ingesting.ended(workspace, id)));
    expect(ends.every(({ state }) => state === 'done')).toBe(true);
  },
  2 * MINUTE,
);
