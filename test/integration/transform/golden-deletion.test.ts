// needs: postgres
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { buryCopy } from '../../../activities/golden/bury-copy.ts';
import { clearCopy } from '../../../activities/golden/clear-copy.ts';
import { recordDeletion } from '../../../activities/golden/record-deletion.ts';
import { removeRaw } from '../../../activities/golden/remove-raw.ts';
import { mayBeDeletedAt } from '../../../activities/golden/retained-until.ts';
import { hideIfQuarantined, requireNotQuarantined } from '../../../activities/publish/quarantine-notice.ts';
import { logDeletion } from '../../../activities/trust/known/log-deletion.ts';
import { BUNDLE } from '../../../contracts/bundle.ts';
import {
  documentKey,
  goldenManifestKey,
  goldenPrefix,
  heldPrefix,
  rawPrefix,
  tombstoneKey,
} from '../../../contracts/object-keys.ts';
import { type Database, openDatabase } from '../../../services/database/database.ts';
import { findGoldenCopy } from '../../../services/database/golden-copies.ts';
import { findReceived } from '../../../services/database/received-documents.ts';
import { KEYS } from '../../unit/domain/custody-fixture.ts';
import { order } from '../permit/trust-fixture.ts';
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

let folder: string;
let database: Database;
let zones: Zones;
let keeping: Keeping;
let run: Promoted;

beforeAll(() => {
  database = openDatabase(process.env.CERTUS_DATABASE_URL!);
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certus-deletion-'));
  zones = await openZones(folder, database);
  keeping = await keepingOf(folder, zones, zones.trust.deps.now);
  run = await promotedDocuments(zones);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => database.close());

const raw = () => ({ raw: zones.raw, golden: zones.golden, keySet: keeping.keySet });

async function remove(orderId: string | null, deps = keeping) {
  await buryCopy(deps, { ...run, orderId });
  const cleared = await clearCopy(deps, run, wanted);
  const inRaw = await removeRaw(raw(), run, wanted);
  await recordDeletion(deps, run, { registryKeeps: false });
  return { ...cleared, inRaw };
}

const code = async (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

const filesLeft = async () => {
  const below = async (bucket: Keeping['golden'], prefix: string) =>
    (await keysIn(bucket, prefix)).map((key) => key.slice(prefix.length));
  return {
    golden: await below(zones.golden, goldenPrefix(run.scope, run.testId)),
    raw: await below(zones.raw, rawPrefix(run.scope, run.testId)),
    uploads: await keysIn(zones.uploads, documentKey(run.scope, '')),
    held: await keysIn(zones.quarantine, heldPrefix(run.scope)),
  };
};

const STAY = [
  BUNDLE.index,
  BUNDLE.permit,
  BUNDLE.permitProof,
  BUNDLE.promotion,
  BUNDLE.provenance,
  BUNDLE.sanitize,
  BUNDLE.tombstone,
];

async function expectDeleted() {
  expect(await filesLeft()).toEqual({
    golden: STAY.toSorted(),
    raw: [BUNDLE.index, BUNDLE.provenance],
    uploads: [],
    held: [],
  });
  const report = await verified(zones.golden, run, keeping.keySet);
  expect(report).toMatchObject({ verified: true, deleted: { reason: 'the customer left' } });
}

test('what an administrator orders to delete goes everywhere, and what was said of it stays and verifies', async () => {
  const orderId = await ordered(zones, deletionOf(run));
  expect(await mayBeDeletedAt(keeping, { ...run, orderId })).toBeNull();
  expect((await filesLeft()).held.length).toBeGreaterThan(0);
  const ended = await remove(orderId);
  expect(ended).toMatchObject({ shared: 0, retained: 0, inRaw: { removed: 1, left: 0 } });
  await expectDeleted();
  expect(await zones.golden.head(goldenManifestKey(run.scope, run.testId))).toBeUndefined();
  expect(await findGoldenCopy(database, run.scope, run.testId)).toMatchObject({
    class: 'deleted',
    deletion: { order_id: orderId, reason: 'the customer left' },
  });
  expect(await findReceived(database, run.scope, 'active/clean.md')).toBeUndefined();
});

test('the log knows of a deletion what the tombstone says, and of none without one', async () => {
  const deps = { log: zones.trust.deps.log, keySet: keeping.keySet, golden: zones.golden };
  expect(await code(logDeletion(deps, run))).toBe('object_not_found');
  await buryCopy(keeping, { ...run, orderId: await ordered(zones, deletionOf(run)) });
  const index = await logDeletion(deps, run);
  expect(await logDeletion(deps, run)).toBe(index);
});

describe('nothing is deleted', () => {
  const untouched = async () => {
    expect(await zones.golden.head(tombstoneKey(run.scope, run.testId))).toBeUndefined();
    expect(await verified(zones.golden, run, keeping.keySet)).toMatchObject({
      verified: true,
      deleted: null,
    });
  };

  test('without an order that was signed, for this very run and bundle', async () => {
    const other = await promotedDocuments(zones, 'other');
    const forged = await order(database, deletionOf(run), { key: KEYS.evidence });
    const orders = [
      `order_${'0'.repeat(32)}`,
      forged.order.id,
      await ordered(zones, deletionOf(other)),
      await ordered(zones, { ...deletionOf(run), bundle_digest: 'f'.repeat(64) }),
      await ordered(zones, { ...deletionOf(run), workspace: 'elsewhere' }),
    ];
    for (const orderId of orders)
      expect(await code(buryCopy(keeping, { ...run, orderId }))).toBe('order_invalid');
    await untouched();
  });

  test('by its time, while the policy does not say so', async () => {
    expect(await code(buryCopy(keeping, { ...run, orderId: null }))).toBe('order_invalid');
    await untouched();
  });

  test('while a legal hold lasts, whoever orders it; and then it is', async () => {
    const { workspace } = run.scope;
    const hold = { kind: 'set_legal_hold', workspace, test_id: run.testId, reason: 'a case' } as const;
    await ordered(zones, { ...hold, hold: true }, '2026-06-01T12:00:01.000Z');
    const orderId = await ordered(zones, deletionOf(run), '2026-06-01T12:00:02.000Z');
    expect(await code(mayBeDeletedAt(keeping, { ...run, orderId }))).toBe('legal_hold');
    expect(await code(buryCopy(keeping, { ...run, orderId }))).toBe('legal_hold');
    // whoever takes the order out of the table has not ended the hold
    await database.client.order.deleteMany({ where: { kind: 'set_legal_hold', tenant: 'acme' } });
    expect(await code(buryCopy(keeping, { ...run, orderId }))).toBe('legal_hold');
    await untouched();
    await ordered(zones, { ...hold, hold: false }, '2026-06-01T12:00:03.000Z');
    expect(await code(buryCopy(keeping, { ...run, orderId }))).toBe('done');
  });

  test('by who only starts the steps: each of them asks for the tombstone', async () => {
    expect(await code(clearCopy(keeping, run, wanted))).toBe('order_invalid');
    expect(await code(removeRaw(raw(), run, wanted))).toBe('order_invalid');
    expect(await code(recordDeletion(keeping, run, { registryKeeps: false }))).toBe('order_invalid');
    const other = await promotedDocuments(zones, 'other');
    const orderId = await ordered(zones, deletionOf(other));
    await buryCopy(keeping, { ...other, orderId });
    const theirs = await zones.golden.read(tombstoneKey(other.scope, other.testId), 1e7);
    await zones.golden.put(tombstoneKey(run.scope, run.testId), theirs, { contentType: 'text/plain' });
    expect(await code(clearCopy(keeping, run, wanted))).toBe('order_invalid');
    expect(await code(removeRaw(raw(), run, wanted))).toBe('order_invalid');
  });
});

test('a document that another run has stays as it was brought, and goes with the last of them', async () => {
  const first = run;
  const second = await promotedDocuments(zones);
  const ended = await remove(await ordered(zones, deletionOf(first)));
  expect(ended.shared).toBe(3);
  expect((await filesLeft()).uploads).toContain(documentKey(run.scope, 'active/clean.md'));
  expect(await verified(zones.golden, second, keeping.keySet)).toMatchObject({
    verified: true,
    deleted: null,
  });
  expect(await verified(zones.golden, first, keeping.keySet)).toMatchObject({ verified: true });
  run = second;
  await remove(await ordered(zones, deletionOf(second)));
  await expectDeleted();
});

test('a document that was brought anew under the same name stays', async () => {
  const key = documentKey(run.scope, 'active/clean.md');
  await zones.uploads.remove(key);
  await zones.uploads.put(key, Buffer.from('another one'), { contentType: 'text/markdown' });
  await remove(await ordered(zones, deletionOf(run)));
  expect((await filesLeft()).uploads).toEqual([key]);
});

test('a copy that was altered can be deleted all the same', async () => {
  const altered = `${goldenPrefix(run.scope, run.testId)}documents/active/clean.md`;
  await zones.golden.put(altered, Buffer.from('altered'), { contentType: 'text/markdown' });
  await remove(await ordered(zones, deletionOf(run)));
  await expectDeleted();
});

test('what the store keeps locked is waited for, and is all that stays when the lock comes late', async () => {
  const until = new Date('2096-01-01T00:00:00.000Z');
  const golden = await locked(folder, run, until);
  const orderId = await ordered(zones, deletionOf(run));
  const deps = { ...keeping, golden };
  expect(await mayBeDeletedAt(deps, { ...run, orderId })).toBe(until.toISOString());
  const ended = await remove(orderId, deps);
  expect(ended).toMatchObject({ retained: 1, retainedUntil: until.toISOString() });
  expect((await filesLeft()).golden.filter((path) => !STAY.includes(path as (typeof STAY)[number]))).toEqual([
    'documents/active/clean.md',
  ]);
  expect(await verified(golden, run, keeping.keySet)).toMatchObject({ verified: true });
});

test('what was deleted is not published again', async () => {
  await remove(await ordered(zones, deletionOf(run)));
  expect(await code(requireNotQuarantined(zones.golden, run))).toBe('deleted');
  expect(await code(hideIfQuarantined(zones.golden, run))).toBe('deleted');
});

test('wherever a deletion is killed, the next attempt brings it to its end', async () => {
  const orderId = await ordered(zones, deletionOf(run));
  let deaths = 0;
  for (; deaths < 100; deaths++) {
    const changes = { left: deaths };
    const dying = {
      ...keeping,
      golden: dyingAfter(keeping.golden, changes),
      uploads: dyingAfter(keeping.uploads, changes),
      quarantine: dyingAfter(keeping.quarantine, changes),
    };
    const ended = await code(remove(orderId, dying));
    if (ended === 'done') break;
    expect(ended).toBe('killed');
    const shown = await zones.golden.head(goldenManifestKey(run.scope, run.testId));
    if (shown !== undefined) expect((await verified(zones.golden, run, keeping.keySet)).verified).toBe(true);
  }
  expect(deaths).toBeGreaterThan(5);
  await expectDeleted();
});
