// needs: postgres, temporal
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ScanChanges } from '../../services/database/scan-record.ts';
import { openScan, updateScan } from '../../services/database/scans.ts';
import { type Api, startApi, TOKEN } from './api-harness.ts';

const LAUNCHER = resolve('cli/certus.mjs');
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'certus-cli-')));
const workspace = `cli-${randomUUID().slice(0, 8)}`;
const scope = { tenant: 'default', workspace };
let api: Api;

beforeAll(async () => {
  mkdirSync(join(folder, 'plain'));
  mkdirSync(join(folder, 'home'));
  execFileSync('git', ['init', '--quiet', join(folder, 'repository')]);
  symlinkSync(LAUNCHER, join(folder, 'linked'));
  api = await startApi({ sourceRoots: [folder] });
});
afterAll(async () => {
  await api.stop();
});

/** The escape character and an override of the direction: what a terminal would obey. */
const OBEYED = /\p{Cc}\[|\u202e/u;

type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

function start(words: readonly string[], changes: NodeJS.ProcessEnv = {}, launcher = LAUNCHER): ChildProcess {
  return spawn(process.execPath, [launcher, ...words], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      CERTUS_HOME: join(folder, 'home'),
      CERTUS_API_URL: `http://127.0.0.1:${api.port}`,
      CERTUS_TOKEN: TOKEN,
      ...changes,
    },
  });
}

function certus(
  words: readonly string[],
  changes: NodeJS.ProcessEnv = {},
  launcher = LAUNCHER,
): Promise<Ran> {
  return ending(start(words, changes, launcher));
}

function ending(child: ChildProcess): Promise<Ran> {
  const { promise, resolve: done, reject } = Promise.withResolvers<Ran>();
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)));
  child.on('error', reject).on('close', (code) => done({ code, stdout, stderr }));
  return promise;
}

/** The worker's part: nobody serves the queues here. */
async function finish(changes: ScanChanges): Promise<void> {
  for (;;) {
    const { json } = await api.ask(`/v1/security-scans?workspace_id=${workspace}&status=QUEUED`);
    const [scan] = json.scans;
    if (scan) {
      await updateScan(api.deps.database, scope, scan.test_id, changes);
      return;
    }
    await new Promise((wait) => setTimeout(wait, 50));
  }
}

describe('scan', () => {
  const counts = { critical: 1, high: 0, medium: 2, low: 0, info: 0 };

  test.each<[string, number, ScanChanges, RegExp]>([
    ['passed', 0, { status: 'SUCCEEDED', verdict: 'passed', uploadStatus: 'uploaded' }, /PASSED/],
    [
      'failed',
      2,
      { status: 'SUCCEEDED', verdict: 'failed', findings: counts, violations: ['critical: 1 > 0'] },
      /GATE FAILED/,
    ],
    [
      'broken',
      1,
      { status: 'FAILED', errors: [{ code: 'source_unreachable', message: 'no route' }] },
      /source_unreachable/,
    ],
  ])('waits for the verdict: %s is %i', async (_what, code, outcome, said) => {
    const [ran] = await Promise.all([
      certus(['scan', 'repository', '--workspace', workspace]),
      finish(outcome),
    ]);
    expect(ran).toMatchObject({ code, stdout: expect.stringMatching(said) });
    expect(ran.stderr).toMatch(/^test_[0-9a-f]{24} accepted/);
  });

  test('prints exactly one JSON document when asked to', async () => {
    const words = ['scan', 'plain', '--workspace', workspace, '--component', 'payments', '-o', 'json'];
    const [ran] = await Promise.all([
      certus(words),
      finish({ status: 'SUCCEEDED', verdict: 'passed', findings: counts }),
    ]);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      source_type: 'directory',
      directory_path: join(folder, 'plain'),
      component_id: 'payments',
      verdict: 'passed',
      findings: counts,
    });
  });

  test('does not wait when told so', async () => {
    const ran = await certus([
      'scan',
      'https://example.org/x.git',
      '--workspace',
      workspace,
      '--no-wait',
      '-o',
      'json',
    ]);
    expect(JSON.parse(ran.stdout)).toMatchObject({ status: 'QUEUED', component_id: 'x' });
    await finish({ status: 'CANCELLED' });
  });

  test('holds the source to the manifest that is given', async () => {
    writeFileSync(
      join(folder, 'gate.json'),
      JSON.stringify({ product: 'p', version: '1', profiles: [{ name: 'strict', tools: ['secrets'] }] }),
    );
    const words = ['scan', 'plain', '--workspace', workspace, '--manifest', 'gate.json', '--no-wait'];
    expect(await certus([...words, '--profile', 'strict'])).toMatchObject({ code: 0 });
    await finish({ status: 'CANCELLED' });
    expect(await certus([...words, '--profile', 'light'])).toMatchObject({
      code: 65,
      stderr: expect.stringContaining('unknown_profile'),
    });
  });

  test('never lets a scanned name command the terminal', async () => {
    const attack = '\u001b[2J\u001b[32mPASSED\u202e';
    const outcome: ScanChanges = {
      status: 'SUCCEEDED',
      verdict: 'failed',
      warnings: [{ code: 'skipped', message: 'x', path: attack }],
    };
    const [text] = await Promise.all([certus(['scan', 'plain', '--workspace', workspace]), finish(outcome)]);
    expect(text.stdout).toContain('\\u{1b}[2J');
    expect(text.stdout + text.stderr).not.toMatch(OBEYED);
    const [json] = await Promise.all([
      certus(['scan', 'plain', '--workspace', workspace, '-o', 'json']),
      finish(outcome),
    ]);
    expect(json.stdout).not.toMatch(OBEYED);
    expect(JSON.parse(json.stdout).warnings[0].path).toBe(attack);
  });
});

describe('lists', () => {
  test('arrive whole, however slowly they are read', async () => {
    const name = `${workspace}-many`;
    for (let n = 0; n < 100; n += 1) {
      await openScan(
        api.deps.database,
        { ...scope, workspace: name },
        {
          testId: `test_${String(n).padStart(12, '0')}`,
          component: 'many',
          assessment: 'default',
          source: { type: 'directory', path: `/srv/${'x'.repeat(2000)}` },
          requestedBy: null,
          profile: 'light',
          manifestDigest: 'd',
          request: null,
          workflowId: `scan/${name}/many/${n}`,
          createdAt: new Date(),
        },
      );
    }
    const child = start(['scans', '--workspace', name, '--limit', '100', '-o', 'json']);
    child.stdout?.pause();
    const ran = ending(child);
    await new Promise((more) => child.stdout?.once('readable', more));
    child.stdout?.resume();
    const { stdout, code } = await ran;
    expect(stdout.length).toBeGreaterThan(200_000);
    expect(JSON.parse(stdout).scans).toHaveLength(100);
    expect(code).toBe(0);
  });

  test('are plain lines of cells in a pipe', async () => {
    const { stdout } = await certus(['scans', '--workspace', workspace, '--status', 'FAILED']);
    const [head, row] = stdout.split('\n');
    expect(head).toBe('TEST ID\tCOMPONENT\tSTATUS\tVERDICT\tFINDINGS\tCREATED');
    expect(row).toMatch(/^test_[0-9a-f]{24}\trepository\tFAILED\t-\t-\t2/);
  });

  test('search shows what is found, with every filter', async () => {
    await api.deps.search.index(scope, [
      {
        id: 'one',
        kind: 'finding',
        title: 'Private key',
        text: 'in a file',
        severity: 'high',
        rule: 'private-key',
        path: 'a.pem',
        extra: { start_line: 7 },
        component: 'payments',
        testId: 'test_0123456789ab',
        capturedAt: new Date().toISOString(),
      },
    ]);
    const words = [
      'search',
      'private',
      'key',
      '--workspace',
      workspace,
      '--severity',
      'high',
      'low',
      '--rule',
      'private-key',
    ];
    expect((await certus(words)).stdout.split('\n')[1]).toBe(
      'finding\thigh\tprivate-key\tPrivate key\ta.pem:7\tpayments',
    );
    const other = await certus([
      'search',
      'private',
      '--workspace',
      workspace,
      '--severity',
      'low',
      '-o',
      'json',
    ]);
    expect(JSON.parse(other.stdout)).toMatchObject({ total: 0, hits: [] });
  });
});

describe('a failure is one line with a code, and an exit code', () => {
  test.each<[string, number, string, string[], NodeJS.ProcessEnv]>([
    ['no such command', 64, 'usage', ['scna'], {}],
    ['no such option', 64, 'usage', ['scans', '--what'], {}],
    ['a wrong choice', 64, 'usage', ['scans', '--status', 'DONE'], {}],
    ['a wrong value', 64, 'invalid_request', ['scans', '--workspace', 'Not OK'], {}],
    [
      'credentials in a URL',
      64,
      'invalid_request',
      ['scan', 'https://u:hunter2@example.org/x', '--no-wait'],
      {},
    ],
    ['nothing there', 66, 'source_not_found', ['scan', 'nothing'], {}],
    ['a place that is not allowed', 77, 'source_not_allowed', ['scan', '/usr', '--no-wait'], {}],
    ['a wrong token', 77, 'unauthenticated', ['scans'], { CERTUS_TOKEN: 'wrong' }],
    ['no token', 78, 'no_token', ['scans'], { CERTUS_TOKEN: '' }],
    ['nobody there', 69, 'dependency_unavailable', ['scans'], { CERTUS_API_URL: 'http://127.0.0.1:1' }],
    ['nothing running', 69, 'not_running', ['scans'], { CERTUS_API_URL: '' }],
    ['a bad setting', 78, 'configuration', ['config'], { CERTUS_API_PORT: 'x' }],
    ['no bundle', 66, 'key_unusable', ['verify', 'plain'], {}],
  ])('%s: %i', async (_what, code, name, words, changes) => {
    const ran = await certus(words, changes);
    expect(ran).toMatchObject({
      code,
      stdout: '',
      stderr: expect.stringMatching(new RegExp(`^certus: ${name}: .+\n$`)),
    });
    expect(ran.stderr).not.toContain('hunter2');
  });

  test('a server that is not Certus is told apart', async () => {
    const ran = await certus(['scans'], { CERTUS_API_URL: `http://127.0.0.1:${api.port}/docs` });
    expect(ran).toMatchObject({ code: 66, stderr: expect.stringContaining('not_found') });
  });
});

describe('the command itself', () => {
  test('works through a link from any folder', async () => {
    expect(await certus(['--version'], {}, join(folder, 'linked'))).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  test('asks for the set-up when there was none', async () => {
    mkdirSync(join(folder, 'fresh', 'cli'), { recursive: true });
    copyFileSync(LAUNCHER, join(folder, 'fresh', 'cli', 'certus.mjs'));
    const ran = await certus(['scans'], {}, join(folder, 'fresh', 'cli', 'certus.mjs'));
    expect(ran).toMatchObject({
      code: 78,
      stderr: `certus: not_set_up: run "npm start" once in ${join(folder, 'fresh')}\n`,
    });
  });

  test('status tells what answers, config what is in force without its secrets', async () => {
    const status = await certus(['status', '-o', 'json']);
    expect(status.code).toBe(0);
    expect(JSON.parse(status.stdout)).toMatchObject({
      running: false,
      api: { ready: true, checks: { temporal: 'ok' } },
    });
    const config = await certus(['config', '-o', 'json'], {
      CERTUS_DATABASE_URL: 'postgresql://certus:hunter2@db/certus',
    });
    expect(config.stdout).not.toMatch(/hunter2|certus_integration/);
    const { settings, client } = JSON.parse(config.stdout);
    expect(settings).toContainEqual(
      expect.objectContaining({ name: 'CERTUS_DATABASE_URL', value: '********', origin: 'environment' }),
    );
    expect(client).toMatchObject({ address_origin: 'CERTUS_API_URL', token_origin: 'CERTUS_TOKEN' });
  });

  test('down leaves a process alone that has got the number of an old supervisor', async () => {
    const home = join(folder, 'old-home');
    mkdirSync(join(home, 'run'), { recursive: true });
    const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const addresses = {
      api: 'http://127.0.0.1:1',
      docs: 'http://127.0.0.1:1/docs',
      temporal_ui: 'http://127.0.0.1:2',
    };
    const state = {
      pid: bystander.pid,
      started_at: new Date().toISOString(),
      state: 'ready',
      addresses,
      children: [],
    };
    writeFileSync(join(home, 'run', 'supervisor.json'), JSON.stringify(state));
    try {
      expect(await certus(['down'], { CERTUS_HOME: home })).toMatchObject({
        code: 0,
        stdout: 'nothing is running here\n',
      });
      expect(bystander.exitCode).toBeNull();
      expect(bystander.signalCode).toBeNull();
    } finally {
      bystander.kill('SIGKILL');
    }
  });
});
