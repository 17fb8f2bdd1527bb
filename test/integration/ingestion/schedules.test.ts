// needs: postgres, temporal, s3
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type OpenedBuckets,
  openSourceBuckets,
} from '../../../services/connectors/s3/open-source-buckets.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import { s3Settings, stranger } from '../../contract/object-stores.ts';
import { GitServers } from '../../unit/scan/git-servers.ts';
import type { Answer } from '../api-harness.ts';
import { until } from '../local/processes.ts';
import { type Ingesting, startIngesting } from './harness.ts';

const MINUTE = 60_000;
const bucket = `team-${randomBytes(4).toString('hex')}`;
const s3 = stranger();
const repositories = new GitServers();
let folder: string;
let site: Server;
let buckets: OpenedBuckets;
let ingesting: Ingesting;
/** The site answers nothing while somebody holds it. */
let held: Promise<void> | undefined;
const added: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certus-schedules-'));
  site = createServer(async (request, response) => {
    if (request.url === '/robots.txt') return response.writeHead(404).end();
    await held;
    return response.writeHead(200, { 'content-type': 'text/html' }).end('<p>A stork on the web.</p>');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => site.once('listening', resolve));
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a/stork.md', Body: 'A stork in a bucket.' }));
  const objects = openDirectoryStore(join(folder, 'none'));
  buckets = await openSourceBuckets(
    { url: 's3://', access: s3Settings(), objects },
    { allowed: [bucket], ours: [] },
  );
  ingesting = await startIngesting(folder, ['127.0.0.1'], { buckets: buckets.buckets });
}, MINUTE);
afterAll(async () => {
  // the engine outlives the suite, and would go on starting what nobody serves
  for (const id of added) await act('DELETE', id, '');
  site?.closeAllConnections();
  site?.close();
  await repositories.stop();
  await ingesting?.stop();
  buckets?.close();
  s3.destroy();
  rmSync(folder, { recursive: true, force: true });
}, MINUTE);

const here = () => ({ workspace_id: ingesting.workspace });
const act = (method: string, id: string, path: string, more: object = {}): Promise<Answer> =>
  method === 'DELETE' || method === 'GET'
    ? ingesting.send(`/v1/sources/${id}${path}?workspace_id=${ingesting.workspace}`, { method })
    : ingesting.send(`/v1/sources/${id}${path}`, { method, body: { ...here(), ...more } });
const ingestionsOf = async (id: string): Promise<Answer['json'][]> => {
  const query = `workspace_id=${ingesting.workspace}&source_id=${id}`;
  return (await ingesting.send(`/v1/ingestions?${query}`)).json.ingestions;
};

async function add(name: string, source: object): Promise<string> {
  const { status, json } = await ingesting.send('/v1/sources', {
    method: 'POST',
    body: { ...here(), name, source },
  });
  expect({ status, json }).toMatchObject({ status: 201 });
  added.push(json.source_id);
  return json.source_id;
}

const page = (name: string) => ({
  kind: 'web',
  urls: [`http://127.0.0.1:${(site.address() as AddressInfo).port}/${name}`],
});

async function repository(): Promise<string> {
  const root = join(folder, 'repositories', 'storks');
  mkdirSync(root, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
      cwd: root,
      stdio: 'pipe',
    });
  git('init', '-q', '-b', 'main');
  writeFileSync(join(root, 'README.md'), 'A stork in a repository.');
  git('add', '-A');
  git('commit', '-q', '-m', 'a step');
  return `${await repositories.git(join(folder, 'repositories'))}/storks/.git`;
}

const EVERY_MINUTE = { cron: ['* * * * *'] };
const A_TIME_AGO = { from: '2026-01-01T00:00:30Z', to: '2026-01-01T00:03:30Z' };
const NEVER = { cron: ['0 0 1 1 *'] };
const TIMES = 3;

describe('sources on a cadence', () => {
  test(
    'of git, web and S3 are ingested side by side when they are due, and one that is paused is not',
    async () => {
      const storks = [
        await add('git', { kind: 'git', url: await repository() }),
        await add('web', page('storks')),
        await add('s3', { kind: 's3', bucket, prefix: 'a/' }),
      ];
      const paused = await add('paused', page('paused'));
      for (const id of [...storks, paused])
        expect(await act('PUT', id, '/schedule', EVERY_MINUTE)).toMatchObject({ status: 200 });
      expect(await act('POST', paused, '/schedule/pause')).toMatchObject({
        json: { schedule: { paused: true } },
      });
      for (const id of storks) {
        const [first] = await until(
          'it was due and is done',
          async () => {
            const all = await ingestionsOf(id);
            return all.some(({ state }) => state === 'done') ? all.toReversed() : undefined;
          },
          100,
        );
        expect(first).toMatchObject({ requested_by: 'schedule', done: 1, failed: 0, error: null });
        await act('DELETE', id, '/schedule');
      }
      expect(await ingesting.found(ingesting.workspace, 'stork')).toHaveLength(3);
      expect(await ingestionsOf(paused)).toEqual([]);
    },
    3 * MINUTE,
  );

  test('are run now by whoever asks, also while they are paused', async () => {
    const id = await add('now', page('now'));
    await act('PUT', id, '/schedule', { ...NEVER, paused: true });
    const { json } = await act('POST', id, '/run');
    expect(await ingesting.ended(ingesting.workspace, json.ingestion_id)).toMatchObject({
      state: 'done',
      done: 1,
    });
    const shown = await act('GET', id, '');
    expect(shown.json).toMatchObject({
      schedule: { paused: true },
      last: { ingestion_id: json.ingestion_id },
    });
    expect(shown.json.last.requested_by).not.toBe('schedule');
  });

  test.each([
    ['skip', 1],
    ['buffer_one', 2],
    ['allow_all', TIMES],
  ])(
    'that were due three times in the past are made up for, by the rule for overlaps: %s',
    async (overlap, wanted) => {
      const { promise, resolve: letGo } = Promise.withResolvers<void>();
      held = promise;
      const id = await add(`past-${overlap}`, page(overlap));
      try {
        await act('PUT', id, '/schedule', { ...EVERY_MINUTE, paused: true });
        expect(await act('POST', id, '/schedule/backfill', { ...A_TIME_AGO, overlap })).toMatchObject({
          status: 200,
        });
        const atOnce = overlap === 'allow_all' ? TIMES : 1;
        await until('they have begun', async () => (await ingestionsOf(id)).length === atOnce);
        await until('the schedule has dealt with all three', () => hasDealtWith(id, overlap));
      } finally {
        letGo();
        held = undefined;
      }
      await until('all have ended', async () => {
        const all = await ingestionsOf(id);
        return all.length === wanted && all.every(({ state }) => state === 'done');
      });
      const all = await ingestionsOf(id);
      expect(all.map(({ requested_by }) => requested_by)).toEqual(Array(wanted).fill('schedule'));
      expect(all.reduce((sum, { done, skipped }) => sum + done + skipped, 0)).toBe(wanted);
    },
    MINUTE,
  );
});

/** By the engine's own account: what it has begun, what waits, and what it left out. */
async function hasDealtWith(id: string, overlap: string): Promise<boolean> {
  const handle = ingesting.api.deps.temporal.schedule.getHandle(
    `sources/default/${ingesting.workspace}/${id}`,
  );
  const { info } = await handle.describe();
  const { numActionsTaken: taken, numActionsSkippedOverlap: skipped } = info;
  if (overlap === 'allow_all') return taken === TIMES;
  return overlap === 'skip' ? skipped === TIMES - 1 : skipped === TIMES - 2;
}
