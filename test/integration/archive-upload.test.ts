import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { archiveKey } from '../../contracts/object-keys.ts';
import { tarOf, zipOf } from '../unit/archive/archives.ts';
import { type Answer, type Api, startApi, TOKEN } from './api-harness.ts';

const PATH = '/v1/security-scans/upload-archive';
const LIMIT = 64 * 1024;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Neither the database nor the engine is asked for an upload: nothing answers at their addresses. */
let api: Api;
beforeAll(async () => {
  api = await startApi({
    databaseUrl: 'postgresql://certus@127.0.0.1:1/certus',
    temporalAddress: '127.0.0.1:1',
    archiveMaxBytes: LIMIT,
  });
});
afterAll(() => api.stop());

const BOUNDARY = '----certus';
type Part = { readonly name?: string; readonly filename?: string; readonly bytes: Buffer };
const form = (...parts: Part[]): Buffer =>
  Buffer.concat([
    ...parts.flatMap(({ name = 'file', filename, bytes }) => [
      Buffer.from(
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n\r\n`,
      ),
      bytes,
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);
const FORM = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };
const ALONE = { 'content-type': 'application/octet-stream' };
const send = (raw: Buffer, headers: Record<string, string> = FORM, query = ''): Promise<Answer> =>
  api.ask(`${PATH}${query}`, { method: 'POST', raw, headers });
const stored = async (bytes: Buffer, workspace = 'default') => {
  const bucket = await api.deps.objects.uploads();
  return bucket.head(archiveKey({ tenant: 'default', workspace }, sha256(bytes)));
};

describe('an archive', () => {
  test('in a form is stored under its digest, in its workspace', async () => {
    const bytes = gzipSync(tarOf({ name: 'a.txt', body: 'in a form' }));
    const answer = await send(form({ filename: 'pay ü.tar.gz', bytes }), FORM, '?workspace_id=team');
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({
      archive_path: `archives/${sha256(bytes)}/pay ü.tar.gz`,
      archive_hash: sha256(bytes),
      filename: 'pay ü.tar.gz',
      size: bytes.length,
    });
    expect(await stored(bytes, 'team')).toMatchObject({ size: bytes.length, sha256: sha256(bytes) });
    expect(await stored(bytes)).toBeUndefined();
  });

  test('alone is stored, too, and sent again it is the same', async () => {
    const bytes = zipOf([{ name: 'a.txt', body: 'alone' }]);
    for (let time = 0; time < 2; time += 1) {
      const answer = await send(bytes, ALONE, '?filename=a.zip');
      expect(answer.status).toBe(201);
      expect(answer.json).toMatchObject({ filename: 'a.zip', archive_hash: sha256(bytes) });
    }
    expect((await send(bytes, ALONE)).json).toMatchObject({ filename: 'archive' });
  });

  test('of exactly the limit is taken, and of a byte more is not', async () => {
    const tar = tarOf({ name: 'a', body: 'x' });
    const just = Buffer.concat([tar, Buffer.alloc(LIMIT - tar.length)]);
    expect((await send(just, ALONE)).status).toBe(201);
    for (const [raw, headers] of [
      [Buffer.concat([just, Buffer.alloc(1)]), ALONE],
      [form({ filename: 'a.tar', bytes: Buffer.concat([just, Buffer.alloc(1)]) }), FORM],
    ] as const)
      expect((await send(raw, headers)).json).toMatchObject({ code: 'payload_too_large', status: 413 });
  });
});

describe('is refused', () => {
  const tar = tarOf({ name: 'a.txt', body: 'x' });

  test('by what it holds and not by its name', async () => {
    for (const bytes of [Buffer.from('#!/bin/sh\n'), Buffer.alloc(2048, 'MZ'), Buffer.alloc(2048)])
      for (const answer of [
        await send(form({ filename: 'a.tar.gz', bytes })),
        await send(bytes, ALONE, '?filename=a.zip'),
      ])
        expect(answer.json).toMatchObject({ code: 'unsupported_media_type', status: 415 });
    expect((await send(form({ filename: 'a.exe', bytes: tar }))).status).toBe(201);
  });

  test('without a file, with another one, or with more than one', async () => {
    for (const raw of [
      form(),
      form({ name: 'other', filename: 'a.tar', bytes: tar }),
      form({ bytes: tar }),
      form({ filename: 'a.tar', bytes: tar }, { filename: 'b.tar', bytes: tar }),
      form({ filename: 'a.tar', bytes: tar }, { name: 'note', bytes: Buffer.from('x') }),
      form({ filename: 'a.tar', bytes: Buffer.alloc(0) }),
      form({ filename: 'a.tar', bytes: tar }).subarray(0, 200),
      Buffer.from('no form at all'),
      Buffer.alloc(0),
    ])
      expect((await send(raw)).json).toMatchObject({ code: 'invalid_request', status: 422 });
    expect((await send(Buffer.alloc(0), ALONE)).json).toMatchObject({ code: 'invalid_request' });
    expect((await send(tar, { 'content-type': 'multipart/form-data' })).json).toMatchObject({
      code: 'invalid_request',
    });
  });

  test('under a name that is none', async () => {
    for (const name of ['..', 'a/b', 'a\\b', 'a\nb', '\u001b[31m', 'x'.repeat(256)])
      expect((await send(tar, ALONE, `?filename=${encodeURIComponent(name)}`)).status).toBe(422);
    // a browser may send a whole path, of which only the end is a name
    expect((await send(form({ filename: 'C:/x/../a.tar', bytes: tar }))).json).toMatchObject({
      filename: 'a.tar',
    });
  });

  test('as JSON or anything else, without a token, and in a workspace that is none', async () => {
    expect((await send(tar, { 'content-type': 'application/json' })).json).toMatchObject({
      code: 'unsupported_media_type',
    });
    expect((await api.ask(PATH, { method: 'POST', raw: tar, headers: ALONE, token: null })).status).toBe(401);
    expect((await send(tar, ALONE, '?workspace_id=../x')).status).toBe(422);
    expect((await api.ask(PATH, { method: 'DELETE' })).status).toBe(405);
  });
});

test('who announces too much is told at once, before a byte of it is sent', async () => {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const headers = { ...ALONE, authorization: `Bearer ${TOKEN}`, 'content-length': String(10 * 1024 ** 3) };
  const request = httpRequest({
    host: '127.0.0.1',
    port: api.port,
    path: PATH,
    method: 'POST',
    headers,
    agent: false,
  });
  request.on('response', (response) => resolve(response.statusCode)).on('error', reject);
  request.flushHeaders();
  expect(await promise).toBe(413);
  request.destroy();
});

test('an upload that breaks off stores nothing and hurts nobody', async () => {
  const bytes = tarOf({ name: 'broken', body: 'x'.repeat(5000) });
  for (const raw of [form({ filename: 'a.tar', bytes }), bytes]) {
    const type = raw === bytes ? ALONE : FORM;
    const socket = connect(api.port, '127.0.0.1');
    const head = `POST ${PATH} HTTP/1.1\r\nHost: 127.0.0.1:${api.port}\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: ${type['content-type']}\r\nContent-Length: ${raw.length}\r\n\r\n`;
    socket.write(Buffer.concat([Buffer.from(head), raw.subarray(0, 3000)]));
    const before = api.log().split('"aborted":true').length;
    socket.once('connect', () => setImmediate(() => socket.resetAndDestroy()));
    while (api.log().split('"aborted":true').length === before)
      await new Promise((done) => setImmediate(done));
  }
  expect(await stored(bytes)).toBeUndefined();
  expect(api.log()).not.toContain('internal_error');
  expect((await send(bytes, ALONE)).status).toBe(201);
});

test('the document says what is sent', () => {
  const route = api.routes.find(({ id }) => id === 'uploadArchive');
  expect(route?.upload?.field).toBe('file');
});
