// needs: postgres, temporal
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execute } from '../../cli/main.ts';
import type { Finding } from '../../contracts/finding.ts';
import type { ScanInput } from '../../contracts/workflows.ts';
import type { ScanChanges } from '../../services/database/scan-record.ts';
import { updateScan } from '../../services/database/scans.ts';
import { findingOf, fingerprintOf } from '../unit/domain/finding-fixture.ts';
import { recordedScan } from './api/recorded-scan.ts';
import { type Api, startApi, TOKEN } from './api-harness.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'certus-cli-control-')));
const newWorkspace = () => `typed-${randomUUID().slice(0, 8)}`;
let api: Api;
beforeAll(async () => {
  mkdirSync(join(folder, 'home'));
  api = await startApi({ sourceRoots: [folder] });
});
afterAll(() => api.stop());

/** What a terminal would obey: the escape character, and an override of the direction. */
const OBEYED = /\p{Cc}\[|\u202e/u;
const ATTACK = '\u001b[2J\u001b[32mPASSED\u202e';

type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** In this process: that the words arrive from a shell is another suite's. */
async function certus(workspace: string, ...words: string[]): Promise<Ran> {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const into = (texts: string[]) =>
    ({ write: (text: string) => texts.push(text) }) as unknown as NodeJS.WriteStream;
  const code = await execute([...words, '--workspace', workspace], {
    environment: {
      CERTUS_HOME: join(folder, 'home'),
      CERTUS_API_URL: `http://127.0.0.1:${api.port}`,
      CERTUS_TOKEN: TOKEN,
    },
    workingDirectory: folder,
    checkout: resolve('.'),
    stdout: into(stdout),
    stderr: into(stderr),
  });
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

async function json(workspace: string, ...words: string[]) {
  const ran = await certus(workspace, ...words, '-o', 'json');
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(ran.stdout);
}

const recorded = (
  workspace: string,
  findings: readonly Finding[],
  learnt: ScanChanges = {},
  asked: Partial<ScanInput> = {},
) => recordedScan(api.deps.database, { tenant: 'default', workspace }, { findings, learnt, asked });
const cells = ({ stdout }: Ran) => stdout.split('\n').map((line) => line.split('\t'));
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const unknown = 'test_000000000000';

describe('findings', () => {
  test('are a table of cells, or one document', async () => {
    const workspace = newWorkspace();
    const finding = findingOf({ rule: 'worst', severity: 'critical' });
    const testId = await recorded(workspace, [findingOf({ rule: 'least', severity: 'low' }), finding]);
    const [head, row, next] = cells(await certus(workspace, 'findings', testId));
    expect(head?.slice(0, 4)).toEqual(['SEVERITY', 'CHANGE', 'STATE', 'RULE']);
    expect(row).toEqual([
      ...['critical', 'new', 'open', 'worst', finding.title, 'src/a.js:1', 'sast', finding.fingerprint],
    ]);
    expect(next?.[3]).toBe('least');
    expect(await json(workspace, 'findings', testId, '--severity', 'low')).toMatchObject({
      findings: [{ rule: 'least' }],
      next_cursor: null,
    });
  });

  test('go on where the page ended', async () => {
    const workspace = newWorkspace();
    const testId = await recorded(workspace, [findingOf({ rule: 'one' }), findingOf({ rule: 'two' })]);
    const first = await certus(workspace, 'findings', testId, '--limit', '1');
    const [, cursor = ''] = /^more: --cursor (\S+)$/m.exec(first.stderr) ?? [];
    const second = await certus(workspace, 'findings', testId, '--limit', '1', '--cursor', cursor);
    expect([cells(first)[1]?.[3], cells(second)[1]?.[3], second.stderr]).toEqual(['one', 'two', '']);
  });

  test('say what was decided, and what has lapsed', async () => {
    const workspace = newWorkspace();
    const [kept, lapsed] = [findingOf({ rule: 'kept' }), findingOf({ rule: 'lapsed' })];
    const quiet = findingOf({ rule: 'quiet', suppressed: { kind: 'in_source', justification: null } });
    const testId = await recorded(workspace, [kept, lapsed, quiet]);
    const words = ['triage', 'shop', kept.fingerprint, lapsed.fingerprint, '--state', 'accepted'];
    await certus(workspace, ...words, '--reason', 'known', '--until', inAnHour());
    await api.deps.database.client.triageDecision.updateMany({
      where: { workspace, fingerprint: lapsed.fingerprint },
      data: { until: new Date(Date.now() - 1000) },
    });
    const states = cells(await certus(workspace, 'findings', testId)).map((row) => row[2]);
    expect(states.slice(1, 4)).toEqual(['accepted', 'lapsed', 'suppressed']);
  });

  test('never command the terminal', async () => {
    const workspace = newWorkspace();
    const hostile = findingOf({
      rule: ATTACK,
      title: ATTACK,
      tool: ATTACK,
      location: { path: ATTACK, start_line: 1, start_column: null, end_line: null, end_column: null },
    });
    const base = await recorded(workspace, []);
    const testId = await recorded(workspace, [hostile], { baseline: base });
    for (const words of [
      ['findings', testId],
      ['diff', testId],
    ]) {
      const text = await certus(workspace, ...words);
      expect(text.stdout).toContain('\\u{1b}[2J');
      expect(text.stdout + text.stderr).not.toMatch(OBEYED);
      const document = await certus(workspace, ...words, '-o', 'json');
      expect(document.stdout).not.toMatch(OBEYED);
      expect(JSON.parse(document.stdout).findings[0].title).toBe(ATTACK);
    }
  });
});

test('diff shows what changed, and counts it', async () => {
  const workspace = newWorkspace();
  const [gone, stays, came] = ['gone', 'stays', 'came'].map((rule) => findingOf({ rule }));
  const base = await recorded(workspace, [gone!, stays!]);
  const testId = await recorded(workspace, [stays!, came!], { baseline: base });
  const ran = await certus(workspace, 'diff', testId);
  expect(
    cells(ran)
      .slice(1, 3)
      .map((row) => [row[1], row[3]]),
  ).toEqual([
    ['new', 'came'],
    ['fixed', 'gone'],
  ]);
  expect(ran.stderr).toBe(`1 new, 0 moved, 1 unchanged, 1 fixed since ${base}\n`);
  expect(await json(workspace, 'diff', base, testId)).toMatchObject({ base_test_id: testId });
  expect(await certus(workspace, 'diff', base)).toMatchObject({ code: 66, stdout: '' });
});

describe('triage', () => {
  test('tells what is in force', async () => {
    const workspace = newWorkspace();
    const fingerprint = fingerprintOf('x');
    const words = ['triage', 'shop', fingerprint, '--reason', 'only a test', '--actor', 'ana'];
    const ran = await certus(workspace, ...words, '--state', 'false_positive');
    expect(ran).toMatchObject({ code: 0, stdout: `${fingerprint}  false_positive\n` });
    expect(await json(workspace, ...words, '--state', 'open')).toMatchObject({
      decisions: [{ state: 'open', actor: 'ana' }],
    });
  });

  test.each<[string, string[]]>([
    ['an acceptance for ever', ['--state', 'accepted', '--reason', 'x']],
    ['an end of something else', ['--state', 'fixed', '--reason', 'x', '--until', '2999-01-01T00:00:00Z']],
    ['no reason', ['--state', 'fixed']],
    ['no such state', ['--state', 'wontfix', '--reason', 'x']],
  ])('%s is wrongly used', async (_what, words) => {
    const ran = await certus(newWorkspace(), 'triage', 'shop', fingerprintOf('x'), ...words);
    expect(ran).toMatchObject({ code: 64, stdout: '', stderr: expect.stringMatching(/^certus: .+\n$/) });
  });
});

test('vex prints a document that programs read, with every decision', async () => {
  const workspace = newWorkspace();
  const vulnerable = findingOf({
    rule: 'CVE-2024-1',
    kind: 'vulnerability',
    identifiers: ['CVE-2024-1'],
    title: ATTACK,
  });
  const testId = await recorded(workspace, [vulnerable], { commit: 'c'.repeat(40) });
  const many = Array.from({ length: 500 }, (_, n) => fingerprintOf(`${n}`));
  for (const fingerprints of [many, [vulnerable.fingerprint]])
    await api.ask('/v1/triage', {
      method: 'POST',
      body: {
        workspace_id: workspace,
        component_id: 'shop',
        fingerprints,
        state: 'false_positive',
        reason: 'vulnerable_code_not_in_execute_path',
      },
    });
  const ran = await certus(workspace, 'vex', testId, '--author', 'ana@example.org');
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).not.toMatch(OBEYED);
  const document = JSON.parse(ran.stdout);
  expect(document).toMatchObject({ '@context': 'https://openvex.dev/ns/v0.2.0', author: 'ana@example.org' });
  expect(document.statements).toHaveLength(501);
  expect(document.statements).toContainEqual(
    expect.objectContaining({
      status: 'not_affected',
      justification: 'vulnerable_code_not_in_execute_path',
      vulnerability: expect.objectContaining({ name: 'CVE-2024-1', description: ATTACK }),
      products: [{ '@id': `pkg:generic/shop@${'c'.repeat(40)}` }],
    }),
  );
});

describe('a scan', () => {
  const begin = async (workspace: string): Promise<string> =>
    (await json(workspace, 'scan', 'https://example.org/shop.git', '--no-wait')).test_id;

  test('is cancelled', async () => {
    const workspace = newWorkspace();
    const testId = await begin(workspace);
    expect(await certus(workspace, 'cancel', testId)).toMatchObject({
      code: 0,
      stdout: `${testId} is being stopped\n`,
    });
    expect(await json(workspace, 'cancel', testId)).toEqual({ test_id: testId, status: 'CANCELLING' });
    const ended = await recorded(workspace, []);
    expect(await certus(workspace, 'cancel', ended)).toMatchObject({
      code: 65,
      stdout: '',
      stderr: 'certus: scan_finished: this scan has ended already\n',
    });
  });

  test('is scanned once more, and waited for', async () => {
    const workspace = newWorkspace();
    const testId = await recorded(workspace, []);
    const [ran] = await Promise.all([certus(workspace, 'rerun', testId), fail(workspace)]);
    expect(ran).toMatchObject({ code: 2, stdout: expect.stringContaining('GATE FAILED') });
    const again = await json(workspace, 'rerun', testId, '--no-wait');
    expect(again).toMatchObject({ status: 'QUEUED', component_id: 'shop' });
    expect(await certus(workspace, 'rerun', testId, '--same-revision', '--no-wait')).toMatchObject({
      code: 65,
      stderr: expect.stringMatching(/^certus: scan_not_finished: /),
    });
  });

  test('is published when that is asked for', async () => {
    const workspace = newWorkspace();
    const learnt = { bundleDigest: 'b'.repeat(64) };
    const keptBack = await recorded(workspace, [], learnt, { publish: false });
    expect(await certus(workspace, 'upload', keptBack)).toMatchObject({
      code: 0,
      stdout: `${keptBack}  pending\n`,
    });
    const byItself = await recorded(workspace, [], learnt);
    expect(await certus(workspace, 'upload', byItself)).toMatchObject({
      code: 65,
      stderr: expect.stringMatching(/^certus: not_uploadable: /),
    });
    expect(await certus(workspace, 'upload', keptBack, '--tier', 'gold')).toMatchObject({ code: 64 });
  });

  test.each([['findings'], ['diff'], ['vex', '--author', 'x'], ['cancel'], ['rerun'], ['upload']])(
    'that is not there is not found by %s',
    async (command, ...more) => {
      expect(await certus(newWorkspace(), command, unknown, ...more)).toMatchObject({
        code: 66,
        stdout: '',
        stderr: expect.stringMatching(/^certus: not_found: .+\n$/),
      });
    },
  );

  async function fail(workspace: string): Promise<void> {
    for (;;) {
      const { scans } = (await api.ask(`/v1/security-scans?workspace_id=${workspace}&status=QUEUED`)).json;
      if (scans[0]) {
        const scope = { tenant: 'default', workspace };
        await updateScan(api.deps.database, scope, scans[0].test_id, {
          status: 'SUCCEEDED',
          verdict: 'failed',
          completedAt: new Date(),
        });
        return;
      }
      await new Promise((wait) => setTimeout(wait, 50));
    }
  }
});

describe('a schedule', () => {
  const source = ['--source', 'https://example.org/shop.git', '--cron', '15 2 * * *', '@weekly'];
  const schedule = (workspace: string, verb: string, ...more: string[]) =>
    certus(workspace, 'schedule', verb, 'shop', 'nightly', ...more);

  test('is put, listed, paused, resumed and removed', async () => {
    const workspace = newWorkspace();
    const put = await schedule(workspace, 'put', ...source, '--timezone', 'Asia/Kolkata', '--paused');
    expect(put.code).toBe(0);
    expect(cells(put)[0]).toEqual(['COMPONENT', 'NAME', 'CRON', 'TIMEZONE', 'STATE', 'NEXT RUN']);
    expect(cells(put)[1]?.slice(0, 5)).toEqual([
      ...['shop', 'nightly', '15 2 * * * | @weekly', 'Asia/Kolkata', 'paused'],
    ]);
    const state = async (ran: Promise<Ran>) => cells(await ran)[1]?.[4];
    expect(await state(schedule(workspace, 'resume'))).toBe('active');
    expect(await state(schedule(workspace, 'pause'))).toBe('paused');
    expect(await state(schedule(workspace, 'show'))).toBe('paused');
    let listed = await json(workspace, 'schedule', 'list', '--component', 'shop');
    while (listed.schedules.length === 0) listed = await json(workspace, 'schedule', 'list');
    expect(listed.schedules).toMatchObject([{ name: 'nightly', scan: { source_type: 'git' } }]);
    const gone = { code: 0, stdout: 'shop/nightly is gone\n' };
    expect(await schedule(workspace, 'remove')).toMatchObject(gone);
    expect(await schedule(workspace, 'remove')).toMatchObject(gone);
    expect(await schedule(workspace, 'show')).toMatchObject({ code: 66 });
  });

  test('runs now, and makes up for what was missed', async () => {
    const workspace = newWorkspace();
    await schedule(workspace, 'put', ...source, '--paused');
    try {
      expect((await schedule(workspace, 'run')).code).toBe(0);
      const days = ['--from', '2026-01-01T00:00:00Z', '--to', '2026-01-02T00:00:00Z'];
      expect((await schedule(workspace, 'backfill', ...days)).code).toBe(0);
      const query = `WorkflowType = 'scheduledScanWorkflow' AND CertusWorkspace = '${workspace}'`;
      const ids: string[] = [];
      while (ids.length === 0)
        for await (const { workflowId } of api.deps.temporal.workflow.list({ query })) ids.push(workflowId);
      for (const id of ids) await api.deps.temporal.workflow.getHandle(id).terminate('the test is over');
    } finally {
      await schedule(workspace, 'remove');
    }
  });

  test.each<[string, number, string, string[]]>([
    ['no cron', 64, 'usage', ['put', '--source', 'https://example.org/x.git']],
    [
      'what is no cron',
      64,
      'invalid_request',
      ['put', '--source', 'https://example.org/x.git', '--cron', 'x'],
    ],
    ['a jitter in words', 64, 'invalid_request', ['put', ...source, '--jitter', 'some']],
    [
      'a place that is not allowed',
      77,
      'source_not_allowed',
      ['put', '--source', '/usr', '--cron', '@daily'],
    ],
    ['no such profile', 65, 'unknown_profile', ['put', ...source, '--profile', 'dreadful']],
    ['nothing to pause', 66, 'not_found', ['pause']],
  ])('%s is %i', async (_what, code, name, [verb = '', ...words]) => {
    expect(await schedule(newWorkspace(), verb, ...words)).toMatchObject({
      code,
      stdout: '',
      stderr: expect.stringMatching(new RegExp(`^certus: ${name}: .+\n$`)),
    });
  });
});
