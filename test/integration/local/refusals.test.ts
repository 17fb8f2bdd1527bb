// needs: postgres, temporal

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CHECKOUT, run, start } from './embedded.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'certus-refusals-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('a start that cannot be', () => {
  test('a home of a newer release is refused and not touched', async () => {
    writeFileSync(join(home, 'version.json'), '{"layout": 99, "more": true}');
    for (const words of [[], ['--detach'], ['--once']]) {
      const { code, stdout } = await start(home, words).ended;
      expect({ code, stdout }).toEqual({ code: 78, stdout: expect.stringContaining('newer release') });
    }
    expect(readdirSync(home)).toEqual(['version.json']);
    expect(readFileSync(join(home, 'version.json'), 'utf8')).toContain('99');
  });

  test('a port that a person fixed and another program has is named', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      const { code, stdout } = await start(home, [], { CERTUS_API_PORT: String(port) }).ended;
      expect(code).toBe(78);
      expect(stdout).toMatch(new RegExp(`port ${port} is taken.*CERTUS_API_PORT`));
    } finally {
      server.close();
    }
  });

  test('every fault of the configuration is named at once', async () => {
    const { code, stdout } = await start(home, [], { CERTUS_API_PORT: 'x', CERTUS_LOG_LEVEL: 'loud' }).ended;
    expect(code).toBe(78);
    expect(stdout).toContain('CERTUS_API_PORT');
    expect(stdout).toContain('CERTUS_LOG_LEVEL');
  });

  test('a Temporal server that cannot be had: what was tried, and the ways to get it', async () => {
    const bare = { PATH: '/nowhere', CERTUS_CACHE: join(home, 'cache'), CERTUS_TEMPORAL_CLI: '' };
    const { code, stdout } = await start(home, [], bare).ended;
    expect(code).toBe(69);
    expect(stdout).toMatch(/temporal is not on PATH[\s\S]*Go is not installed[\s\S]*CERTUS_TEMPORAL_CLI/);
  });

  test('a full disk is called that, and is no obstacle once there is room again', async () => {
    const disk = join(home, 'disk');
    mkdirSync(disk);
    // A small disk of our own, seen by this process only; `remount` makes room on it.
    const script = `mount -t tmpfs -o size=16m tmpfs ${disk} || exit 99
      "$0" "$@" ; echo "first: $?"; find ${disk}/postgres -maxdepth 1 | sort
      mount -o remount,size=1g ${disk} && "$0" "$@"; echo "second: $?"`;
    const own =
      process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-current-user', '--keep-caps', '--mount'];
    const words = [process.execPath, join(CHECKOUT, 'infra', 'local', 'start.ts'), '--once'];
    const { stdout } = await run('unshare', [...own, 'sh', '-c', script, ...words], disk).ended;
    expect(stdout).toMatch(/The disk that holds .* is full \(\d+ MiB free\)[\s\S]*first: 74/);
    expect(stdout).toContain(`first: 74\n${disk}/postgres\n${disk}/postgres/password\n`);
    expect(stdout).toMatch(/second: 2\n$/);
  }, 120_000);
});
