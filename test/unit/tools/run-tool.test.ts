import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EXTERNAL } from '../../../domain/tools/external.ts';
import { Workshop } from './tool-harness.ts';

let shop: Workshop;

beforeEach(() => {
  shop = new Workshop();
  shop.file('src/app.py', 'import os\nos.system(command)\n');
});
afterEach(() => shop.remove());

/** What bandit is asked: the version first or last, and in between to write its report. */
const bandit = (script: string) =>
  shop.fake(
    'bandit',
    `if [ "$1" = --version ]; then echo "bandit 9.8.7"; exit 0; fi
     for last; do output=$last; done
     ${script}`,
  );

const REPORT = JSON.stringify({
  errors: [],
  results: [
    {
      test_id: 'B605',
      test_name: 'start_process_with_a_shell',
      filename: './src/app.py',
      issue_text: 'Starting a process with a shell',
      issue_severity: 'HIGH',
      issue_confidence: 'HIGH',
      issue_cwe: { id: 78 },
      line_number: 2,
      line_range: [2],
      code: '2 os.system(command)\n',
    },
  ],
});
const writes = (text: string) => `cat > "$output" <<'END'\n${text}\nEND\n`;

describe('where tools must be kept apart', () => {
  const inShop = async (method: 'process' | 'namespaces' | 'bubblewrap', needIsolation = true) => {
    await shop.remove();
    shop = new Workshop({ needIsolation, method });
    shop.file('src/app.py', 'pass\n');
    bandit(`${writes(REPORT)} exit 1`);
    return (await shop.run('bandit')).run;
  };

  test.each(['process', 'namespaces'] as const)('none of others is run with %s alone', async (method) => {
    expect(await inShop(method)).toMatchObject({
      outcome: 'not_available',
      reason: expect.stringContaining('CERTUS_TOOLS_NEED_ISOLATION'),
    });
    expect(shop.events.some(({ type }) => type === 'tool_start')).toBe(false);
  });

  test('it is where the system has walls, or nobody asks for them', async () => {
    expect(await inShop('bubblewrap')).toMatchObject({ outcome: 'completed' });
    expect(await inShop('process', false)).toMatchObject({ outcome: 'completed' });
  });
});

describe('a tool of others', () => {
  test('that does its work', async () => {
    bandit(`${writes(REPORT)} exit 1`);
    const { run, result, report } = await shop.run('bandit', { required: true });
    expect(run).toMatchObject({
      ...{ tool: 'bandit', version: '9.8.7', required: true, outcome: 'completed', reason: null },
      ...{ exit_code: 1, findings: 1, reports: ['reports/sast/bandit.json'] },
    });
    expect(run.isolation?.method).toMatch(/bubblewrap|namespaces|process/);
    expect(result.findings[0]).toMatchObject({
      rule: 'B605',
      location: { path: 'src/app.py', start_line: 2 },
    });
    expect(JSON.parse(await report('reports/sast/bandit.json')).results).toHaveLength(1);
    expect(shop.events.map(({ type }) => type)).toEqual(['tool_start', 'tool_complete']);
    expect(shop.events[0]?.data.command).toMatch(/^bandit -r \{source\}/);
    expect(shop.events[1]?.data).toMatchObject({ outcome: 'completed', exit_code: 1, findings: 1 });
    expect(readdirSync(join(shop.folder, 'work'))).toEqual(['checkout']); // nothing of its own is left
  });

  test('that is not installed, or has nothing to look at', async () => {
    expect((await shop.run('bandit')).run).toMatchObject({
      outcome: 'not_available',
      reason: expect.stringContaining('pipx install bandit'),
    });
    expect((await shop.run('hadolint')).run).toMatchObject({ outcome: 'not_relevant', findings: 0 });
    expect((await shop.run('bandit', { config: { exclude: ['src/'] } })).run.outcome).toBe('not_relevant');
  });

  test.each([
    ['ends oddly', `${writes(REPORT)} echo "no such option" >&2; exit 2`, /exit code 2: no such option/],
    ['is killed', `${writes(REPORT)} kill -9 $$`, /exit code 137|signal/],
    ['writes nothing', 'exit 0', /wrote no report/],
    ['writes no JSON', `${writes('<html>')} exit 0`, /no JSON/],
    ['writes other JSON', `${writes('{"error": "quota"}')} exit 0`, /does not look like/],
    ['leaves a link', 'ln -s /etc/passwd "$output"; exit 0', /another place|wrote no report/],
    [
      'moves its folder away',
      'rmdir "$(dirname "$output")"; ln -s /etc "$(dirname "$output")"; exit 0',
      /another place|wrote no report/,
    ],
    ['leaves a pipe', 'mkfifo "$output"; exit 0', /not a file/],
  ])('that %s has failed', async (_, script, reason) => {
    bandit(script);
    const { run, result } = await shop.run('bandit');
    expect(run).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(reason), version: '9.8.7' });
    expect(result).toMatchObject({ findings: [], files: [] });
  });

  test('that leaves out what nobody can parse has done its work; one that loses results has not', async () => {
    const errors = [{ filename: './src/odd.py', reason: 'syntax error while parsing AST from file' }];
    bandit(`${writes(JSON.stringify({ ...JSON.parse(REPORT), errors }))} exit 1`);
    const { run, result } = await shop.run('bandit');
    expect(run).toMatchObject({ outcome: 'completed', reason: null, findings: 1 });
    expect(result.notices).toMatchObject([{ code: 'not_searched', path: 'src/odd.py' }]);
    const results = [...JSON.parse(REPORT).results, 'odd'];
    bandit(`${writes(JSON.stringify({ errors: [], results }))} exit 1`);
    expect((await shop.run('bandit')).run).toMatchObject({
      ...{ outcome: 'failed', reason: expect.stringMatching(/^malformed_result: /), findings: 1 },
    });
  });

  test.each([
    ['that it did not succeed', { invocations: [{ executionSuccessful: false }] }, 'execution_failed'],
    [
      'that something is wrong with it',
      {
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: [{ level: 'error', message: { text: 'crashed' } }],
          },
        ],
      },
      'tool_error: crashed',
    ],
    ['nothing of results', { results: null }, 'run_without_results'],
  ])('whose report says %s has failed, and what it found counts', async (_, more, reason) => {
    const whole = {
      tool: { driver: { name: 'semgrep' } },
      results: [{ ruleId: 'r', message: { text: 'm' } }],
      invocations: [{ executionSuccessful: true }],
    };
    const semgrep = (runs: object[]) =>
      shop.fake(
        'semgrep',
        `for word; do case "$word" in --output=*) output=\${word#--output=};; esac; done
         ${writes(JSON.stringify({ version: '2.1.0', runs }))} exit 0`,
      );
    semgrep([whole]);
    expect((await shop.run('semgrep')).run).toMatchObject({ outcome: 'completed', findings: 1 });
    semgrep([whole, { ...whole, ...more }]);
    const { run, result } = await shop.run('semgrep');
    expect(run).toMatchObject({ outcome: 'failed', reason: expect.stringContaining(reason), exit_code: 0 });
    expect(run.findings).toBe('results' in more ? 1 : 2);
    expect(result.findings).toHaveLength(run.findings);
    expect(run.reports).toEqual(['reports/sast/semgrep.sarif']);
  });

  test('that takes too long', async () => {
    bandit('sleep 50');
    expect((await shop.run('bandit', { config: { timeout: 1 } })).run).toMatchObject({
      outcome: 'timed_out',
      reason: 'it took longer than the 1 s of its timeout',
    });
    const until = new Date(Date.now() - 1000).toISOString();
    expect((await shop.run('bandit', { until })).run).toMatchObject({
      outcome: 'timed_out',
      reason: 'the time of the profile for all tools together is used up',
    });
  });

  test('that is called off', async () => {
    bandit('echo begun; sleep 50');
    const cancel = new AbortController();
    const run = shop.run('bandit', {}, cancel.signal);
    while (!shop.lines().includes('begun')) await new Promise((resolve) => setTimeout(resolve, 20));
    cancel.abort(new Error('called off'));
    await expect(run).rejects.toThrow('called off');
    expect(readdirSync(join(shop.folder, 'work'))).toEqual(['checkout']);
  });

  test('that prints and reports secrets', async () => {
    const secret = ['ghp', '16C7e42F292c6912E7710c838347Ae178B4a'].join('_');
    const quoting = REPORT.replace('2 os.system(command)', `2 TOKEN = '${secret}'`);
    bandit(`echo "found ${secret} in ${shop.tree}/src/app.py" >&2; ${writes(quoting)} exit 1`);
    const told = await shop.run('bandit');
    const everything = [
      JSON.stringify(told.result),
      JSON.stringify(shop.events),
      await told.report('reports/sast/bandit.json'),
    ].join('\n');
    expect(told.run.outcome).toBe('completed');
    expect(shop.lines()).toEqual([expect.stringMatching(/^found \*+ in src\/app\.py$/)]);
    expect(everything).not.toContain(secret.slice(4));
    expect(everything).not.toContain(shop.folder);
  });

  test('that is told what it cannot heed', async () => {
    bandit(`${writes(REPORT)} exit 1`);
    expect((await shop.run('bandit', { config: { rules: ['mine.yaml'] } })).run).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('"rules"'),
    });
    shop.fake('semgrep', 'exit 0');
    for (const rules of [['../outside.yaml'], ['missing.yaml'], ['/etc/passwd'], ['p/ci']])
      expect((await shop.run('semgrep', { config: { rules } })).run).toMatchObject({
        outcome: 'failed',
        reason: expect.stringContaining('no file of the source'),
      });
  });

  test('whose findings the manifest leaves out says how many', async () => {
    bandit(`${writes(REPORT.replace('./src/app.py', './vendor/app.py'))} exit 1`);
    shop.file('vendor/app.py', 'import os\nos.system(command)\n');
    const { run, result } = await shop.run('bandit', { config: { exclude: ['vendor/**'] } });
    expect(run).toMatchObject({ outcome: 'completed', findings: 0 });
    expect(result.notices).toContainEqual(
      expect.objectContaining({ code: 'excluded', message: expect.stringMatching(/ 1 findings/) }),
    );
  });

  test('does not fail because nobody writes down what it tells', async () => {
    shop.eventsFail = true;
    bandit(`echo hello; ${writes(REPORT)} exit 1`);
    const { run, result } = await shop.run('bandit');
    expect(run.outcome).toBe('completed');
    expect(result.notices).toContainEqual(expect.objectContaining({ code: 'events_lost' }));
  });

  test('without its database sees nothing, which is not "nothing found"', async () => {
    shop.fake('osv-scanner', 'echo "osv-scanner version: 2.0.0"');
    expect((await shop.run('osv-scanner')).run).toMatchObject({
      outcome: 'not_available',
      reason: expect.stringContaining('no database'),
    });
    const database = join(shop.means.cache, 'osv-scalibr', 'npm');
    mkdirSync(database, { recursive: true });
    writeFileSync(join(database, 'all.zip'), '');
    expect((await shop.run('osv-scanner')).run).toMatchObject({
      outcome: 'failed',
      data: { name: 'OSV', updated_at: expect.stringMatching(/^\d{4}-/) },
    });
  });

  test('that looks at a running target needs one', async () => {
    shop.fake('zap.sh', 'exit 0');
    expect((await shop.run('dast')).run).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('stackBaseUrl'),
    });
  });

  test.each([
    ['http://169.254.169.254/latest/meta-data', []],
    ['http://127.0.0.1:7233/', ['staging.example.org']],
    ['https://staging.example.org.evil.example/', ['staging.example.org']],
    ['https://evil.example/staging.example.org', ['staging.example.org']],
    ['https://staging.example.org:8443/', ['staging.example.org:443']],
    ['http://staging.example.org/', ['staging.example.org:443']],
    ['http://[::1]:8080/', ['[::1]:80', '::1']],
  ])('goes to no running target that nobody has allowed: %s', async (target, targets) => {
    await shop.remove();
    shop = new Workshop({ targets });
    shop.fake('zap.sh', 'exit 0');
    expect((await shop.run('dast', { target })).run).toMatchObject({
      ...{ outcome: 'failed', reason: expect.stringContaining('CERTUS_DAST_ALLOWED_HOSTS') },
    });
    expect(shop.events.some(({ type }) => type === 'tool_start')).toBe(false);
  });

  test.each([
    ['https://staging.example.org:8443/', 'staging.example.org'],
    ['https://Staging.Example.org/', 'STAGING.example.org:443'],
    ['http://127.0.0.1:8080/', '127.0.0.1:8080'],
    ['http://[::1]:8080/', '[::1]'],
  ])('goes to one that is allowed: %s', async (target, allowed) => {
    await shop.remove();
    shop = new Workshop({ targets: [allowed] });
    shop.fake('zap.sh', 'echo "visits $CERTUS_TARGET"; exit 0');
    const { run } = await shop.run('dast', { target });
    expect(run.reason).not.toContain('CERTUS_DAST_ALLOWED_HOSTS');
    expect(shop.lines()).toContain(`visits ${target}`);
  });

  test.each([
    'file:///etc/passwd',
    String.raw`http://evil.example\@staging.example.org/`,
    'http://user@staging.example.org/',
    ['http://staging.example.org/$', '{HOME}'].join(''),
  ])('visits nothing that it could take for another address: %s', async (target) => {
    await shop.remove();
    shop = new Workshop({ targets: ['staging.example.org', 'evil.example', ''] });
    shop.fake('zap.sh', 'exit 0');
    expect((await shop.run('dast', { target })).run).toMatchObject({
      ...{ outcome: 'failed', reason: expect.stringContaining('no http address') },
    });
  });
});

describe('a scanner of our own', () => {
  test('runs in a thread, and leaves a report', async () => {
    const secret = ['ghp', '16C7e42F292c6912E7710c838347Ae178B4a'].join('_');
    shop.file('settings.env', `TOKEN=${secret}\n`);
    const { run, report } = await shop.run('secrets');
    expect(run).toMatchObject({ outcome: 'completed', findings: 1, isolation: { method: 'thread' } });
    const sarif = await report('reports/secrets/secrets.sarif');
    expect(JSON.parse(sarif)).toMatchObject({ version: '2.1.0' });
    expect(sarif).not.toContain(secret);
  });

  test('is stopped in the middle when it is called off, or its time is up', async () => {
    for (let at = 0; at < 400; at += 1)
      shop.file(`many/${at}.py`, `token = "${'x1Y2'.repeat(2000)}"\n`.repeat(20));
    const cancel = AbortSignal.timeout(30);
    await expect(shop.run('secrets', {}, cancel)).rejects.toThrow();
    const until = new Date(Date.now() + 50).toISOString();
    expect((await shop.run('secrets', { until })).run.outcome).toBe('timed_out');
  });
});

test('every declaration of a tool keeps its report in the folder of what it looks for', () => {
  for (const [id, { report, category }] of Object.entries(EXTERNAL))
    expect(report.path).toMatch(new RegExp(`^reports/${category}/${id}\\.`));
});
