// needs: postgres, temporal
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NativeConnection, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { recordEvent } from '../../../activities/events/record-event.ts';
import { createAuditActivities } from '../../../activities/golden/create-audit-activities.ts';
import { createQuarantineActivities } from '../../../activities/publish/create-quarantine-activities.ts';
import { createKnownActivities } from '../../../activities/trust/known/create-known-activities.ts';
import type { TokenHolder } from '../../../api/authentication.ts';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { goldenManifestKey } from '../../../contracts/object-keys.ts';
import type { NewPlatformEvent } from '../../../contracts/platform-event.ts';
import { workflowId } from '../../../contracts/workflow-names.ts';
import type { PublishInput } from '../../../contracts/workflows.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Activities } from '../../workflow/fakes.ts';
import { quietRuntime, withZones, workflowCode } from '../../workflow/zones.ts';
import { type Api, type Asking, needed, startApi } from '../api-harness.ts';
import {
  auditDeps,
  flip,
  type GoldenZones,
  keyOf,
  openGoldenZones,
  promotedDocuments,
  promotedScan,
} from './golden-fixture.ts';

const tokenOf = (subject: string): string => `certus_integration_${subject}_0123456789abcdef`;
const holder = (subject: string, tenant: string, roles: TokenHolder['roles'] = []): TokenHolder => ({
  ...{ subject, tenant, roles },
  token_sha256: createHash('sha256').update(tokenOf(subject)).digest('hex'),
});

let folder: string;
let api: Api;
let zones: GoldenZones;
let connection: NativeConnection;
let code: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  quietRuntime();
  folder = mkdtempSync(join(tmpdir(), 'certus-golden-api-'));
  api = await startApi({
    store: openDirectoryStore(join(folder, 'objects')),
    tokens: [holder('root', 'acme', ['admin']), holder('joe', 'acme'), holder('eve', 'globex', ['admin'])],
  });
  zones = await openGoldenZones(folder, api.deps.database);
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
const here = () => `workspace_id=${zones.scope.workspace}`;

/** Every zone that an audit and what follows it take. */
const serving = <T>(work: () => Promise<T>): Promise<T> => {
  const { database } = zones;
  const deps = auditDeps(zones);
  const activities = {
    transform: {
      ...createAuditActivities(deps),
      ...createQuarantineActivities(zones.transform),
      recordPlatformEvent: (event: NewPlatformEvent) => recordEvent({ database }, event),
    },
    trust: createKnownActivities({ ...zones.trust.deps, golden: zones.golden }),
    ingest: { forgetEvidence: async () => 0 },
  };
  return withZones(connection, code, activities as unknown as Partial<Activities>, work);
};

async function audited(asked: object) {
  const begun = await as('root', '/v1/audits/golden', { method: 'POST', body: asked });
  expect(begun.status).toBe(202);
  const { location } = begun.headers;
  expect(location).toBe(`/v1/audits/golden/${begun.json.audit_id}`);
  for (;;) {
    const { json } = await as('root', location ?? '');
    if (json.state !== 'running') return json;
  }
}

async function quarantineOf(run: PublishInput): Promise<void> {
  await api.deps.temporal.workflow.getHandle(workflowId('quarantine', run)).result();
}

describe('golden over the API', () => {
  test('is listed page by page, to its own tenant', async () => {
    const runs = [await promotedScan(zones), await promotedDocuments(zones)];
    const first = await as('joe', `/v1/golden?${here()}&limit=1`);
    const second = await as('joe', `/v1/golden?${here()}&limit=1&cursor=${first.json.next_cursor}`);
    expect([...first.json.copies, ...second.json.copies].map((copy) => copy.test_id).sort()).toEqual(
      runs.map(({ testId }) => testId).sort(),
    );
    expect(second.json.next_cursor).toBeNull();
    expect((await as('joe', `/v1/golden?${here()}&class=archived`)).json.copies).toEqual([]);
    expect((await as('eve', `/v1/golden?${here()}`)).json.copies).toEqual([]);
    const [{ testId }] = runs as [PublishInput];
    expect((await as('joe', `/v1/golden/${testId}?${here()}`)).json).toMatchObject({
      ...{ test_id: testId, class: 'hot', quarantined: false, drift: [], audited_at: null },
    });
    expect((await as('eve', `/v1/golden/${testId}?${here()}`)).status).toBe(404);
  });

  test('is audited on request of an administrator, and what has changed is taken away', async () => {
    const refused = await as('joe', '/v1/audits/golden', { method: 'POST', body: {} });
    expect(refused.status).toBe(403);
    const changed = await promotedScan(zones);
    await flip(zones, keyOf(changed, BUNDLE.findings));
    await serving(async () => {
      const audit = await audited({ workspace_id: zones.scope.workspace });
      expect(audit).toMatchObject({ state: 'done', drifted: 1, notices: [] });
      expect(audit.drift).toMatchObject([
        { test_id: changed.testId, code: 'hash_mismatch', path: BUNDLE.findings },
      ]);
      await quarantineOf(changed);
      const { json } = await as('joe', `/v1/golden/${changed.testId}?${here()}`);
      expect(json).toMatchObject({ quarantined: true, drift: [{ code: 'hash_mismatch' }] });
      expect(await zones.golden.head(goldenManifestKey(changed.scope, changed.testId))).toBeUndefined();
      // what other suites have left of this tenant is none of this
      await zones.database.client.goldenCopy.deleteMany({
        where: { tenant: zones.scope.tenant, NOT: { workspace: zones.scope.workspace } },
      });
      expect(await audited({})).toMatchObject({ state: 'done', drifted: 0, drift: [] });
      const list = await as('joe', '/v1/audits/golden?limit=1');
      expect(list.json.audits).toMatchObject([{ state: 'done', workspace_id: null, drift: [] }]);
      expect((await as('eve', '/v1/audits/golden')).json.audits).toEqual([]);
      expect((await as('eve', `/v1/audits/golden/${audit.audit_id}`)).status).toBe(404);
    });
    const event = await zones.database.client.trustEvent.findFirst({ where: { about: changed.testId } });
    expect(event).toMatchObject({ type: 'golden_drift', tenant: 'acme' });
  });

  test('a request that makes no sense starts nothing', async () => {
    const bodies = [{ sample: 0 }, { sample: 2 }, { workspace_id: '../x' }, { tenant: 'globex' }];
    for (const body of bodies)
      expect((await as('root', '/v1/audits/golden', { method: 'POST', body })).status).toBe(422);
    expect((await as('root', '/v1/audits/golden/audit_1')).status).toBe(422);
    expect((await as('root', '/v1/golden?cursor=x')).status).toBe(422);
  });
});
