// needs: postgres, temporal
import { randomUUID } from 'node:crypto';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ScheduledScan } from '../../../contracts/workflows.ts';
import { type Answer, type Api, startApi } from '../api-harness.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'certus-schedules-')));
const made = new Set<string>();
let api: Api;
beforeAll(async () => {
  api = await startApi({ sourceRoots: [root] });
});
afterAll(async () => {
  // the engine outlives the suite, and would go on starting what nobody serves
  for (const path of made) await api.ask(path, { method: 'DELETE' });
  await api.stop();
});

const newWorkspace = () => `schedules-${randomUUID().slice(0, 8)}`;
const scan = { git_url: 'https://example.org/shop.git', branch: 'main' };
const nightly = { cron: ['15 2 * * *'], scan };

type Named = { readonly component?: string; readonly name?: string };
const pathOf = (workspace: string, { component = 'shop', name = 'nightly' }: Named = {}, action = '') =>
  `/v1/schedules/${component}/${name}${action}?workspace_id=${workspace}`;
const put = (workspace: string, fields: object = {}, named: Named = {}) => {
  made.add(pathOf(workspace, named));
  const path = pathOf(workspace, named).replace(/\?.*/, '');
  return api.ask(path, { method: 'PUT', body: { workspace_id: workspace, ...nightly, ...fields } });
};
const show = (workspace: string, named?: Named) => api.ask(pathOf(workspace, named));
const act = (workspace: string, action: string, fields: object = {}, named: Named = {}) =>
  api.ask(pathOf(workspace, named, `/${action}`).replace(/\?.*/, ''), {
    method: 'POST',
    body: { workspace_id: workspace, ...fields },
  });
const remove = (workspace: string, named?: Named) => api.ask(pathOf(workspace, named), { method: 'DELETE' });
const list = async (workspace: string, parameters = '') =>
  (await api.ask(`/v1/schedules?workspace_id=${workspace}${parameters}`)).json.schedules;
const names = async (workspace: string, parameters?: string) =>
  (await list(workspace, parameters)).map(
    ({ component_id, name }: { component_id: string; name: string }) => `${component_id}/${name}`,
  );
const describeOf = (workspace: string) =>
  api.deps.temporal.schedule.getHandle(`scans/default/${workspace}/shop/nightly`).describe();

/** What the schedule has started, by the engine's own account. */
async function runsOf(workspace: string, type = 'scheduledScanWorkflow'): Promise<string[]> {
  const found: string[] = [];
  const query = `WorkflowType = '${type}' AND CertusWorkspace = '${workspace}'`;
  for await (const { workflowId } of api.deps.temporal.workflow.list({ query })) found.push(workflowId);
  return found;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('putting a schedule', () => {
  test('makes it, and says when it will run', async () => {
    const workspace = newWorkspace();
    const answer = await put(workspace, {
      timezone: 'Europe/Berlin',
      jitter_seconds: 900,
      overlap: 'cancel_other',
      note: 'agreed with Ana',
    });
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({
      workspace_id: workspace,
      component_id: 'shop',
      name: 'nightly',
      cron: ['15 2 * * *'],
      timezone: 'Europe/Berlin',
      jitter_seconds: 900,
      overlap: 'cancel_other',
      paused: false,
      note: 'agreed with Ana',
      scan,
      recent_runs: [],
    });
    expect(answer.json.next_runs).toHaveLength(5);
    for (const next of answer.json.next_runs) expect(Date.parse(next)).toBeGreaterThan(Date.now());
    expect((await show(workspace)).json).toEqual(answer.json);
  });

  test('hands over the accepted scan, without what only a run has', async () => {
    const workspace = newWorkspace();
    await put(workspace, { scan: { ...scan, requested_by: 'ana', publish: false, profile: 'Light' } });
    const { action, policies } = await describeOf(workspace);
    if (action.type !== 'startWorkflow') throw new Error('it starts no workflow');
    expect(action).toMatchObject({
      workflowType: 'scheduledScanWorkflow',
      taskQueue: 'certus-assurance',
      workflowId: `scheduled/default/${workspace}/shop/nightly`,
    });
    const [plan] = action.args as [ScheduledScan];
    expect(ScheduledScan.strict().parse(plan)).toEqual(plan);
    expect(plan).toMatchObject({
      scope: { tenant: 'default', workspace },
      component: 'shop',
      source: { type: 'git', url: scan.git_url, branch: 'main' },
      profile: 'Light',
      manifest: { type: 'inline' },
      requestedBy: 'ana',
      publish: false,
    });
    expect(policies.overlap).toBe('SKIP');
  });

  test('again replaces it whole', async () => {
    const workspace = newWorkspace();
    await put(workspace, { note: 'first', paused: true, overlap: 'allow_all', jitter_seconds: 5 });
    const answer = await put(workspace, {
      cron: ['@daily', '0 12 * * 1'],
      scan: { git_url: 'https://example.org/next.git' },
    });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      cron: ['@daily', '0 12 * * 1'],
      timezone: 'UTC',
      jitter_seconds: 0,
      overlap: 'skip',
      paused: false,
      note: null,
      scan: { git_url: 'https://example.org/next.git' },
    });
    expect(await list(workspace)).toHaveLength(1);
  });

  test('takes folders below a root', async () => {
    const directory = (directory_path: string) =>
      put(newWorkspace(), { scan: { source_type: 'directory', directory_path } });
    expect((await directory(root)).status).toBe(201);
    expect((await directory('/etc')).json).toMatchObject({ status: 403, code: 'source_not_allowed' });
  });

  test.each(['UTC', 'Asia/Kolkata', 'Europe/Kyiv', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'GMT'])(
    'knows the zone %s',
    async (timezone) => {
      expect((await put(newWorkspace(), { timezone })).json).toMatchObject({ timezone });
    },
  );

  test.each<[string, object, string]>([
    ['words instead of cron', { cron: ['every night'] }, 'cron.0'],
    ['six fields', { cron: ['0 15 2 * * *'] }, 'cron.0'],
    ['no cron', { cron: [] }, 'cron'],
    ['more cron than anybody needs', { cron: Array(11).fill('@daily') }, 'cron'],
    ['what only Temporal can tell is no cron', { cron: ['61 2 * * *'] }, 'cron'],
    ['a field that Temporal takes for a zone', { cron: ['CRON_TZ=Mars/Base 2 * * *'] }, 'cron'],
    ['no such zone', { timezone: 'Mars/Phobos' }, 'timezone'],
    ['an offset', { timezone: '+01:00' }, 'timezone'],
    ['a path for a zone', { timezone: '../../etc/passwd' }, 'timezone'],
    ['no such overlap', { overlap: 'queue' }, 'overlap'],
    ['a jitter below zero', { jitter_seconds: -1 }, 'jitter_seconds'],
    ['no scan', { scan: undefined }, 'scan'],
    ['a scan of nothing', { scan: {} }, 'scan.git_url'],
    ['a scan with a typo', { scan: { ...scan, brnach: 'x' } }, 'scan'],
    ['a scan of a helper', { scan: { git_url: 'ext::sh -c id' } }, 'git_url'],
    ['a field that there is not', { cadence: 'daily' }, 'cadence'],
  ])('with %s is refused, and nothing is there', async (_what, fields, path) => {
    const workspace = newWorkspace();
    const { json } = await put(workspace, fields);
    expect(json).toMatchObject({ status: 422, code: 'invalid_request' });
    expect(json.errors.map((error: { path: string }) => error.path)).toContain(path);
    expect((await show(workspace)).status).toBe(404);
  });

  test('that is there with what is no cron is refused, and it stays as it was', async () => {
    const workspace = newWorkspace();
    const { json } = await put(workspace);
    expect((await put(workspace, { cron: ['61 2 * * *'] })).json).toMatchObject({
      code: 'invalid_request',
      errors: [{ path: 'cron' }],
    });
    expect((await show(workspace)).json).toEqual(json);
  });

  test('cannot put another component or workspace in its scan', async () => {
    const workspace = newWorkspace();
    await put(workspace, { scan: { ...scan, component_id: 'till', workspace_id: 'other' } });
    const { action } = await describeOf(workspace);
    expect(action).toMatchObject({ args: [{ component: 'shop', scope: { workspace } }] });
  });

  test('for a profile that there is not is refused', async () => {
    const workspace = newWorkspace();
    expect((await put(workspace, { scan: { ...scan, profile: 'dreadful' } })).json).toMatchObject({
      status: 422,
      code: 'unknown_profile',
    });
    expect((await show(workspace)).status).toBe(404);
  });

  test.each<Named>([{ component: 'Shop' }, { name: 'a_b' }, { name: '..%2f..' }, { name: 'x'.repeat(64) }])(
    'under the name %j is refused',
    async (named) => {
      expect((await put(newWorkspace(), {}, named)).json).toMatchObject({ code: 'invalid_request' });
    },
  );
});

describe('the schedules of a workspace', () => {
  test('are listed by component and name', async () => {
    const workspace = newWorkspace();
    await put(workspace, {}, { component: 'till', name: 'a' });
    await put(workspace, {}, { component: 'shop', name: 'weekly' });
    await put(workspace, {}, { component: 'shop', name: 'nightly' });
    await put(workspace, {}, { component: 'shop-2' });
    await put(newWorkspace(), {});
    await put(`${workspace}-x`, {});
    await until(async () => (await list(workspace)).length === 4);
    expect(await names(workspace)).toEqual(['shop-2/nightly', 'shop/nightly', 'shop/weekly', 'till/a']);
    expect(await names(workspace, '&component_id=shop')).toEqual(['shop/nightly', 'shop/weekly']);
    expect(await names(workspace, '&component_id=nothing')).toEqual([]);
  });

  test('are nobody else’s', async () => {
    const workspace = newWorkspace();
    await put(workspace);
    const other = newWorkspace();
    const noon = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };
    const refused: Answer[] = [await show(other), await act(other, 'backfill', noon)];
    for (const action of ['pause', 'resume', 'run']) refused.push(await act(other, action));
    for (const answer of refused) expect(answer.json).toMatchObject({ status: 404, code: 'not_found' });
    expect((await remove(other)).status).toBe(204);
    expect((await show(workspace)).json).toMatchObject({ paused: false, recent_runs: [] });
  });
});

describe('a schedule', () => {
  test('is paused and resumed, with a note', async () => {
    const workspace = newWorkspace();
    await put(workspace);
    expect((await act(workspace, 'pause', { note: 'moving house' })).json).toMatchObject({
      paused: true,
      note: 'moving house',
    });
    expect((await act(workspace, 'pause')).json).toMatchObject({ paused: true });
    expect((await act(workspace, 'resume', { note: 'settled in' })).json).toMatchObject({
      paused: false,
      note: 'settled in',
    });
  });

  test('starts a scan when it is told to, with nobody there to serve it', async () => {
    const workspace = newWorkspace();
    await put(workspace, { paused: true });
    expect(await runsOf(workspace)).toEqual([]);
    expect((await act(workspace, 'run')).status).toBe(200);
    await until(async () => (await runsOf(workspace)).length === 1);
    const [id = ''] = await runsOf(workspace);
    expect(id).toMatch(new RegExp(`^scheduled/default/${workspace}/shop/nightly-`));
    await until(async () => (await show(workspace)).json.recent_runs.length === 1);
    expect((await show(workspace)).json.recent_runs[0].workflow_id).toBe(id);
    await api.deps.temporal.workflow.getHandle(id).terminate('the test is over');
  });

  test('makes up for the runs of a time that has passed', async () => {
    const workspace = newWorkspace();
    await put(workspace, { paused: true });
    const days = { from: '2026-01-01T00:00:00Z', to: '2026-01-04T00:00:00Z', overlap: 'allow_all' };
    expect((await act(workspace, 'backfill', days)).status).toBe(200);
    await until(async () => (await runsOf(workspace)).length === 3);
    const ids = (await runsOf(workspace)).toSorted();
    expect(ids.map((id) => id.slice(-20))).toEqual([
      '2026-01-01T02:15:00Z',
      '2026-01-02T02:15:00Z',
      '2026-01-03T02:15:00Z',
    ]);
    for (const id of ids) await api.deps.temporal.workflow.getHandle(id).terminate('the test is over');
  });

  test.each<[string, object]>([
    ['no end', { from: '2026-01-01T00:00:00Z' }],
    ['an end before its start', { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }],
    ['an end that only reads later', { from: '2026-01-01T00:00:00.5Z', to: '2026-01-01T00:00:00Z' }],
    ['no time', { from: '2026-01-01', to: 'now' }],
    ['more than a month', { from: '2025-01-01T00:00:00Z', to: '2025-02-01T00:00:01Z' }],
    ['an end ahead', { from: new Date().toISOString(), to: new Date(Date.now() + 60_000).toISOString() }],
  ])('does not make up for %s', async (_what, days) => {
    const workspace = newWorkspace();
    await put(workspace, { paused: true });
    expect((await act(workspace, 'backfill', days)).json).toMatchObject({ code: 'invalid_request' });
  });

  test('is gone once it is removed, and removing it again is a success', async () => {
    const workspace = newWorkspace();
    await put(workspace);
    for (let n = 0; n < 2; n += 1) {
      const answer = await remove(workspace);
      expect([answer.status, answer.text]).toEqual([204, '']);
    }
    expect((await show(workspace)).status).toBe(404);
    await until(async () => (await list(workspace)).length === 0);
    expect((await put(workspace)).status).toBe(201);
  });
});
