// needs: postgres, temporal
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Ports } from '../../infra/local/ports.ts';
import { ensureLocalKeys } from '../../services/keys/local-keys.ts';
import { needed, TOKEN } from './api-harness.ts';
import { apiKeys } from './api-keys.ts';

const MAIN = resolve('api/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'certus-api-process-'));
const tokenFile = join(folder, 'token');
writeFileSync(tokenFile, `${TOKEN}\n`);

type Running = { readonly child: ChildProcess; readonly port: number; readonly said: () => string };
const keys = await ensureLocalKeys(folder);
const started: ChildProcess[] = [];

/** A process of its own, as the supervisor starts it. */
function launch(port: number, changes: NodeJS.ProcessEnv = {}): Running {
  const child = fork(MAIN, [], {
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env.PATH,
      CERTUS_HOME: folder,
      CERTUS_DATABASE_URL: needed('CERTUS_DATABASE_URL'),
      CERTUS_TEMPORAL_ADDRESS: needed('CERTUS_TEMPORAL_ADDRESS'),
      CERTUS_API_TOKEN_FILE: tokenFile,
      ...apiKeys(keys),
      CERTUS_OBJECTS: join(folder, 'objects'),
      CERTUS_API_PORT: String(port),
      ...changes,
    },
  });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += String(chunk)));
  return { child, port, said: () => text };
}

async function serving(changes: NodeJS.ProcessEnv = {}): Promise<Running> {
  const running = launch(await new Ports().take('api'), changes);
  expect(await once(running.child, 'message')).toEqual([{ ready: true }, undefined]);
  return running;
}

/** The code it ended with, once everything it said has arrived. */
async function ended({ child }: Running): Promise<number | null> {
  const [code] = await once(child, 'close');
  return code as number | null;
}

afterEach(() => {
  for (const child of started.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
});

test('says that it serves only once it does', async () => {
  const { port } = await serving();
  const answer = await fetch(`http://127.0.0.1:${port}/v1/security-scans`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  expect(answer.status).toBe(200);
});

test('starts without the servers behind it, and says that it is not ready', async () => {
  const nowhere = `127.0.0.1:${await new Ports().take('api')}`;
  const running = await serving({
    CERTUS_TEMPORAL_ADDRESS: nowhere,
    CERTUS_DATABASE_URL: `postgresql://certus@${nowhere}/certus`,
  });
  const { port } = running;
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({
    status: 'not_ready',
    checks: { database: 'unavailable', temporal: 'unavailable', search: 'unavailable' },
  });
  // An attempt that is still planned when the connection closes would bring the process down.
  running.child.kill('SIGTERM');
  expect({ code: await ended(running), said: running.said() }).toMatchObject({ code: 0 });
});

describe('ends by itself', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('when it is asked to (%s)', async (signal) => {
    const running = await serving();
    running.child.kill(signal);
    expect(await ended(running)).toBe(0);
  });

  test('when its supervisor is gone', async () => {
    const running = await serving();
    // 'close' never comes to the side that has disconnected.
    const exit = once(running.child, 'exit');
    running.child.disconnect();
    expect(await exit).toEqual([0, null]);
  });

  test('after answering what it had begun to read', async () => {
    const running = await serving();
    const socket = connect(running.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += String(chunk)));
    const body = JSON.stringify({
      component_id: 'payments',
      git_url: 'https://example.org/p.git',
      workspace_id: 'late',
    });
    socket.write(
      `POST /v1/security-scans HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
    );
    await once(socket, 'data'); // 100 Continue: the server is waiting for this body
    running.child.kill('SIGTERM');
    await refusesConnections(running.port);
    socket.write(body);
    expect(await ended(running)).toBe(0);
    expect(answer).toContain('HTTP/1.1 202 Accepted');
  });
});

describe('does not start', () => {
  test('without what it needs, naming all of it', async () => {
    const running = launch(await new Ports().take('api'), {
      CERTUS_DATABASE_URL: '',
      CERTUS_API_TOKEN_FILE: '',
      CERTUS_OPERATOR_KEY_FILE: '',
    });
    expect(await ended(running)).toBe(78);
    expect(running.said()).toMatch(
      /CERTUS_DATABASE_URL[\s\S]*CERTUS_API_TOKEN_FILE[\s\S]*CERTUS_OPERATOR_KEY_FILE/,
    );
  });

  test.each([
    ['is not there', undefined],
    ['is empty', ''],
    ['could be guessed', 'admin'],
  ])('with a token that %s', async (_what, content) => {
    const file = join(folder, 'other-token');
    if (content !== undefined) writeFileSync(file, content);
    const running = launch(await new Ports().take('api'), {
      CERTUS_API_TOKEN_FILE: content === undefined ? join(folder, 'missing') : file,
    });
    expect(await ended(running)).toBe(78);
    expect(running.said()).toContain('CERTUS_API_TOKEN_FILE');
  });

  test('with an operator key that others can read', async () => {
    const file = join(folder, 'open-key');
    writeFileSync(file, readFileSync(keys.operatorKeyFile), { mode: 0o644 });
    const running = launch(await new Ports().take('api'), { CERTUS_OPERATOR_KEY_FILE: file });
    expect(await ended(running)).toBe(78);
    expect(running.said()).toContain('CERTUS_OPERATOR_KEY_FILE');
  });

  test('on a port that is taken, which may be free later', async () => {
    const { port } = await serving();
    const second = launch(port);
    expect(await ended(second)).toBe(69);
    expect(second.said()).toContain(`127.0.0.1:${port}`);
  });
});

async function refusesConnections(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const outcome = await Promise.race([
      once(socket, 'connect').then(() => 'open'),
      new Promise((resolve) => socket.once('error', () => resolve('refused'))),
    ]);
    socket.destroy();
    if (outcome === 'refused') return;
  }
}
