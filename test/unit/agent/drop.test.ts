import { rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type DropServer, startDrop } from '../../../services/agent/drop-server.ts';
import { temporaryFolder } from '../scan/sources.ts';
import { type Disk, openDisk, silent } from './agent-fixture.ts';

let root: string;
let disk: Disk;
let server: DropServer | undefined;
beforeEach(async () => {
  root = temporaryFolder('drop');
  disk = await openDisk(join(root, 'spool'));
});
afterEach(async () => {
  await server?.close();
  disk.state.close();
  rmSync(root, { recursive: true, force: true });
});
const start = async (changes: object = {}) => {
  const source = {
    kind: 'drop',
    name: 'reports',
    host: '127.0.0.1',
    port: 0,
    max_bytes: 2000,
    ...changes,
  } as const;
  server = await startDrop(source, { spool: disk.spool, log: silent });
};
const post = async (path: string, body: string | Buffer, headers: Record<string, string> = {}) => {
  const answer = await fetch(`http://127.0.0.1:${server?.port}${path}`, {
    method: 'POST',
    body: Buffer.from(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { status: answer.status, retry: answer.headers.get('retry-after'), body: await answer.text() };
};
const names = async () => (await disk.spool.inbox.list('reports')).newest.map(({ name }) => name);

describe('a drop', () => {
  test('has what it has said yes to, also after a crash', async () => {
    await start();
    expect(await post('/sarif/nightly', '{"runs":[]}')).toMatchObject({ status: 202 });
    await server?.close();
    server = undefined;
    disk.state.close();
    disk = await openDisk(join(root, 'spool'));
    expect(await names()).toEqual(['nightly']);
  });

  test('knows a report without a name by what it holds', async () => {
    await start();
    for (const body of ['{"a":1}', '{"a":2}', '{"a":1}']) await post('/sarif', body);
    expect(await names()).toHaveLength(2);
  });

  test('says no to what is too much, and when there is room again', async () => {
    await start();
    expect(await post('/sarif/x', `{"a":"${'x'.repeat(3000)}"}`)).toMatchObject({ status: 413 });
    disk.state.close();
    disk = await openDisk(join(root, 'spool'), 4000);
    await server?.close();
    await start();
    expect((await post('/sarif/a', '{}')).status).toBe(202);
    expect(await post('/sarif/b', '{}')).toMatchObject({ status: 507, retry: '30' });
    expect(await names()).toEqual(['a']);
  });

  test('does not wait for a body that is longer than it says', async () => {
    await start();
    const status = await new Promise((resolve, reject) => {
      const sent = request(
        {
          ...{ port: server?.port, host: '127.0.0.1', path: '/sarif/x', method: 'POST' },
          headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
        },
        ({ statusCode }) => {
          sent.destroy();
          resolve(statusCode);
        },
      );
      sent.on('error', reject);
      sent.write(`{"a":"${'x'.repeat(5000)}`);
    });
    expect([status, await names()]).toEqual([413, []]);
  });

  test('is open to who has its token', async () => {
    writeFileSync(join(root, 'token'), 'open-sesame\n');
    await start({ token_file: join(root, 'token') });
    expect((await post('/sarif/x', '{}')).status).toBe(401);
    expect((await post('/sarif/x', '{}', { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await post('/sarif/x', '{}', { authorization: 'Bearer open-sesame' })).status).toBe(202);
    // an empty file lets nobody in
    writeFileSync(join(root, 'token'), '\n');
    expect((await post('/sarif/x', '{}', { authorization: 'Bearer ' })).status).toBe(401);
    expect(await names()).toEqual(['x']);
  });

  test.each([
    ['what a page brings', '/sarif/x', { origin: 'https://evil.example' }, '{}', 403],
    ['what says that it is text', '/sarif/x', { 'content-type': 'text/plain' }, '{}', 415],
    ['what is packed', '/sarif/x', { 'content-encoding': 'gzip' }, '{}', 415],
    ['what is no object', '/sarif/x', {}, '[1]', 422],
    ['a name that leads elsewhere', '/sarif/..%2fx', {}, '{}', 422],
    ['another place', '/elsewhere', {}, '{}', 404],
    ['a place that is none', '//', {}, '{}', 404],
  ])('does not take %s', async (_, path, headers, body, status) => {
    await start();
    expect((await post(path, body, headers)).status).toBe(status);
    expect(await names()).toEqual([]);
  });
});
