// needs: postgres, temporal
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NativeConnection, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { recordEvent } from '../../../activities/events/record-event.ts';
import { createRetentionActivities } from '../../../activities/golden/create-retention-activities.ts';
import { createRawRemovalActivities } from '../../../activities/golden/remove-raw.ts';
import { createOrderActivities } from '../../../activities/trust/create-order-activities.ts';
import { createDeletionLogActivities } from '../../../activities/trust/known/log-deletion.ts';
import type { TokenHolder } from '../../../api/authentication.ts';
import type { NewPlatformEvent } from '../../../contracts/platform-event.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Activities } from '../../workflow/fakes.ts';
import { quietRuntime, withZones, workflowCode } from '../../workflow/zones.ts';
import { type Api, type Asking, needed, startApi } from '../api-harness.ts';
import { keepingOf, promotedDocuments, verified } from './deletion-fixture.ts';
import { openZones, type Zones } from './promotion-fixture.ts';

const tokenOf = (subject: string): string => `certus_integration_${subject}_0123456789abcdef`;
const holder = (subject: string, tenant: string, roles: TokenHolder['roles'] = []): TokenHolder => ({
  ...{ subject, tenant, roles },
  token_sha256: createHash('sha256').update(tokenOf(subject)).digest('hex'),
});

let folder: string;
let api: Api;
let zones: Zones;
let connection: NativeConnection;
let code: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  quietRuntime();
  folder = mkdtempSync(join(tmpdir(), 'certus-deletion-api-'));
  api = await startApi({
    store: openDirectoryStore(join(folder, 'objects')),
    tokens: [holder('root', 'acme', ['admin']), holder('joe', 'acme'), holder('eve', 'globex', ['admin'])],
  });
  zones = await openZones(folder, api.deps.database);
  [connection, code] = await Promise.all([
    NativeConnection.connect({ address: needed('CERTUS_TEMPORAL_ADDRESS') }),
    workflowCode(),
  ]);
});
afterAll(async () => {
  await connection.close();
  await api.stop();
  rmSync(folder, { recursive: true, force: true });
});

const as = (subject: string, path: string, asking: Asking = {}) =>
  api.ask(path, { ...asking, token: tokenOf(subject) });

/** Every zone that orders and deletions take, which believe the operator key of this API. */
async function serving<T>(work: () => Promise<T>): Promise<T> {
  const { trust, transform, database, golden, raw } = zones;
  const operators = api.deps.trust.keySet.keys.filter(({ role }) => role === 'operator');
  const keySet = { ...trust.deps.keySet, keys: [...trust.deps.keySet.keys, ...operators] };
  const deps = { ...(await keepingOf(folder, zones, trust.deps.now)), keySet };
  const activities = {
    transform: {
      ...createRetentionActivities({ ...transform, ...deps }),
      recordPlatformEvent: (event: NewPlatformEvent) => recordEvent({ database }, event),
    },
    trust: {
      ...createOrderActivities({ ...trust.deps, keySet }),
      ...createDeletionLogActivities({ ...trust.deps, keySet, golden }),
    },
    assurance: { ...createRawRemovalActivities({ raw, golden, keySet }), runTool: async () => undefined },
    ingest: { forgetHidden: async () => 0 },
  };
  return withZones(connection, code, activities as unknown as Partial<Activities>, work);
}

test('an administrator holds a copy, releases it, and has it deleted; nobody else does', async () => {
  const run = await promotedDocuments(zones);
  const { workspace } = run.scope;
  const path = `/v1/golden/${run.testId}`;
  const hold = (who: string, on: boolean) =>
    as(who, `${path}/legal-hold`, {
      method: 'POST',
      body: { workspace_id: workspace, hold: on, reason: 'a case' },
    });
  const remove = (who: string, bundle_digest = run.bundleDigest) =>
    as(who, `${path}/deletion`, {
      method: 'POST',
      body: { workspace_id: workspace, bundle_digest, reason: 'the customer left' },
    });
  const progress = (who: string) => as(who, `${path}/deletion?workspace_id=${workspace}`);
  await serving(async () => {
    expect([(await hold('joe', true)).status, (await remove('joe')).status]).toEqual([403, 403]);
    expect([(await hold('eve', true)).status, (await remove('eve')).status]).toEqual([404, 404]);
    expect([(await progress('joe')).status, (await remove('root', 'f'.repeat(64))).json.code]).toEqual([
      ...[404, 'digest_mismatch'],
    ]);
    expect(await hold('root', true)).toMatchObject({ status: 200, json: { hold: true } });
    expect((await as('joe', `${path}?workspace_id=${workspace}`)).json.legal_hold).toMatchObject({
      by: 'root',
    });
    expect((await remove('root')).json.code).toBe('legal_hold');
    expect(await hold('root', false)).toMatchObject({ status: 200, json: { hold: false } });
    // its original would go while somebody is still to decide about it
    expect(await remove('root')).toMatchObject({ status: 409, json: { code: 'privacy_held' } });
    await zones.database.client.review.updateMany({ where: { workspace }, data: { state: 'rejected' } });
    const begun = await remove('root');
    expect(begun.status).toBe(202);
    expect(begun.headers.location).toBe(`${path}/deletion?workspace_id=${workspace}`);
    let ended = await progress('joe');
    while (['asked', 'deleting'].includes(ended.json.state)) ended = await progress('joe');
    expect(ended.json).toMatchObject({ state: 'deleted', error: null });
    expect((await remove('root')).json.code).toBe('deleted');
    expect((await hold('root', true)).json.code).toBe('deleted');
  });
  expect((await as('joe', `${path}?workspace_id=${workspace}`)).json).toMatchObject({
    class: 'deleted',
    deletion: { reason: 'the customer left' },
  });
  const { keySet } = zones.trust.deps;
  expect(await verified(zones.golden, run, keySet)).toMatchObject({ verified: true });
});

test('how long copies are kept is set by administrators, and told to everybody', async () => {
  const path = `/v1/retention/${zones.scope.workspace}`;
  const schema = 'https://certus.dev/retention-policy/v1';
  const put = (who: string, policy: object) =>
    as(who, path, { method: 'PUT', body: { policy: { schema, name: 'a month', ...policy } } });
  await serving(async () => {
    expect((await as('joe', path)).json.in_force).toMatchObject({ version: 0 });
    expect((await put('joe', { hot_days: 10 })).status).toBe(403);
    expect((await put('root', { hot_days: 10, delete_after_days: 5 })).status).toBe(422);
    expect(await put('root', { hot_days: 10, delete_after_days: 30 })).toMatchObject({
      ...{ status: 200, json: { version: 1 } },
    });
  });
  expect((await as('joe', path)).json).toMatchObject({
    in_force: {
      version: 1,
      set_by: 'root',
      policy: { hot_days: 10, delete_after_days: 30, lock_days: null },
    },
    versions: [{ version: 1 }],
  });
  expect((await as('eve', path)).json.versions).toEqual([]);
});
