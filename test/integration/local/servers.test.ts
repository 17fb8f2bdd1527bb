// needs: postgres

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { type RunningServers, startServers } from '../../../infra/local/start-servers.ts';
import { isAlive, until } from './processes.ts';

let dir: string;
let servers: RunningServers | undefined;
const lines: string[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'certus-servers-'));
  lines.length = 0;
});

afterEach(async () => {
  await servers?.stop();
  rmSync(dir, { recursive: true });
});

const startPostgres = async () => {
  servers = await startServers(['postgres'], { dir, report: (line) => lines.push(line) });
  return servers.env.CERTUS_DATABASE_URL ?? '';
};

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const pid = () => JSON.parse(readFileSync(join(dir, 'run', 'postgres.process.json'), 'utf8')).pid as number;

describe('PostgreSQL', () => {
  test('killed with -9 it comes back at the same address with what was committed', async () => {
    const url = await startPostgres();
    await query(url, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('here')");
    process.kill(pid(), 'SIGKILL');
    const rows = await until('it answers again', () =>
      query(url, 'SELECT word FROM kept').catch(() => undefined),
    );
    expect(rows).toEqual([{ word: 'here' }]);
  });

  test('keeps its data from one start to the next, and nobody without the password gets in', async () => {
    await query(await startPostgres(), 'CREATE TABLE kept (word text)');
    await servers?.stop();
    const url = await startPostgres();
    expect(await query(url, 'SELECT * FROM kept')).toEqual([]);
    const guessed = new URL(url);
    guessed.password = 'guess';
    await expect(query(guessed.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  test('an initialisation that was killed is no obstacle', async () => {
    await startPostgres();
    await servers?.stop();
    // As kill -9 leaves it: a draft that is nearly complete, and no data folder.
    mkdirSync(join(dir, 'postgres', 'draft-4711'));
    renameSync(join(dir, 'postgres', 'data'), join(dir, 'postgres', 'draft-4711', 'data'));
    writeFileSync(join(dir, 'postgres', 'draft-4711', 'password'), 'x');
    expect(await query(await startPostgres(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(readdirSync(join(dir, 'postgres')).sort()).toEqual(['data', 'password']);
  });

  test('stops without leaving a process', async () => {
    await startPostgres();
    const running = pid();
    await servers?.stop();
    expect(isAlive(running)).toBe(false);
  });
});
