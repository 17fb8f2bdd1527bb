// needs: postgres
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { carryOut } from '../../../activities/trust/orders/carry-out.ts';
import type { PrivacyPolicy, SetPrivacyPolicy } from '../../../contracts/privacy.ts';
import {
  DEFAULT_PRIVACY_POLICY,
  privacyPolicyDigest,
} from '../../../domain/sanitize/default-privacy-policy.ts';
import { type Database, openDatabase } from '../../../services/database/database.ts';
import { recordGoldenCopy } from '../../../services/database/golden-copies.ts';
import { privacyPolicies } from '../../../services/database/privacy-policies.ts';
import { recordScanPromotion, type ScanPromotion } from '../../../services/database/promotions.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import { policyInForce } from '../../../services/privacy/policy-in-force.ts';
import { KEYS } from '../../unit/domain/custody-fixture.ts';
import { newTrust, order } from '../permit/trust-fixture.ts';

let database: Database;
let folder: string;
let trust: ReturnType<typeof newTrust>;

beforeAll(async () => {
  database = openDatabase(process.env.CERTUS_DATABASE_URL ?? '');
  folder = mkdtempSync(join(tmpdir(), 'certus-policy-'));
  trust = newTrust(database, await openDirectoryStore(folder).bucket('raw'));
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const newScope = () => ({ tenant: 'acme', workspace: `w-${randomBytes(6).toString('hex')}` });
const named = (name: string): PrivacyPolicy => ({ ...DEFAULT_PRIVACY_POLICY, name });
const setting = (workspace: string, policy: PrivacyPolicy): SetPrivacyPolicy => ({
  ...{ kind: 'set_privacy_policy', workspace, policy },
});
const inForce = (scope: { tenant: string; workspace: string }) => policyInForce(trust.deps, scope);

async function set(workspace: string, policy: PrivacyPolicy, changes: Parameters<typeof order>[2] = {}) {
  const { order: given } = await order(database, setting(workspace, policy), changes);
  return { given, outcome: await carryOut(trust.deps, { tenant: 'acme', orderId: given.id }) };
}

describe('a privacy policy', () => {
  test('is built in where nobody has set one', async () => {
    const digest = privacyPolicyDigest(DEFAULT_PRIVACY_POLICY);
    expect(await inForce(newScope())).toEqual({
      policy: DEFAULT_PRIVACY_POLICY,
      digest,
      workspace: '*',
      version: 0,
    });
  });

  test('holds from when Trust has carried out the order that sets it, once, and the newest one counts', async () => {
    const scope = newScope();
    const { given, outcome } = await set(scope.workspace, named('one'));
    const digest = privacyPolicyDigest(named('one'));
    expect(outcome).toEqual({ state: 'done', result: { workspace: scope.workspace, version: 1, digest } });
    await carryOut(trust.deps, { tenant: 'acme', orderId: given.id });
    await set(scope.workspace, named('two'), { givenAt: '2026-06-01T12:10:00.000Z' });
    expect(await inForce(scope)).toMatchObject({ policy: { name: 'two' }, version: 2 });
    const listed = await privacyPolicies.list(database, 'acme', { workspace: scope.workspace, limit: 9 });
    expect(listed.map(({ version }) => version)).toEqual([2, 1]);
    expect(trust.log.entries.map(({ name }) => name)).toContain(`privacy/${scope.workspace}/2`);
  });

  test('that was ordered before the one in force is refused', async () => {
    const scope = newScope();
    await set(scope.workspace, named('new'), { givenAt: '2026-06-01T12:10:00.000Z' });
    const { outcome } = await set(scope.workspace, named('old'));
    expect(outcome).toMatchObject({ state: 'refused', code: 'order_invalid' });
  });

  test('whose pattern is none is refused', async () => {
    const policy = {
      ...named('broken'),
      custom: [{ type: 'X_ID', pattern: '(', confidence: 0.8, context: [] }],
    };
    const { outcome } = await set(newScope().workspace, policy);
    expect(outcome).toMatchObject({ state: 'refused', code: 'privacy_policy_invalid' });
  });

  test.each<[string, (row: Row, scope: { workspace: string }) => Promise<Row>]>([
    ['was altered', async (row) => ({ ...row, document: named('mine') })],
    ['names no order', async (row) => ({ ...row, orderId: `order_${'e'.repeat(32)}` })],
    ['names an order of another workspace', async (row) => ({ ...row, orderId: await orderId('other') })],
    [
      'names an order that another key signed',
      async (row, { workspace }) => ({ ...row, orderId: await orderId(workspace, KEYS.evidence) }),
    ],
    ['was put on top of a newer one', async (row) => ({ ...row, version: 9, setAt: row.setAt })],
  ])('in a row that %s stops whatever asks for it', async (what, change) => {
    const scope = newScope();
    await set(scope.workspace, named('one'));
    const [row] = await privacyPolicies.list(database, 'acme', { workspace: scope.workspace, limit: 1 });
    if (row === undefined) throw new Error('no policy was set');
    if (what.includes('newer'))
      await set(scope.workspace, named('two'), { givenAt: '2026-06-01T12:10:00.000Z' });
    await privacyPolicies.add(database, 'acme', { ...(await change(row, scope)), version: row.version + 8 });
    await expect(inForce(scope)).rejects.toMatchObject({ code: 'privacy_policy_invalid' });
  });
});

type Row = Parameters<typeof privacyPolicies.add>[2];
const orderId = async (workspace: string, key?: typeof KEYS.evidence) =>
  (await order(database, setting(workspace, named('one')), key === undefined ? {} : { key })).order.id;

describe('what is on record of a promotion', () => {
  const promotion: ScanPromotion = {
    ...{ testId: 'test_0123456789ab', component: 'shop', permitId: 'permit_x', requestedBy: 'ada' },
    ...{ state: 'withheld', documents: 3, bytes: 0, clean: 0, masked: 0, withheld: 1 },
    ...{ goldenManifest: null, error: null, createdAt: new Date(0), endedAt: null },
  };
  const found = (scope: { tenant: string; workspace: string }) =>
    database.client.promotion.findFirst({ where: { tenant: scope.tenant, workspace: scope.workspace } });

  test('is its last word, and never a failure of what was promoted', async () => {
    const scope = newScope();
    await recordScanPromotion(database, scope, promotion);
    const failed = { ...promotion, state: 'failed' as const, error: { code: 'x', message: 'y\0' } };
    await recordScanPromotion(database, scope, failed);
    expect(await found(scope)).toMatchObject({ state: 'failed', error: { code: 'x' } });
    await recordScanPromotion(database, scope, { ...promotion, state: 'promoted', bytes: 5_000_000_000 });
    expect(await found(scope)).toMatchObject({ state: 'promoted', error: null, bytes: 5_000_000_000n });
    await recordScanPromotion(database, scope, failed);
    expect(await found(scope)).toMatchObject({ state: 'promoted', error: null });
  });

  test('is kept for the copy in golden as it was first told', async () => {
    const scope = newScope();
    const promotedAt = new Date('2026-06-01T12:00:00.000Z');
    const copy = { testId: promotion.testId, component: 'shop', kind: 'scan', bundleDigest: 'a' } as const;
    const more = { manifestKey: 'k', files: 3, bytes: 7, promotedAt };
    await recordGoldenCopy(database, scope, { ...copy, ...more });
    await recordGoldenCopy(database, scope, { ...copy, ...more, files: 4 });
    const rows = await database.client.goldenCopy.findMany({ where: { workspace: scope.workspace } });
    expect(rows).toMatchObject([{ files: 3, bytes: 7n, class: 'hot', promotedAt, classSince: promotedAt }]);
  });
});
