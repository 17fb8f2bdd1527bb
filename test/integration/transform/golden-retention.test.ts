// needs: postgres
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { archiveCopy } from '../../../activities/golden/archive-copy.ts';
import { buryCopy } from '../../../activities/golden/bury-copy.ts';
import { clearCopy } from '../../../activities/golden/clear-copy.ts';
import { dueCopies } from '../../../activities/golden/due-copies.ts';
import { mayBeDeletedAt } from '../../../activities/golden/retained-until.ts';
import { forgetHidden } from '../../../activities/ingest/forget-hidden.ts';
import { goldenManifestKey, goldenPrefix } from '../../../contracts/object-keys.ts';
import type { RetentionPolicy } from '../../../contracts/retention.ts';
import { type Database, openDatabase } from '../../../services/database/database.ts';
import { findGoldenCopy } from '../../../services/database/golden-copies.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import type { SearchIndex } from '../../../services/search/search-index.ts';
import {
  deletionOf,
  dyingAfter,
  type Keeping,
  keepingOf,
  keysIn,
  locked,
  ordered,
  type Promoted,
  promotedDocuments,
  verified,
} from './deletion-fixture.ts';
import { openZones, wanted, type Zones } from './promotion-fixture.ts';

const POLICY: RetentionPolicy = {
  schema: 'https://certus.dev/retention-policy/v1',
  name: 'short',
  hot_days: 10,
  delete_after_days: 30,
  lock_days: null,
};
const LATER = { archive: '2026-06-15T00:00:00.000Z', delete: '2026-07-15T00:00:00.000Z' };

let folder: string;
let database: Database;
let zones: Zones;
let clock: Date;
let keeping: Keeping;
let run: Promoted;

beforeAll(() => {
  database = openDatabase(process.env.CERTUS_DATABASE_URL!);
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certus-retention-'));
  zones = await openZones(folder, database);
  clock = new Date(LATER.archive);
  keeping = await keepingOf(folder, zones, () => clock);
  run = await promotedDocuments(zones);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => database.close());

const setPolicy = (policy: RetentionPolicy = POLICY) =>
  ordered(zones, { kind: 'set_retention', workspace: run.scope.workspace, policy });

async function due() {
  const page = await dueCopies(keeping, { tenant: 'acme', workspace: run.scope.workspace, testId: '' });
  const ours = page.copies.filter(({ scope }) => scope.workspace === run.scope.workspace);
  return ours.map(({ testId, due: what }) => [testId, what]);
}

const code = async (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

const below = async (bucket: Bucket) => keysIn(bucket, goldenPrefix(run.scope, run.testId));
const shows = async (bucket: Bucket) =>
  (await bucket.head(goldenManifestKey(run.scope, run.testId))) !== undefined;
const classOf = async () => (await findGoldenCopy(database, run.scope, run.testId))?.class;

test('a copy whose time has come is put aside whole, and golden shows nothing of it any more', async () => {
  const before = await below(zones.golden);
  await setPolicy();
  expect(await due()).toEqual([[run.testId, 'archive']]);
  expect(await archiveCopy(keeping, run, wanted)).toEqual({ state: 'archived', component: 'papers' });
  expect(await below(keeping.archive)).toEqual(before);
  expect([await below(zones.golden), await shows(zones.golden), await shows(keeping.archive)]).toEqual([
    ...[[], false, true],
  ]);
  expect(await verified(keeping.archive, run, keeping.keySet)).toMatchObject({
    verified: true,
    deleted: null,
  });
  expect([await classOf(), await due()]).toEqual(['archived', []]);
});

test('one that is put aside goes when that time is over, and what is left of it lies in golden', async () => {
  await setPolicy();
  await archiveCopy(keeping, run, wanted);
  clock = new Date(LATER.delete);
  expect(await due()).toEqual([[run.testId, 'delete']]);
  const input = { ...run, orderId: null };
  expect(await mayBeDeletedAt(keeping, input)).toBeNull();
  await buryCopy(keeping, input);
  await clearCopy(keeping, run, wanted);
  expect([await below(keeping.archive), await shows(keeping.archive)]).toEqual([[], false]);
  expect(await verified(zones.golden, run, keeping.keySet)).toMatchObject({
    verified: true,
    deleted: { order: null, reason: 'short: kept for 30 days' },
  });
});

describe('nothing is put aside', () => {
  const untouched = async () => {
    expect([await shows(zones.golden), await below(keeping.archive)]).toEqual([true, []]);
    expect(await classOf()).toBe('hot');
  };

  test('without a policy, or before its time, whoever asks for it', async () => {
    expect([await due(), (await archiveCopy(keeping, run, wanted)).state]).toEqual([[], 'not_due']);
    clock = new Date('2026-06-05T00:00:00.000Z');
    await setPolicy();
    expect([await due(), (await archiveCopy(keeping, run, wanted)).state]).toEqual([[], 'not_due']);
    await untouched();
  });

  test('by a row that says it is older than it is', async () => {
    clock = new Date('2026-06-05T00:00:00.000Z');
    await setPolicy();
    const where = { tenant: 'acme', workspace: run.scope.workspace, testId: run.testId };
    await database.client.goldenCopy.updateMany({ where, data: { promotedAt: new Date(0) } });
    expect(await due()).toEqual([[run.testId, 'delete']]);
    expect((await archiveCopy(keeping, run, wanted)).state).toBe('not_due');
    expect(await code(mayBeDeletedAt(keeping, { ...run, orderId: null }))).toBe('order_invalid');
    await untouched();
  });

  test('by a policy that no order set; and nobody else waits for that', async () => {
    await setPolicy();
    await database.client.retentionPolicyVersion.updateMany({
      where: { tenant: 'acme', workspace: run.scope.workspace },
      data: { document: { ...POLICY, hot_days: 1 } },
    });
    const page = await dueCopies(keeping, { tenant: 'acme', workspace: run.scope.workspace, testId: '' });
    expect(page.stopped).toContain(`acme/${run.scope.workspace}`);
    expect(await code(archiveCopy(keeping, run, wanted))).toBe('policy_invalid');
    await untouched();
  });

  test('while it is on hold', async () => {
    await setPolicy();
    const { workspace } = run.scope;
    const hold = { workspace, test_id: run.testId, hold: true, reason: 'a case' };
    await ordered(zones, { kind: 'set_legal_hold', ...hold });
    expect([await due(), await code(archiveCopy(keeping, run, wanted))]).toEqual([[], 'legal_hold']);
    clock = new Date(LATER.delete);
    expect(await due()).toEqual([]);
    expect(await code(mayBeDeletedAt(keeping, { ...run, orderId: null }))).toBe('legal_hold');
    await untouched();
  });

  test('while the store keeps any of it locked', async () => {
    await setPolicy();
    const golden = await locked(folder, run, new Date('2096-01-01T00:00:00.000Z'));
    expect((await archiveCopy({ ...keeping, golden }, run, wanted)).state).toBe('retained');
    await untouched();
  });

  test('that is not what was promoted', async () => {
    await setPolicy();
    const key = `${goldenPrefix(run.scope, run.testId)}documents/active/clean.md`;
    await zones.golden.put(key, Buffer.from('altered'), { contentType: 'text/markdown' });
    expect(await code(archiveCopy(keeping, run, wanted))).toBe('digest_mismatch');
    expect([await shows(zones.golden), await shows(keeping.archive)]).toEqual([true, false]);
  });

  test('that was deleted meanwhile', async () => {
    await setPolicy();
    await buryCopy(keeping, { ...run, orderId: await ordered(zones, deletionOf(run)) });
    expect((await archiveCopy(keeping, run, wanted)).state).toBe('taken_away');
  });
});

test('wherever it is killed, a copy shows whole in one place, and the next attempt puts it aside', async () => {
  await setPolicy();
  let deaths = 0;
  for (; deaths < 100; deaths++) {
    const changes = { left: deaths };
    const dying = {
      ...keeping,
      golden: dyingAfter(keeping.golden, changes),
      archive: dyingAfter(keeping.archive, changes),
    };
    const ended = await code(archiveCopy(dying, run, wanted));
    if (ended === 'done') break;
    expect(ended).toBe('killed');
    const place = (await shows(zones.golden)) ? zones.golden : keeping.archive;
    expect(await shows(place)).toBe(true);
    expect((await verified(place, run, keeping.keySet)).verified).toBe(true);
  }
  expect(deaths).toBeGreaterThan(5);
  expect([await below(zones.golden), await classOf()]).toEqual([[], 'archived']);
});

test('the index forgets what golden does not show, and nothing else', async () => {
  const removed: unknown[] = [];
  const search = {
    ensure: async () => undefined,
    remove: async (...asked: unknown[]) => removed.push(asked),
  } as unknown as SearchIndex;
  expect(await code(forgetHidden(zones.golden, search, run))).toBe('order_invalid');
  expect(removed).toEqual([]);
  await setPolicy();
  await archiveCopy(keeping, run, wanted);
  await forgetHidden(zones.golden, search, run);
  expect(removed).toEqual([[run.scope, { test_id: [run.testId] }]]);
});
