import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Ports, PortTaken } from '../../../infra/local/ports.ts';

let folder: string;
let file: string;
let taken: Server;
let takenPort: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certus-ports-'));
  file = join(folder, 'run', 'ports.json');
  taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  takenPort = (taken.address() as { port: number }).port;
});

afterEach(async () => {
  await new Promise((resolve) => taken.close(resolve));
  rmSync(folder, { recursive: true });
});

async function freePort(): Promise<number> {
  return new Ports().take('any');
}

describe('ports', () => {
  test('a preferred port is used when it is free, and kept', async () => {
    const preferred = await freePort();
    expect(await new Ports(file).take('api', { preferred })).toBe(preferred);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ api: preferred });
  });

  test('a preferred port that is taken gives way to another, which stays the same at the next start', async () => {
    const first = await new Ports(file).take('api', { preferred: takenPort });
    expect(first).not.toBe(takenPort);
    expect(await new Ports(file).take('api', { preferred: takenPort })).toBe(first);
  });

  test('a kept port that somebody else took is replaced', async () => {
    await new Ports(file).take('api');
    writeFileSync(file, JSON.stringify({ api: takenPort }));
    const port = await new Ports(file).take('api');
    expect(port).not.toBe(takenPort);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ api: port });
  });

  test('a fixed port that is taken is an error that names the port and the setting', async () => {
    const fixed = { port: takenPort, setting: 'CERTUS_API_PORT' };
    const asked = new Ports(file).take('api', { fixed });
    await expect(asked).rejects.toThrow(PortTaken);
    await expect(asked).rejects.toThrow(new RegExp(`${takenPort}.*CERTUS_API_PORT`));
  });

  test('two that ask at once get different ports, also when both prefer the same', async () => {
    const preferred = await freePort();
    const ports = new Ports(file);
    const both = await Promise.all([ports.take('a', { preferred }), ports.take('b', { preferred })]);
    expect(new Set(both).size).toBe(2);
  });

  test('without a file to keep them in, the well-known ports are left to others', async () => {
    const preferred = await freePort();
    expect(await new Ports().take('api', { preferred })).not.toBe(preferred);
  });

  test('a torn file does no harm', async () => {
    await new Ports(file).take('api');
    writeFileSync(file, '{"api": 20');
    expect(await new Ports(file).take('api')).toBeGreaterThan(0);
  });
});
