import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import express from 'express';
import { pino } from 'pino';
import { problemHandler } from '../../../api/problems.ts';
import { readBody } from '../../../api/read-body.ts';

let server: Server;
let address: string;

beforeAll(async () => {
  const app = express();
  app.post('/', readBody(10_000), (request, response) => {
    response.json({ read: request.body });
  });
  app.use(problemHandler(pino({ level: 'silent' })));
  server = createServer(app);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => new Promise((closed) => server.close(closed)));

async function send(body: string | Buffer, type = 'application/json') {
  const answer = await fetch(address, { method: 'POST', body, headers: { 'content-type': type } });
  const json = (await answer.json()) as { code?: string; detail?: string; read?: unknown };
  return { code: json.code ?? 'read', detail: json.detail ?? '', read: json.read };
}

describe('a body', () => {
  test.each([
    ['{"a":{"a":[{"a":1},{"a":2}]},"b":"\\"a\\":1"}'],
    ['"text"'],
    ['null'],
    [`${'['.repeat(200)}${']'.repeat(200)}`],
  ])('%s is read as it is', async (text) => {
    expect((await send(text)).read).toEqual(JSON.parse(text));
  });

  test.each([
    ['that says a thing twice', '{"permitted":false,"permitted":true}', 'an object has the same key twice'],
    [
      'that says it twice far inside',
      '{"a":[{"b":{"c":1,"\\u0063":2}}]}',
      'an object has the same key twice',
    ],
    ['that is nested without end', `${'['.repeat(4000)}${']'.repeat(4000)}`, 'nested too deep'],
    ['that is no UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), 'not UTF-8'],
    ['that is no JSON', '{"a":', 'not valid JSON'],
  ])('%s is refused', async (_, body, why) => {
    const { code, detail } = await send(body);
    expect([code, detail]).toEqual(['malformed_json', expect.stringContaining(why)]);
  });

  test('is not quoted when it is refused', async () => {
    const { code, detail } = await send('{"passphrase":"hunter2');
    expect([code, detail]).toEqual(['malformed_json', 'the body is not valid JSON']);
  });

  test('that is too long, or written otherwise, is not looked at', async () => {
    expect((await send(`"${'x'.repeat(10_000)}"`)).code).toBe('payload_too_large');
    expect((await send('{}', 'application/json; charset=latin1')).code).toBe('unsupported_media_type');
  });
});
