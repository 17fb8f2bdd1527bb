// needs: postgres, temporal
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ScanInput } from '../../../contracts/workflows.ts';
import type { ScanChanges } from '../../../services/database/scan-record.ts';
import { findScan, updateScan } from '../../../services/database/scans.ts';
import { type Api, startApi } from '../api-harness.ts';
import { overWebSocket } from '../stream-clients.ts';
import { recordedScan } from './recorded-scan.ts';

const SCANS = '/v1/security-scans';
const commit = 'c'.repeat(40);
const digest = `sha256:${'d'.repeat(64)}`;

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const newWorkspace = () => `control-${randomUUID().slice(0, 8)}`;
const scope = (workspace: string) => ({ tenant: 'default', workspace });
const ask = (testId: string, action: string, workspace: string, fields: object = {}) =>
  api.ask(`${SCANS}/${testId}/${action}`, {
    method: 'POST',
    body: { workspace_id: workspace, ...fields },
  });
const started = async (workspace: string, fields: object = {}) =>
  (
    await api.ask(SCANS, {
      method: 'POST',
      body: {
        workspace_id: workspace,
        component_id: 'shop',
        git_url: 'https://example.org/shop.git',
        branch: 'main',
        ...fields,
      },
    })
  ).json;
const recorded = (workspace: string, asked: Partial<ScanInput> = {}, learnt: ScanChanges = {}) =>
  recordedScan(api.deps.database, scope(workspace), { asked, learnt });
const learn = (workspace: string, testId: string, changes: ScanChanges) =>
  updateScan(api.deps.database, scope(workspace), testId, changes);
const run = (id: string) => api.deps.temporal.workflow.getHandle(id);
const events = async (id: string) => {
  const history = await run(id).fetchHistory();
  return (history.events ?? []).filter((event) => event.workflowExecutionCancelRequestedEventAttributes);
};
const unknown = 'test_000000000000';

describe('cancelling', () => {
  test('asks the run to stop, once or twice', async () => {
    const workspace = newWorkspace();
    const { test_id, workflow_id } = await started(workspace);
    const other = await started(workspace);
    for (let n = 0; n < 2; n += 1) {
      const answer = await ask(test_id, 'cancel', workspace);
      expect([answer.status, answer.json]).toEqual([202, { test_id, status: 'CANCELLING' }]);
    }
    expect((await events(workflow_id)).length).toBeGreaterThan(0);
    expect(await events(other.workflow_id)).toEqual([]);
  });

  test('is too late for a scan that has ended, whoever knows of that', async () => {
    const workspace = newWorkspace();
    const inRow = await started(workspace);
    await learn(workspace, inRow.test_id, { status: 'SUCCEEDED', completedAt: new Date() });
    const inEngine = await started(workspace);
    await run(inEngine.workflow_id).terminate('by hand');
    for (const { test_id } of [inRow, inEngine])
      expect((await ask(test_id, 'cancel', workspace)).json).toMatchObject({
        status: 409,
        code: 'scan_finished',
      });
    expect(await events(inRow.workflow_id)).toEqual([]);
  });

  test('finds the scans of its own workspace', async () => {
    const workspace = newWorkspace();
    const { test_id, workflow_id } = await started(workspace);
    for (const refused of [
      await ask(unknown, 'cancel', workspace),
      await ask(test_id, 'cancel', newWorkspace()),
    ])
      expect(refused.json).toMatchObject({ status: 404, code: 'not_found' });
    expect(await events(workflow_id)).toEqual([]);
    expect((await ask(test_id, 'cancel', workspace, { force: true })).status).toBe(422);
  });
});

describe('scanning once more', () => {
  /** What the new scan was asked for, as its row has it. */
  async function rerun(workspace: string, testId: string, fields: object = {}): Promise<ScanInput> {
    const { status, json, headers } = await ask(testId, 'rerun', workspace, fields);
    expect(status).toBe(202);
    expect(json.test_id).not.toBe(testId);
    expect(headers.location).toBe(`${SCANS}/${json.test_id}?workspace_id=${workspace}`);
    expect((await run(json.workflow_id).describe()).status.name).toBe('RUNNING');
    const row = await findScan(api.deps.database, scope(workspace), json.test_id);
    return row?.request as ScanInput;
  }

  test('asks for the very same under a new id', async () => {
    const workspace = newWorkspace();
    const { test_id } = await started(workspace, {
      assessment_id: 'release-1',
      publish: false,
      profile: 'Strict',
      manifest: { product: 'p', version: '1', profiles: [{ name: 'strict', tools: ['secrets'] }] },
    });
    const before = (await findScan(api.deps.database, scope(workspace), test_id))?.request;
    const { testId, requestedAt, requestedBy, ...asked } = await rerun(workspace, test_id);
    expect(before).toMatchObject(asked);
    expect([testId === test_id, requestedBy]).toEqual([false, 'local']);
    expect(Date.parse(requestedAt)).toBeGreaterThanOrEqual(Date.parse(before?.requestedAt ?? ''));
    expect(await rerun(workspace, test_id, { requested_by: 'ana' })).toMatchObject({ requestedBy: 'ana' });
  });

  test.each<[string, ScanInput['source'], ScanInput['source']]>([
    [
      'the commit of a branch',
      { type: 'git', url: 'https://example.org/x.git', branch: 'main', submodules: true },
      { type: 'git', url: 'https://example.org/x.git', commit, submodules: true },
    ],
    [
      'the commit of a tag',
      { type: 'git', url: 'https://example.org/x.git', tag: 'v1' },
      { type: 'git', url: 'https://example.org/x.git', commit },
    ],
    [
      'the digest of an image',
      { type: 'oci', reference: 'registry.example:5000/team/shop:latest' },
      { type: 'oci', reference: `registry.example:5000/team/shop@${digest}` },
    ],
    [
      'an archive',
      { type: 'archive', sha256: 'a'.repeat(64), name: 'shop.zip' },
      { type: 'archive', sha256: 'a'.repeat(64), name: 'shop.zip' },
    ],
  ])('at the same revision means %s', async (_what, source, expected) => {
    const workspace = newWorkspace();
    const testId = await recorded(workspace, { source }, { commit, originDigest: digest });
    expect((await rerun(workspace, testId, { same_revision: true })).source).toEqual(expected);
    expect((await rerun(workspace, testId)).source).toEqual(source);
  });

  test('at a revision that nobody came to know is refused', async () => {
    const workspace = newWorkspace();
    const git = await recorded(workspace);
    const oci = await recorded(workspace, { source: { type: 'oci', reference: 'r.example/shop:1' } });
    for (const testId of [git, oci])
      expect((await ask(testId, 'rerun', workspace, { same_revision: true })).json).toMatchObject({
        status: 409,
        code: 'scan_not_finished',
      });
  });

  test('at the revision of what has none is refused, and not something else scanned', async () => {
    const workspace = newWorkspace();
    const folder = await recorded(workspace, { source: { type: 'directory', path: '/srv/shop' } });
    const bucket = await recorded(workspace, { source: { type: 's3', bucket: 'b', prefix: '' } });
    for (const testId of [folder, bucket]) {
      expect((await ask(testId, 'rerun', workspace, { same_revision: true })).json).toMatchObject({
        code: 'invalid_request',
        errors: [{ path: 'same_revision' }],
      });
      expect((await ask(testId, 'rerun', workspace)).status).toBe(202);
    }
  });

  test('finds the scans of its own workspace', async () => {
    const workspace = newWorkspace();
    const testId = await recorded(workspace);
    for (const refused of [
      await ask(unknown, 'rerun', workspace),
      await ask(testId, 'rerun', newWorkspace()),
    ])
      expect(refused.json).toMatchObject({ status: 404, code: 'not_found' });
  });
});

describe('asking for publication', () => {
  const keptBack = (workspace: string, learnt: ScanChanges = {}, asked: Partial<ScanInput> = {}) =>
    recorded(workspace, { publish: false, ...asked }, { bundleDigest: 'b'.repeat(64), ...learnt });

  test('starts one run, however often it is asked', async () => {
    const workspace = newWorkspace();
    const testId = await keptBack(workspace);
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => ask(testId, 'upload-request', workspace, { tier: 'basic' })),
    );
    for (const { status, json, headers } of answers) {
      expect([status, json]).toEqual([202, { upload_permission_id: null, upload_status: 'pending' }]);
      expect(headers.location).toBe(`${SCANS}/${testId}?workspace_id=${workspace}`);
    }
    const id = `upload/${workspace}/shop/${testId}`;
    const { raw } = await run(id).describe();
    expect(raw.workflowExecutionInfo?.type?.name).toBe('uploadWorkflow');
    const first = (await run(id).fetchHistory()).events?.[0]?.workflowExecutionStartedEventAttributes;
    expect(JSON.parse(String(first?.input?.payloads?.[0]?.data))).toEqual({
      scope: scope(workspace),
      component: 'shop',
      assessment: 'default',
      testId,
      bundle: {
        prefix: `default/${workspace}/security-scans/${testId}/incoming/`,
        digest: 'b'.repeat(64),
      },
      requestedBy: 'local',
    });
  });

  test('tells what was decided already', async () => {
    const workspace = newWorkspace();
    const permitId = `permit_${'a'.repeat(24)}`;
    const testId = await keptBack(workspace, { uploadStatus: 'uploaded', permitId });
    expect((await ask(testId, 'upload-request', workspace)).json).toEqual({
      upload_permission_id: permitId,
      upload_status: 'uploaded',
    });
  });

  test.each<[string, ScanChanges]>([
    ['goes on', { status: 'RUNNING', completedAt: null, verdict: null, bundleDigest: null }],
    ['failed', { status: 'FAILED', verdict: null }],
    ['was cancelled', { status: 'CANCELLED' }],
  ])('is no use for a scan that %s', async (_what, learnt) => {
    const workspace = newWorkspace();
    const testId = await keptBack(workspace, learnt);
    expect((await ask(testId, 'upload-request', workspace)).json).toMatchObject({
      status: 409,
      code: 'scan_not_finished',
    });
  });

  test('is no use for a scan that publishes by itself, or has nothing to publish', async () => {
    const workspace = newWorkspace();
    const itself = await keptBack(workspace, {}, { publish: true });
    const nothing = await keptBack(workspace, { bundleDigest: null });
    for (const testId of [itself, nothing]) {
      expect((await ask(testId, 'upload-request', workspace)).json).toMatchObject({
        status: 409,
        code: 'not_uploadable',
      });
      await expect(run(`upload/${workspace}/shop/${testId}`).describe()).rejects.toThrow();
    }
  });

  test('finds the scans of its own workspace, and knows its tiers', async () => {
    const workspace = newWorkspace();
    const testId = await keptBack(workspace);
    for (const refused of [
      await ask(unknown, 'upload-request', workspace),
      await ask(testId, 'upload-request', newWorkspace()),
    ])
      expect(refused.json).toMatchObject({ status: 404, code: 'not_found' });
    expect((await ask(testId, 'upload-request', workspace, { tier: 'gold' })).json).toMatchObject({
      code: 'invalid_request',
      errors: [{ path: 'tier' }],
    });
  });
});

describe('the statistics', () => {
  const count = async (workspace: string, path = '/v1/stats') =>
    (await api.ask(`${path}?workspace_id=${workspace}`)).json;

  test('count every scan of the workspace once in each column', async () => {
    const workspace = newWorkspace();
    const nothing = await count(workspace);
    expect(nothing).toMatchObject({ total_scans: 0, scans_by_status: { queued: 0, cancelled: 0 } });
    await started(workspace);
    for (const learnt of [
      { status: 'RUNNING', completedAt: null },
      { status: 'SUCCEEDED', uploadStatus: 'uploaded' },
      { status: 'SUCCEEDED', uploadStatus: 'denied' },
      { status: 'SUCCEEDED', uploadStatus: 'permitted' },
      { status: 'FAILED', uploadStatus: 'upload_failed' },
      { status: 'CANCELLED' },
    ] satisfies ScanChanges[])
      await recorded(workspace, {}, learnt);
    await recorded(newWorkspace());
    await recordedScan(api.deps.database, { tenant: 'stranger', workspace });
    const counted = await count(workspace);
    expect(counted).toMatchObject({
      total_scans: 7,
      scans_by_status: { queued: 1, running: 1, succeeded: 3, failed: 1, cancelled: 1 },
      upload_stats: { pending: 3, permitted: 1, uploaded: 1, upload_failed: 1, denied: 1, quarantined: 0 },
    });
    expect(Object.keys(counted)).toEqual(Object.keys(nothing));
    const { timestamp: _, ...rest } = counted;
    expect(await count(workspace, '/stats')).toMatchObject(rest);
  });

  test('count who follows a scan at the moment', async () => {
    const workspace = newWorkspace();
    const { test_id } = await started(workspace);
    const before = (await count(workspace)).active_streams;
    const follower = overWebSocket(api.port, `${SCANS}/${test_id}/stream?workspace_id=${workspace}`);
    const follows = async (more: number) => {
      while ((await count(workspace)).active_streams !== before + more)
        await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await follows(1);
    follower.stop();
    await follows(0);
  });

  test('are of one workspace that has a name', async () => {
    expect((await api.ask('/v1/stats?workspace_id=../up')).json).toMatchObject({ code: 'invalid_request' });
    expect((await api.ask('/stats', { token: null })).status).toBe(401);
  });
});
