// needs: postgres, temporal
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MAX_UPLOAD_BASE64 } from '../../../contracts/code-scanning.ts';
import { reportKey } from '../../../contracts/object-keys.ts';
import type { ScanInput } from '../../../contracts/workflows.ts';
import type { ScanChanges } from '../../../services/database/scan-record.ts';
import { updateScan } from '../../../services/database/scans.ts';
import { type Answer, type Api, startApi, TOKEN } from '../api-harness.ts';
import { recordedScan } from './recorded-scan.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const newWorkspace = () => `reports-${randomUUID().slice(0, 8)}`;
const LOG = { version: '2.1.0', runs: [{ tool: { driver: { name: 'lint' } }, results: [] }] };
const bytes = gzipSync(JSON.stringify(LOG));
const sarif = bytes.toString('base64');
const commit = 'c'.repeat(40);

type Upload = {
  readonly repository?: string;
  readonly parameters?: string;
  readonly body?: object;
  readonly headers?: Record<string, string>;
};
const upload = (
  workspace: string,
  { repository = 'acme/shop', parameters = '', body = {}, ...rest }: Upload = {},
) =>
  api.ask(`/v1/repos/${repository}/code-scanning/sarifs?workspace_id=${workspace}${parameters}`, {
    method: 'POST',
    body: { commit_sha: commit, ref: 'refs/heads/main', sarif, ...body },
    ...rest,
  });
const idOf = ({ json }: Answer): string => json.id;
const testIdOf = (answer: Answer): string => `test_${idOf(answer).replaceAll('-', '')}`;
const status = (workspace: string, id: string, repository = 'acme/shop') =>
  api.ask(`/v1/repos/${repository}/code-scanning/sarifs/${id}?workspace_id=${workspace}`);
const scans = async (workspace: string) =>
  (await api.ask(`/v1/security-scans?workspace_id=${workspace}&limit=100`)).json.scans;
const learn = (workspace: string, answer: Answer, changes: ScanChanges) =>
  updateScan(api.deps.database, { tenant: 'default', workspace }, testIdOf(answer), changes);
const workflow = (id: string) => api.deps.temporal.workflow.getHandle(id);

describe('a report', () => {
  test('is taken the way code hosts take it, stored as it came, and its run is there', async () => {
    const workspace = newWorkspace();
    const answer = await upload(workspace, {
      body: { checkout_uri: 'file:///build', tool_name: 'lint', validate: true, of_tomorrow: 1 },
    });
    expect(answer.status).toBe(202);
    expect(idOf(answer)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(answer.headers.location).toBe(answer.json.url);
    expect((await api.ask(answer.json.url)).json).toEqual({
      processing_status: 'pending',
      analyses_url: null,
      errors: null,
    });
    const [scan] = await scans(workspace);
    expect(scan).toMatchObject({
      test_id: testIdOf(answer),
      source_type: 'sarif',
      source: 'acme/shop',
      requested_by: 'local',
    });
    expect(scan.component_id).toMatch(/^acme-shop-[0-9a-f]{10}$/);
    const { status: state, memo } = await workflow(scan.workflow_id).describe();
    expect(state.name).toBe('RUNNING');
    const { source } = (memo as { scan: { source: { sha256: string } } }).scan;
    expect(source).toMatchObject({ type: 'sarif', commit, ref: 'refs/heads/main' });
    const key = reportKey({ tenant: 'default', workspace }, source.sha256);
    expect(Buffer.from(await (await api.deps.objects.uploads()).read(key, 1000))).toEqual(bytes);
  });

  test('is taken from clients that write "token" for "Bearer", and from nobody without one', async () => {
    const workspace = newWorkspace();
    const as = (authorization: string) => upload(workspace, { headers: { authorization } });
    expect((await as(`token ${TOKEN}`)).status).toBe(202);
    for (const wrong of ['token wrong', `basic ${TOKEN}`, `x-token ${TOKEN}`])
      expect((await as(wrong)).json).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  test('goes where its sender says', async () => {
    const workspace = newWorkspace();
    const answer = await upload(workspace, { parameters: '&component_id=till&profile=light' });
    expect((await scans(workspace))[0]).toMatchObject({ component_id: 'till', profile: 'light' });
    expect((await status(workspace, idOf(answer))).status).toBe(200);
  });

  test.each<[string, object, string]>([
    ['no Base64', { sarif: '!'.repeat(40) }, 'sarif'],
    ['Base64 of no gzip', { sarif: Buffer.from(JSON.stringify(LOG)).toString('base64') }, 'sarif'],
    ['gzip with rubbish in between', { sarif: `${sarif.slice(0, 40)}%%${sarif.slice(40)}` }, 'sarif'],
    ['nothing', { sarif: '' }, 'sarif'],
    ['a short commit', { commit_sha: 'abc' }, 'commit_sha'],
    ['a branch alone', { ref: 'main' }, 'ref'],
    ['a ref with a space', { ref: 'refs/heads/a b' }, 'ref'],
    ['a ref that moves the cursor', { ref: 'refs/heads/\u001b[2J' }, 'ref'],
  ])('with %s is refused, and nothing is stored or started', async (_what, body, path) => {
    const workspace = newWorkspace();
    expect((await upload(workspace, { body })).json).toMatchObject({
      status: 422,
      code: 'invalid_request',
      errors: expect.arrayContaining([expect.objectContaining({ path })]),
    });
    expect(await scans(workspace)).toEqual([]);
  });

  test('wrapped into lines, as the tool base64 does, is taken', async () => {
    const wrapped = sarif.replace(/.{20}/g, '$&\n');
    expect((await upload(newWorkspace(), { body: { sarif: wrapped } })).status).toBe(202);
  });

  test('for a profile that there is not is refused before it is stored', async () => {
    const workspace = newWorkspace();
    const other = gzipSync(JSON.stringify({ ...LOG, of: workspace }));
    const refused = await upload(workspace, {
      parameters: '&profile=dreadful',
      body: { sarif: other.toString('base64') },
    });
    expect(refused.json).toMatchObject({ status: 422, code: 'unknown_profile' });
    const stored: string[] = [];
    for await (const { key } of (await api.deps.objects.uploads()).list(`default/${workspace}/`))
      stored.push(key);
    expect(stored).toEqual([]);
  });

  test('larger than a code host takes is refused with its code, a large one is not', async () => {
    const workspace = newWorkspace();
    const refused = await upload(workspace, { body: { sarif: 'A'.repeat(MAX_UPLOAD_BASE64) } });
    expect(refused.json).toMatchObject({ status: 413, code: 'payload_too_large' });
    const large = Buffer.concat([bytes, Buffer.alloc(3 * 1024 * 1024)]).toString('base64');
    expect((await upload(workspace, { body: { sarif: large } })).status).toBe(202);
  });

  test.each(['acme/..', 'acme/.', '-acme/shop', 'ac.me/shop', 'acme/sh%0aop', `acme/${'x'.repeat(101)}`])(
    'of %s is one of no repository',
    async (repository) => {
      expect([404, 422]).toContain((await upload(newWorkspace(), { repository })).status);
    },
  );
});

describe('the same report', () => {
  test('is one run, however often and at once it is brought', async () => {
    const workspace = newWorkspace();
    const answers = await Promise.all(Array.from({ length: 8 }, () => upload(workspace)));
    answers.push(await upload(workspace));
    expect(new Set(answers.map(({ status: code }) => code))).toEqual(new Set([202]));
    expect(new Set(answers.map(idOf)).size).toBe(1);
    expect(await scans(workspace)).toHaveLength(1);
  });

  test('is another one for another commit, ref, component, workspace or content', async () => {
    const workspace = newWorkspace();
    const other = gzipSync(JSON.stringify({ ...LOG, runs: [] })).toString('base64');
    const answers = [
      await upload(workspace),
      await upload(workspace, { body: { commit_sha: 'd'.repeat(40) } }),
      await upload(workspace, { body: { ref: 'refs/heads/next' } }),
      await upload(workspace, { body: { sarif: other } }),
      await upload(workspace, { parameters: '&component_id=till' }),
      await upload(newWorkspace()),
    ];
    expect(new Set(answers.map(idOf)).size).toBe(6);
    const upper = { commit_sha: 'C'.repeat(40) };
    expect(idOf(await upload(workspace, { body: upper }))).toBe(idOf(answers[0]!));
  });

  test('is still the same when the engine has lost the run', async () => {
    const workspace = newWorkspace();
    const first = await upload(workspace);
    await learn(workspace, first, { status: 'SUCCEEDED', verdict: 'passed', completedAt: new Date() });
    const [{ workflow_id }] = await scans(workspace);
    const { temporal } = api.deps;
    await temporal.workflowService.deleteWorkflowExecution({
      namespace: temporal.options.namespace,
      workflowExecution: { workflowId: workflow_id },
    });
    expect(idOf(await upload(workspace))).toBe(idOf(first));
    expect(await scans(workspace)).toMatchObject([{ status: 'SUCCEEDED' }]);
  });

  test.each(['FAILED', 'CANCELLED'] as const)('gets another run once the one before %s', async (ended) => {
    const workspace = newWorkspace();
    const ids: string[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const answer = await upload(workspace);
      expect(idOf(await upload(workspace))).toBe(idOf(answer));
      ids.push(idOf(answer));
      await learn(workspace, answer, { status: ended, completedAt: new Date() });
    }
    expect(new Set(ids).size).toBe(3);
    expect(await scans(workspace)).toHaveLength(3);
    expect((await status(workspace, ids[0]!)).json.processing_status).toBe('failed');
  });

  test('gets another run once the one before was ended from outside', async () => {
    const workspace = newWorkspace();
    const first = await upload(workspace);
    const [{ workflow_id }] = await scans(workspace);
    await workflow(workflow_id).terminate('by hand');
    const second = await upload(workspace);
    expect(idOf(second)).not.toBe(idOf(first));
    expect((await status(workspace, idOf(first))).json).toMatchObject({
      processing_status: 'failed',
      errors: [expect.stringContaining('ended from outside')],
    });
  });

  test('is not run again because the gate said no', async () => {
    const workspace = newWorkspace();
    const first = await upload(workspace);
    await learn(workspace, first, { status: 'SUCCEEDED', verdict: 'failed', completedAt: new Date() });
    expect(idOf(await upload(workspace))).toBe(idOf(first));
  });
});

describe('a repository', () => {
  test('is one component whatever the case of its name', async () => {
    const workspace = newWorkspace();
    const first = await upload(workspace);
    const second = await upload(workspace, { repository: 'ACME/Shop' });
    expect(idOf(second)).toBe(idOf(first));
    expect((await status(workspace, idOf(first), 'Acme/SHOP')).status).toBe(200);
    await upload(workspace, { repository: 'ACME/Shop', body: { commit_sha: 'd'.repeat(40) } });
    const components = (await scans(workspace)).map((scan: { component_id: string }) => scan.component_id);
    expect(components).toHaveLength(2);
    expect(new Set(components).size).toBe(1);
  });

  test('is not another that reads alike', async () => {
    const workspace = newWorkspace();
    await upload(workspace, { repository: 'a-b/c' });
    await upload(workspace, { repository: 'a/b-c' });
    const components = (await scans(workspace)).map((scan: { component_id: string }) => scan.component_id);
    expect(new Set(components).size).toBe(2);
  });
});

describe('what became of a report', () => {
  test('is said once the gate has spoken', async () => {
    const workspace = newWorkspace();
    const answer = await upload(workspace);
    const testId = testIdOf(answer);
    await learn(workspace, answer, { status: 'RUNNING' });
    expect((await status(workspace, idOf(answer))).json).toMatchObject({ processing_status: 'pending' });
    const warning = { code: 'report_skipped', message: 'a run without a tool', path: 'runs[1]' };
    await learn(workspace, answer, { verdict: 'failed', warnings: [warning] });
    const { json } = await status(workspace, idOf(answer));
    expect(json).toEqual({
      processing_status: 'complete',
      analyses_url: `/v1/security-scans/${testId}/findings?workspace_id=${workspace}`,
      errors: ['report_skipped: a run without a tool (runs[1])'],
    });
    expect((await api.ask(json.analyses_url)).json).toEqual({ findings: [], next_cursor: null });
  });

  test('is said when the run failed', async () => {
    const workspace = newWorkspace();
    const answer = await upload(workspace);
    await learn(workspace, answer, {
      status: 'FAILED',
      completedAt: new Date(),
      errors: [{ code: 'report_invalid', message: 'no SARIF' }],
    });
    expect((await status(workspace, idOf(answer))).json).toEqual({
      processing_status: 'failed',
      analyses_url: null,
      errors: ['report_invalid: no SARIF'],
    });
  });

  test('is told in its own repository and workspace alone, and of reports alone', async () => {
    const workspace = newWorkspace();
    const id = idOf(await upload(workspace));
    const scope = { tenant: 'default', workspace };
    const recorded = async (type: 'git' | 'sarif') => {
      const uuid = randomUUID();
      const source: ScanInput['source'] =
        type === 'git'
          ? { type, url: 'acme/shop' }
          : { type, sha256: 'a'.repeat(64), commit, ref: 'refs/heads/main', repository: 'acme/shop' };
      const asked = { testId: `test_${uuid.replaceAll('-', '')}`, source };
      await recordedScan(api.deps.database, scope, { asked });
      return uuid;
    };
    for (const refused of [
      await status(workspace, id, 'acme/other'),
      await status(newWorkspace(), id),
      await status(workspace, randomUUID()),
      await status(workspace, await recorded('git')),
    ])
      expect(refused.json).toMatchObject({ status: 404, code: 'not_found' });
    expect((await status(workspace, await recorded('sarif'))).status).toBe(200);
    expect((await status(workspace, 'test_0123')).json).toMatchObject({ code: 'invalid_request' });
    expect((await status(workspace, id.toUpperCase())).status).toBe(200);
  });
});
