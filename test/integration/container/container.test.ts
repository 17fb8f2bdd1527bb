// needs: postgres, temporal, s3, registry
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { ZONES } from '../../../contracts/zones.ts';
import { obtain } from '../../../infra/local/obtain/obtain.ts';
import { Ports } from '../../../infra/local/ports.ts';
import { s3 } from '../../../infra/local/servers/s3.ts';
import { temporal } from '../../../infra/local/servers/temporal.ts';
import { type RunningServers, startServers } from '../../../infra/local/start-servers.ts';
import { openObjectStore } from '../../../services/objects/open-objects.ts';
import { parseVariables, readCompose, type Service } from '../../unit/container/compose.ts';
import { lastOf, readDockerfile, wordsOf } from '../../unit/container/dockerfile.ts';
import { needed } from '../api-harness.ts';
import { buildImages } from './build-image.ts';
import { type Container, ended, mountBelow, startContainer } from './containers.ts';

/** The image and the compose file, as far as they go without a container engine: the same files, settings and accounts. */
const run = promisify(execFile);
const quiet = { report: () => undefined, signal: undefined, build: false };
const running: Container[] = [];
let folder: string;
let volumes: string;
let app: (image: string) => string;
let store: RunningServers;
let services: Readonly<Record<string, Service>>;
let passwords: Record<string, string>;
let places: Record<string, string>;
const namespace = `container-${randomBytes(4).toString('hex')}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certus-container-'));
  volumes = join(folder, 'volumes');
  app = await buildImages(join(folder, 'images'));
  await run('sh', [resolve('infra/container/new-env.sh'), join(folder, '.env')]);
  passwords = parseVariables(await readFile(join(folder, '.env'), 'utf8'));
  services = readCompose(passwords).services;
  store = await startServers(['s3'], { dir: join(folder, 's3'), report: () => undefined });
  places = {
    CERTUS_DATABASE_URL: await freshDatabase(needed('CERTUS_DATABASE_URL')),
    CERTUS_TEMPORAL_ADDRESS: needed('CERTUS_TEMPORAL_ADDRESS'),
    CERTUS_S3_ENDPOINT: store.env.CERTUS_S3_ENDPOINT ?? '',
    CERTUS_REGISTRY_URL: needed('CERTUS_REGISTRY_URL'),
    CERTUS_API_HOST: '127.0.0.1',
    CERTUS_API_PORT: String(await new Ports().take('api')),
  };
}, 180_000);

afterAll(async () => {
  for (const { process: child } of running) if (child.exitCode === null) child.kill('SIGTERM');
  await Promise.all(running.map(ended));
  await store?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Hosts of the compose file become the servers of this test; OpenSearch has suites of its own, Postgres is searched. */
function start(name: string, more: Record<string, string> = {}): Container {
  const service = services[name];
  if (service === undefined) throw new Error(`no service ${name}`);
  const given = { ...service, environment: { ...service.environment, ...more } };
  const container = startContainer(given, app(service.build?.target ?? ''), volumes, (setting, value) =>
    setting === 'CERTUS_OPENSEARCH_URL' ? undefined : (places[setting] ?? value),
  );
  running.push(container);
  return container;
}

test('the role keys makes the private keys of each process, and finds the same ones again', async () => {
  const home = join(folder, 'home');
  await mountBelow(services.keys ?? { image: '' }, '/var/lib/certus', home, volumes);
  const make = async () => ended(start('keys', { CERTUS_HOME: home }));
  expect(await make()).toMatchObject({ code: 0 });
  const files = [
    'evidence-key/evidence.key.pem',
    'permit-key/permit.key.pem',
    'promotion-key/promotion.key.pem',
    'permit-key/log.key.pem',
    'operator-key/operator.key.pem',
    'evidence-key/sealing.key.pem',
  ];
  const read = () => Promise.all(files.map((file) => readFile(join(volumes, file), 'utf8')));
  const first = await read();
  expect(new Set(first).size).toBe(files.length);
  for (const file of [...files, 'api-token/token']) {
    expect((await stat(join(volumes, file))).mode & 0o777).toBe(0o600);
  }
  expect(await make()).toMatchObject({ code: 0 });
  expect(await read()).toEqual(first);
});

test('the role migrate fills an empty database, and leaves a full one alone', async () => {
  expect(await ended(start('migrate'))).toMatchObject({
    code: 0,
    said: expect.stringMatching(/^migrated: /),
  });
  expect(await ended(start('migrate'))).toMatchObject({ code: 0, said: 'nothing to migrate\n' });
});

test('the scripts prepare Temporal and the object store, and may run again', async () => {
  const script = (name: string, env: NodeJS.ProcessEnv) =>
    run('sh', [resolve('infra/container', name)], { env: { PATH: process.env.PATH, HOME: folder, ...env } });
  const { TEMPORAL_ADDRESS, ...engine } = {
    TEMPORAL_ADDRESS: places.CERTUS_TEMPORAL_ADDRESS,
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_CLI: await obtain(temporal.artifact, quiet),
  };
  const objects = {
    ...passwords,
    S3_ENDPOINT: places.CERTUS_S3_ENDPOINT,
    ADMIN_ACCESS_KEY_ID: store.env.CERTUS_S3_ACCESS_KEY_ID,
    ADMIN_SECRET_ACCESS_KEY: store.env.CERTUS_S3_SECRET_ACCESS_KEY,
    VERSITYGW: await obtain(s3.artifact, quiet),
  };
  for (const _time of ['first', 'again']) {
    const prepared = await script('temporal-namespace.sh', { TEMPORAL_ADDRESS, ...engine });
    expect(prepared.stdout).toContain('are in place');
    expect((await script('s3-setup.sh', objects)).stdout).toContain('are in place');
  }
});

describe('the accounts of the zones', () => {
  const openAs = (zone: string) =>
    openObjectStore('s3://', {
      endpoint: places.CERTUS_S3_ENDPOINT,
      region: 'us-east-1',
      accessKeyId: `certus-${zone}`,
      secretAccessKey: passwords[`S3_${zone.toUpperCase()}_SECRET`],
    });
  const works = (work: Promise<unknown>) =>
    work.then(
      () => true,
      () => false,
    );
  const body = Buffer.from('probe');
  const write = async (zone: string, bucket: string) =>
    (await (await openAs(zone)).bucket(bucket)).put(`probe/${zone}`, body, { contentType: 'text/plain' });
  const list = async (zone: string, bucket: string) => {
    for await (const { key } of (await openAs(zone)).readable(bucket).list('')) expect(key).toBeDefined();
  };

  const BUCKETS = ['uploads', 'raw', 'golden', 'quarantine', 'archive', 'keys'];
  test.each([
    ['api', { writes: ['uploads', 'keys'], reads: ['uploads', 'raw', 'golden', 'quarantine'] }],
    ['assurance', { writes: ['raw', 'keys'], reads: ['uploads', 'raw', 'golden', 'keys'] }],
    ['trust', { writes: [], reads: ['raw', 'golden'] }],
    [
      'transform',
      {
        writes: ['uploads', 'golden', 'quarantine', 'archive'],
        reads: ['uploads', 'raw', 'golden', 'quarantine', 'archive'],
      },
    ],
    ['ingest', { writes: [], reads: ['uploads', 'golden'] }],
  ])('%s may do its work and no more', async (zone, may) => {
    const of = async (attempt: typeof write | typeof list) => {
      const able: string[] = [];
      for (const bucket of BUCKETS) if (await works(attempt(zone, bucket))) able.push(bucket);
      return able;
    };
    expect({ writes: await of(write), reads: await of(list) }).toEqual(may);
  });
});

test('a worker of one zone refuses the key of another', async () => {
  const key = join(volumes, 'permit-key', 'permit.key.pem');
  const { code, said } = await ended(start('worker-assurance', { CERTUS_PERMIT_KEY_FILE: key }));
  expect({ code, said }).toEqual({ code: 78, said: expect.stringContaining('belongs to zone trust') });
});

test('API and four workers carry a scan through the whole chain', async () => {
  const source = join(folder, 'sources', 'shop');
  await mkdir(source, { recursive: true });
  await writeFile(join(source, 'README.md'), 'nothing to see here\n');
  const more = { CERTUS_TEMPORAL_NAMESPACE: namespace, CERTUS_SOURCE_ROOTS: join(folder, 'sources') };
  const work = (zone: string) => {
    const folderOf = join(volumes, `${zone}-work`);
    return existsSync(folderOf) ? { ...more, TMPDIR: folderOf, CERTUS_WORK_DIR: folderOf } : more;
  };
  for (const name of ['assurance-work', 'transform-work', 'api-work', 'advisories'])
    await mkdir(join(volumes, name), { recursive: true });
  const bundles = await readdir(join(app('worker'), 'build', 'workflows'));
  const api = start('api', more);
  for (const zone of ZONES) start(`worker-${zone}`, work(zone));

  const token = (await readFile(join(volumes, 'api-token', 'token'), 'utf8')).trim();
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${places.CERTUS_API_PORT}${path}`, {
      ...init,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...init.headers },
    });
  await until(async () => (await ask('/readyz')).status === 200);
  const carried = async (what: object) => {
    const body = JSON.stringify({ component_id: 'shop', ...what });
    const accepted = await ask('/v1/security-scans', { method: 'POST', body });
    expect(accepted.status).toBe(202);
    const location = accepted.headers.get('location') ?? '';
    const scan = async () => (await (await ask(location)).json()) as Record<string, unknown>;
    await until(async () => ['SUCCEEDED', 'FAILED'].includes(String((await scan()).status)));
    const ended = await scan();
    expect(ended).toMatchObject({ status: 'SUCCEEDED', verdict: 'passed', errors: [] });
    return ended;
  };
  const scanned = await carried({ source_type: 'directory', directory_path: source });
  // every scanner of our own has its thread, and all that this imports
  const tools = scanned.tools as readonly { tool: string; outcome: string }[];
  expect(tools.length).toBeGreaterThan(5);
  expect(tools.filter(({ outcome }) => outcome !== 'completed')).toEqual([]);

  const archive = await run('tar', ['-cz', '-C', source, '.'], { encoding: 'buffer' });
  const uploaded = await ask('/v1/security-scans/upload-archive?filename=shop.tar.gz', {
    method: 'POST',
    headers: { 'Content-Type': 'application/octet-stream' },
    body: new Uint8Array(archive.stdout),
  });
  const { archive_path } = (await uploaded.json()) as Record<string, unknown>;
  expect(await carried({ source_type: 'archive', archive_path })).toMatchObject({
    content_hash: scanned.content_hash,
  });

  const [, ...health] = wordsOf(lastOf(readDockerfile(), 'api', 'HEALTHCHECK'));
  await run(process.execPath, health, { env: { ...api.environment } });
  await expect(run(process.execPath, health, { env: { CERTUS_API_PORT: '1' } })).rejects.toThrow();
  // the workflow code was made with the image: nothing was written into it
  expect(await readdir(join(app('worker'), 'build', 'workflows'))).toEqual(bundles);
  expect(bundles).toHaveLength(1);
}, 120_000);

/** Tries until it is so; a process that has died will not make it so. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isSo().catch(() => false))) {
    const dead = running.find(
      ({ process: { exitCode } }) => exitCode !== null && exitCode !== 0 && exitCode !== 78,
    );
    if (dead !== undefined || Date.now() > deadline) {
      throw new Error(`it did not come true:\n${running.map(({ said }) => said().slice(-2000)).join('\n')}`);
    }
    await pause(100);
  }
}

async function freshDatabase(url: string): Promise<string> {
  const name = `container_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client(url);
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const fresh = new URL(url);
  fresh.pathname = name;
  return fresh.href;
}
