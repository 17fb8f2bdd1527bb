// needs: postgres, temporal

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CHECKOUT, certus, pidOf, pidsIn, record, start, untilGone, untilHealthy } from './embedded.ts';
import { isAlive, until } from './processes.ts';

const SAMPLE = join(CHECKOUT, 'samples', 'leaky-shop');
const GATE_FAILED = 2;
/** Findings of all that Certus can do by itself. */
const IN_THE_SAMPLE = 28;

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'certus-start-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('the embedded set', () => {
  test('starts in the background, and the command finds it', async () => {
    const { code, stdout } = await start(home, ['--detach']).ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('Certus is ready') });
    expect((await certus(home, ['status'])).code).toBe(0);
    const names = record(home).children.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['postgres', 'temporal', 'api', 'assurance', 'trust']));
  });

  test('a second one says who runs here, and disturbs nobody', async () => {
    const before = pidsIn(home);
    const { code, stdout } = await start(home, []).ended;
    expect(code).toBe(75);
    expect(stdout).toContain(`pid ${record(home).pid}, since ${record(home).started_at}`);
    expect(stdout).toContain(record(home).addresses.api);
    expect(pidsIn(home)).toEqual(before);
  });

  test('no worker is given the key of another zone, nor the token', () => {
    const secrets = (name: string) =>
      execFileSync('cat', [`/proc/${pidOf(home, name)}/environ`], { encoding: 'utf8' })
        .split('\0')
        .map((entry) => entry.split('=')[0])
        .filter((variable) => /^CERTUS_(?!KEY_SET).*(KEY|TOKEN)_FILE$/.test(variable ?? ''))
        .sort();
    if (process.platform !== 'linux') return;
    expect(secrets('assurance')).toEqual(['CERTUS_EVIDENCE_KEY_FILE']);
    expect(secrets('trust')).toEqual([
      'CERTUS_AUTHORITY_KEY_FILE',
      'CERTUS_LOG_KEY_FILE',
      'CERTUS_PERMIT_KEY_FILE',
    ]);
    expect(secrets('transform')).toEqual(['CERTUS_PROMOTION_KEY_FILE']);
    expect(secrets('ingest')).toEqual([]);
    expect(secrets('api')).toEqual(['CERTUS_API_TOKEN_FILE', 'CERTUS_OPERATOR_KEY_FILE']);
  });

  test('servers, API and workers that are killed come back, and the chain goes on', async () => {
    const { test_id } = JSON.parse(
      (await certus(home, ['scan', SAMPLE, '--no-wait', '-o', 'json'])).stdout,
    ) as { test_id: string };
    const victims = ['postgres', 'temporal', 'api', 'assurance', 'transform'];
    const killed = victims.map((name) => pidOf(home, name));
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    await until('all were started again', () => victims.every((name, i) => pidOf(home, name) !== killed[i]));
    await untilHealthy(home);
    const scan = await until(
      'the scan has ended',
      async () => {
        const { stdout } = await certus(home, ['scans', '-o', 'json']);
        const { scans } = JSON.parse(stdout) as {
          scans: { test_id: string; status: string; indexed: number }[];
        };
        return scans.find(
          (one) => one.test_id === test_id && one.status !== 'RUNNING' && one.status !== 'QUEUED',
        );
      },
      120,
    );
    expect(scan).toMatchObject({
      status: 'SUCCEEDED',
      verdict: 'failed',
      upload_status: 'uploaded',
      indexed: IN_THE_SAMPLE,
    });
  }, 180_000);

  test('when the supervisor is killed, our own processes end, and the next start clears up the rest', async () => {
    const servers = ['postgres', 'temporal'].map((name) => pidOf(home, name));
    const ours = ['api', 'assurance', 'trust', 'transform', 'ingest'].map((name) => pidOf(home, name));
    process.kill(record(home).pid, 'SIGKILL');
    await untilGone(ours);
    expect(servers.map(isAlive)).toEqual([true, true]);

    const { code, stdout, stderr } = await start(home, ['--once', '-o', 'json', SAMPLE]).ended;
    expect(stderr).toContain(`stopping postgres (pid ${servers[0]}), left behind`);
    expect(code).toBe(GATE_FAILED);
    const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(result).toMatchObject({ verdict: 'failed', findings: IN_THE_SAMPLE, indexed: IN_THE_SAMPLE });
    for (const path of [result.bundle, result.public_key, result.golden_manifest])
      expect({ path, exists: existsSync(path) }).toEqual({ path, exists: true });
    expect(servers.map(isAlive)).toEqual([false, false]);
    expect(readdirSync(join(home, 'run')).sort()).toEqual(['lock', 'ports.json']);
  }, 120_000);

  test('finds everything as it was, and Ctrl-C stops all of it', async () => {
    const running = start(home, []);
    await until('it is ready', () => running.said().includes('Certus is ready'), 60);
    // Not a first start any more.
    expect(running.said()).not.toContain('running the chain');
    const listed = JSON.parse((await certus(home, ['scans', '-o', 'json'])).stdout) as { scans: unknown[] };
    expect(listed.scans).toHaveLength(2);
    const pids = pidsIn(home);
    process.kill(running.pid, 'SIGINT');
    process.kill(running.pid, 'SIGINT');
    expect((await running.ended).code).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(pids.length).toBe(7);
  }, 90_000);

  test('Ctrl-C in the middle of a start leaves nothing running either', async () => {
    const running = start(home, []);
    const pids = await until('the workers are starting', () => {
      const seen = existsSync(join(home, 'run', 'supervisor.json')) ? pidsIn(home) : [];
      return seen.length >= 5 ? seen : undefined;
    });
    process.kill(running.pid, 'SIGTERM');
    expect((await running.ended).code).toBe(130);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(readdirSync(join(home, 'run')).sort()).toEqual(['lock', 'ports.json']);
  }, 60_000);
});
