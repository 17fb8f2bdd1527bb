// needs: postgres
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { type Database, openDatabase } from '../../services/database/database.ts';
import { MIGRATION_LOCK, migrate } from '../../services/database/migrate.ts';
import { takePermit } from '../../services/database/permit-uses.ts';
import { completePermit, findPermit, type NewPermit, recordPermit } from '../../services/database/permits.ts';
import type { NewScan } from '../../services/database/scan-record.ts';
import { findScan, listScans, openScan, type ScanCursor, updateScan } from '../../services/database/scans.ts';

const url = process.env.CERTUS_DATABASE_URL!;
const MIGRATIONS = readdirSync('prisma/migrations')
  .filter((name) => /^\d{14}_/.test(name))
  .sort();
const hex = (bytes = 8) => randomBytes(bytes).toString('hex');
const scope = () => ({ tenant: `t-${hex()}`, workspace: 'default' });
const MODELS = [...readFileSync('prisma/schema.prisma', 'utf8').matchAll(/@@map\("(\w+)"\)/g)].map(
  ([, name]) => name,
);

async function onServer<T>(use: (client: pg.Client) => Promise<T>, connectionString = url): Promise<T> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

describe('migrate', () => {
  const databases: string[] = [];
  const folders: string[] = [];

  async function emptyDatabase(): Promise<string> {
    const name = `certus_empty_${hex()}`;
    await onServer((client) => client.query(`CREATE DATABASE ${name}`));
    databases.push(name);
    return Object.assign(new URL(url), { pathname: `/${name}` }).href;
  }

  /** A release with one more migration than ours. */
  function releaseWith(sql: string): string {
    const folder = mkdtempSync(join(tmpdir(), 'certus-release-'));
    folders.push(folder);
    cpSync('prisma', folder, { recursive: true });
    mkdirSync(join(folder, 'migrations/29991231000000_next'));
    writeFileSync(join(folder, 'migrations/29991231000000_next/migration.sql'), sql);
    return folder;
  }

  const tables = (database: string) =>
    onServer(async (client) => {
      const sql = `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`;
      return (await client.query<{ tablename: string }>(sql)).rows.map((row) => row.tablename);
    }, database);

  afterAll(async () => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    await onServer(async (client) => {
      for (const name of databases) await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
    });
  });

  test('applies every migration once', async () => {
    const database = await emptyDatabase();
    const first = await migrate(database);
    expect(first.applied).toEqual(MIGRATIONS);
    expect(await migrate(database)).toEqual({ applied: [] });
    expect(await tables(database)).toEqual(['_prisma_migrations', ...MODELS].toSorted());
  });

  test('processes that start together apply them once between them', async () => {
    const database = await emptyDatabase();
    const environment = { ...process.env, CERTUS_DATABASE_URL: database };
    const outputs = await Promise.all(
      [1, 2, 3].map(async () => {
        const child = spawn(process.execPath, ['services/database/migrate-main.ts'], { env: environment });
        let output = '';
        child.stdout.on('data', (chunk) => (output += chunk));
        child.stderr.on('data', (chunk) => (output += chunk));
        const [code] = await once(child, 'close');
        return `${code} ${output.trim()}`;
      }),
    );
    expect(outputs.sort()).toEqual([
      `0 migrated: ${MIGRATIONS.join(', ')}`,
      '0 nothing to migrate',
      '0 nothing to migrate',
    ]);
  });

  test('a process waits while another one migrates', async () => {
    const database = await emptyDatabase();
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`;
    const second = await onServer(async (first) => {
      await first.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
      const other = migrate(database);
      while ((await first.query(waiting)).rowCount === 0)
        await Promise.race([other.then(doneTooEarly), turn()]);
      expect((await first.query(`SELECT to_regclass('_prisma_migrations') AS found`)).rows).toEqual([
        { found: null },
      ]);
      return { other };
    }, database);
    expect((await second.other).applied).toEqual(MIGRATIONS);
  });

  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const doneTooEarly = () => {
    throw new Error('it did not wait');
  };

  test('a script is one piece, semicolons and all', async () => {
    const database = await emptyDatabase();
    const body = `CREATE FUNCTION two() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'a;b'; END $$;`;
    await migrate(database, releaseWith(body));
    const { rows } = await onServer((client) => client.query('SELECT two()'), database);
    expect(rows).toEqual([{ two: 'a;b' }]);
  });

  test('a migration that fails is named and leaves nothing behind', async () => {
    const database = await emptyDatabase();
    await migrate(database);
    const broken = releaseWith('CREATE TABLE half (); CREATE TABLE scans ();');
    await expect(migrate(database, broken)).rejects.toMatchObject({
      code: 'migration_failed',
      message: expect.stringMatching(/^29991231000000_next failed .*"scans" already exists/),
    });
    expect(await tables(database)).not.toContain('half');
    expect(await migrate(database, releaseWith('CREATE TABLE half ();'))).toEqual({
      applied: ['29991231000000_next'],
    });
  });

  test('a session that is cut off half way leaves the database as it was', async () => {
    const database = await emptyDatabase();
    const cut = releaseWith('CREATE TABLE half (); SELECT pg_terminate_backend(pg_backend_pid());');
    await expect(migrate(database, cut)).rejects.toMatchObject({ name: 'CertusError' });
    expect(await tables(database)).toEqual([]);
    expect((await migrate(database)).applied).toEqual(MIGRATIONS);
  });

  test('a database of a newer release is refused', async () => {
    const database = await emptyDatabase();
    await migrate(database, releaseWith('CREATE TABLE later ();'));
    await expect(migrate(database)).rejects.toMatchObject({
      code: 'newer_database',
      message: expect.stringContaining('29991231000000_next'),
    });
  });
});

describe('repositories', () => {
  let db: Database;
  beforeAll(() => {
    db = openDatabase(url);
  });
  afterAll(() => db.close());

  const newScan = (changes: Partial<NewScan> = {}): NewScan => ({
    testId: `test_${hex()}`,
    component: 'api',
    assessment: 'default',
    source: { type: 'git', url: 'https://example.org/a.git', branch: 'main' },
    requestedBy: null,
    profile: 'light',
    manifestDigest: 'a'.repeat(64),
    request: null,
    workflowId: 'scan/default/api/x',
    createdAt: new Date('2026-01-02T03:04:05.678Z'),
    ...changes,
  });

  test('the first to open a scan decides what it is', async () => {
    const at = scope();
    const scan = newScan();
    const first = await openScan(db, at, scan);
    expect(first).toMatchObject({
      ...scan,
      status: 'QUEUED',
      verdict: null,
      violations: [],
      uploadStatus: 'pending',
    });
    expect(await openScan(db, at, { ...scan, component: 'other' })).toEqual(first);
    expect(await findScan(db, at, scan.testId)).toEqual(first);
  });

  test('opening one scan many times at once makes one row', async () => {
    const at = scope();
    const scan = newScan();
    const rows = await Promise.all(
      Array.from({ length: 20 }, (_, n) => openScan(db, at, { ...scan, component: `c${n}` })),
    );
    expect(new Set(rows.map((row) => row.component)).size).toBe(1);
  });

  test('what a run learns is kept, values and nulls alike', async () => {
    const at = scope();
    const { testId } = await openScan(db, at, newScan());
    const findings = { critical: 1, high: 0, medium: 0, low: 0, info: 2 };
    const warnings = [{ code: 'file_skipped', message: 'a name with \0 and \ud800', path: 'a\0b' }];
    await updateScan(db, at, testId, { status: 'RUNNING', startedAt: new Date(5), findings, warnings });
    await updateScan(db, at, testId, { verdict: 'failed', artifacts: { findings: 'findings.json' } });
    expect(await findScan(db, at, testId)).toMatchObject({
      status: 'RUNNING',
      startedAt: new Date(5),
      verdict: 'failed',
      findings,
      warnings: [{ code: 'file_skipped', message: 'a name with \ufffd and \ufffd', path: 'a\ufffdb' }],
      artifacts: { findings: 'findings.json' },
    });
    expect(await updateScan(db, at, testId, { findings: null })).toMatchObject({
      findings: null,
      verdict: 'failed',
    });
    expect(await updateScan(db, at, testId, {})).toMatchObject({ verdict: 'failed' });
  });

  test('a scan that does not exist cannot be updated', async () => {
    await expect(updateScan(db, scope(), 'test_000000000000', { status: 'RUNNING' })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await findScan(db, scope(), 'test_000000000000')).toBeUndefined();
  });

  test.each(['SUCCEEDED', 'FAILED', 'CANCELLED'] as const)(
    'a late attempt cannot revive a %s scan',
    async (status) => {
      const at = scope();
      const { testId } = await openScan(db, at, newScan());
      await updateScan(db, at, testId, { status: 'RUNNING' });
      const done = await updateScan(db, at, testId, { status, completedAt: new Date(9), bundle: 'kept' });
      expect(done.status).toBe(status);
      const late = await updateScan(db, at, testId, { status: 'RUNNING', completedAt: null, bundle: 'lost' });
      expect(late).toEqual(done);
      expect(await updateScan(db, at, testId, { uploadStatus: 'uploaded' })).toEqual({
        ...done,
        uploadStatus: 'uploaded',
      });
    },
  );

  test('pages hold every scan once, newest first, while others are added', async () => {
    const at = scope();
    // Three of each moment: the order within a millisecond must hold as well.
    const scans = Array.from({ length: 24 }, (_, n) =>
      newScan({ createdAt: new Date(1000 * Math.floor(n / 3)) }),
    );
    for (const scan of scans) await openScan(db, at, scan);
    const seen: string[] = [];
    let after: ScanCursor | undefined;
    do {
      const page = await listScans(db, at, { limit: 5, after });
      seen.push(...page.scans.map((scan) => scan.testId));
      await openScan(db, at, newScan({ createdAt: new Date(1e6 + seen.length) }));
      after = page.next;
    } while (after !== undefined);
    const order = (a: NewScan, b: NewScan) =>
      b.createdAt.getTime() - a.createdAt.getTime() || (a.testId < b.testId ? 1 : -1);
    expect(seen).toEqual(scans.sort(order).map((scan) => scan.testId));
  });

  test('a list can be narrowed to a component and a state', async () => {
    const at = scope();
    const [a, b] = [newScan({ component: 'a' }), newScan({ component: 'b' })];
    for (const scan of [a, b]) await openScan(db, at, scan);
    await updateScan(db, at, b.testId, { status: 'FAILED' });
    const ids = async (filters: object) =>
      (await listScans(db, at, { limit: 10, ...filters })).scans.map((scan) => scan.testId);
    expect(await ids({ component: 'a' })).toEqual([a.testId]);
    expect(await ids({ status: 'FAILED' })).toEqual([b.testId]);
    expect(await ids({ component: 'a', status: 'FAILED' })).toEqual([]);
    expect(await ids({})).toHaveLength(2);
  });

  const newPermit = (changes: Partial<NewPermit> = {}): NewPermit => ({
    id: `permit_${hex()}`,
    testId: 'test_0123456789ab',
    bundleDigest: 'b'.repeat(64),
    ground: 'run',
    tier: 'verified',
    permitted: true,
    reason: null,
    detail: null,
    violations: [],
    facts: { component: 'shop' },
    shadow: null,
    bypass: null,
    policyDigest: 'a'.repeat(64),
    statement: new Uint8Array([0, 255, 10]),
    decidedAt: new Date(1),
    expiresAt: new Date(2),
    ...changes,
  });

  test('the first decision over a bundle stands', async () => {
    const at = scope();
    const permit = newPermit();
    const first = await recordPermit(db, at, permit);
    expect({ ...first, statement: [...first.statement!] }).toMatchObject({
      ...permit,
      statement: [0, 255, 10],
    });
    const second = await recordPermit(db, at, newPermit({ permitted: false, statement: null }));
    expect(second).toEqual(first);
    expect(await findPermit(db, at, permit.id)).toEqual(first);
  });

  test('what is asked on another ground is decided anew', async () => {
    const at = scope();
    const first = await recordPermit(db, at, newPermit());
    const asked = await recordPermit(db, at, newPermit({ ground: 'order_1', permitted: false }));
    expect(asked).toMatchObject({ ground: 'order_1', permitted: false });
    expect(asked.id).not.toBe(first.id);
  });

  test('the first place in the log that is written down stays', async () => {
    const at = scope();
    const { id } = await recordPermit(db, at, newPermit());
    await completePermit(db, at, id, { proof: 'p', index: 0, entryId: 'e' });
    await completePermit(db, at, id, { proof: 'q', index: 7, entryId: 'f' });
    expect(await findPermit(db, at, id)).toMatchObject({ logProof: 'p', logIndex: 0n, logEntryId: 'e' });
  });

  test('a permit is taken once for each destination: the publication that has it goes on, another is refused', async () => {
    const at = scope();
    const use = { permitId: `permit_${hex()}`, destination: 'golden', usedBy: 'publish/a' } as const;
    await takePermit(db, at, use, new Date(1));
    await takePermit(db, at, use, new Date(2));
    await expect(takePermit(db, at, { ...use, usedBy: 'publish/b' }, new Date(3))).rejects.toMatchObject({
      code: 'permit_used',
    });
    await takePermit(db, at, { ...use, destination: 'oci', usedBy: 'publish/b' }, new Date(4));
    const racers = Array.from({ length: 10 }, (_, n) =>
      takePermit(db, at, { ...use, permitId: 'other', usedBy: `publish/${n}` }, new Date(5)),
    );
    const ended = await Promise.allSettled(racers);
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('racing decisions agree on one', async () => {
    const at = scope();
    const winners = await Promise.all(Array.from({ length: 20 }, () => recordPermit(db, at, newPermit())));
    expect(new Set(winners.map((winner) => winner.id)).size).toBe(1);
  });

  test('another bundle gets its own decision, and never an id that is taken', async () => {
    const at = scope();
    const permit = newPermit();
    await recordPermit(db, at, permit);
    const other = newPermit({ bundleDigest: 'c'.repeat(64) });
    expect((await recordPermit(db, at, other)).id).toBe(other.id);
    const stolen = newPermit({ id: permit.id, bundleDigest: 'd'.repeat(64) });
    await expect(recordPermit(db, at, stolen)).rejects.toMatchObject({ code: 'internal_error' });
  });

  test.each(['tenant', 'workspace'] as const)('nothing crosses from one %s to another', async (part) => {
    const mine = scope();
    const theirs = { ...mine, [part]: 'somebody-else' };
    const scan = await openScan(db, mine, newScan());
    const permit = await recordPermit(db, mine, newPermit());

    expect(await findScan(db, theirs, scan.testId)).toBeUndefined();
    expect((await listScans(db, theirs, { limit: 100 })).scans).toEqual([]);
    await expect(updateScan(db, theirs, scan.testId, { status: 'FAILED' })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await findPermit(db, theirs, permit.id)).toBeUndefined();
    // The control: the same questions in the right scope have answers, and nobody has touched them.
    expect(await findScan(db, mine, scan.testId)).toEqual(scan);
    expect((await listScans(db, mine, { limit: 100 })).scans).toEqual([scan]);
    expect(await findPermit(db, mine, permit.id)).toEqual(permit);
  });
});

describe('a database that fails us', () => {
  const unavailable = { code: 'dependency_unavailable', retryable: true };

  async function using<T>(db: Database, work: (db: Database) => Promise<T>): Promise<T> {
    try {
      return await work(db);
    } finally {
      await db.close();
    }
  }

  test('is not reachable', async () => {
    const nowhere = openDatabase('postgresql://certus@127.0.0.1:1/certus');
    await using(nowhere, async (db) => {
      await expect(db.ping()).rejects.toMatchObject(unavailable);
      await expect(findScan(db, scope(), 'test_000000000000')).rejects.toMatchObject(unavailable);
    });
  });

  test('accepts the connection and never answers', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const db = openDatabase(`postgresql://certus@127.0.0.1:${port}/certus`, { connectTimeoutMs: 200 });
    await using(db, (it) => expect(it.ping()).rejects.toMatchObject(unavailable));
    silent.close();
  });

  test('takes too long', async () => {
    await using(openDatabase(url, { statementTimeoutMs: 200 }), async (db) => {
      const at = scope();
      await onServer(async (client) => {
        await client.query('BEGIN; LOCK TABLE scans IN ACCESS EXCLUSIVE MODE');
        await expect(findScan(db, at, 'test_000000000000')).rejects.toMatchObject({
          ...unavailable,
          message: 'The database took longer than the time limit of a statement.',
        });
        await client.query('ROLLBACK');
      });
      expect(await findScan(db, at, 'test_000000000000')).toBeUndefined();
    });
  });

  test('cuts the connection, and is there again', async () => {
    await using(openDatabase(url, { poolSize: 1 }), async (db) => {
      const [row] = await db.client.$queryRaw<[{ pid: number }]>`SELECT pg_backend_pid() AS pid`;
      await onServer(async (client) => {
        await client.query('SELECT pg_terminate_backend($1, 5000)', [row.pid]);
      });
      // The pool may hand out the dead connection once; it says so in the one way callers know.
      await db.ping().catch((error) => expect(error).toMatchObject(unavailable));
      await db.ping();
    });
  });

  test('has not been migrated', async () => {
    const unmigrated = Object.assign(new URL(url), { pathname: '/postgres' }).href;
    await using(openDatabase(unmigrated), (db) =>
      expect(findScan(db, scope(), 'test_000000000000')).rejects.toMatchObject(unavailable),
    );
  });

  test('a query of ours that is wrong stays a bug', async () => {
    await using(openDatabase(url), (db) =>
      expect(listScans(db, scope(), { limit: Number.NaN })).rejects.not.toMatchObject({
        code: 'dependency_unavailable',
      }),
    );
  });
});
