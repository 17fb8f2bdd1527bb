// needs: postgres, s3, temporal
import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { documentKey } from '../../../contracts/object-keys.ts';
import { type Answer, type Api, TOKEN } from '../api-harness.ts';
import { ALONE, bring, FORM, form, LIMIT, startUploads } from './uploads-harness.ts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe.each(['directory', 's3'] as const)('documents brought to a store: %s', (kind) => {
  let place: Awaited<ReturnType<typeof startUploads>>;
  let api: Api;
  let workspace: string;
  const scope = () => ({ tenant: 'default', workspace });

  beforeAll(async () => {
    place = await startUploads(kind);
    api = place.api;
  }, 60_000);
  afterAll(() => place.stop());
  beforeEach(() => {
    workspace = `w-${randomBytes(6).toString('hex')}`;
  });

  const send = (
    raw: Buffer,
    parameters: Record<string, string> = {},
    headers: Record<string, string> = ALONE,
  ) => bring(api, workspace, raw, parameters, headers);
  const stored = (name: string) => place.uploads.head(documentKey(scope(), name));
  const failures = () =>
    api.deps.database.client.failedUpload.findMany({ where: scope(), orderBy: { id: 'asc' } });
  const listed = async (query = ''): Promise<Answer> =>
    api.ask(`/v1/documents?workspace_id=${workspace}${query}`);

  test('a file in a form is stored under its name, typed by what it holds', async () => {
    const bytes = Buffer.from('%PDF-1.7\n%\xe2\xe3\n a contract');
    const raw = form({ filename: 'Verträge/März 2026.pdf', bytes });
    const answer = await send(raw, {}, FORM);
    expect(answer.status).toBe(201);
    const name = 'active/Verträge/März 2026.pdf';
    expect(answer.json).toEqual({
      bucket: 'uploads',
      key: documentKey(scope(), name),
      name,
      sha256: sha256(bytes),
      size: bytes.length,
      media_type: 'application/pdf',
      uploaded_at: expect.any(String),
    });
    expect(await stored(name)).toMatchObject({ sha256: sha256(bytes), contentType: 'application/pdf' });
    expect((await listed()).json.documents).toEqual([answer.json]);
  });

  test('a name in pieces of Unicode is composed; names that look alike are two names', async () => {
    const [composed, apart] = ['\u00fc.txt', 'u\u0308.txt'];
    const bytes = Buffer.from('x');
    expect((await send(bytes, { name: apart, prefix: '' })).json.name).toBe(composed);
    expect((await send(bytes, { name: composed, prefix: '' })).status).toBe(200);
    // a Cyrillic letter, and another case
    for (const name of ['a.txt', '\u0430.txt', 'A.txt'])
      expect((await send(Buffer.from(name), { name, prefix: '' })).status).toBe(201);
  });

  test.each([
    ['a way out', '../x'],
    ['a way out behind a folder', 'a/../../x'],
    ['a root', '/etc/passwd'],
    ['a folder', 'a/'],
    ['a line break', 'a\nb'],
    ['a backslash', 'a\\b'],
    ['nothing', ''],
    ['a thousand characters', 'x'.repeat(1000)],
    ['a long part', `${'x'.repeat(201)}/a`],
    ['text that turns around', 'invoice\u202efdp.exe'],
    ['what nobody sees', 'a\u200bb'],
    ['a dot at the end', 'a.'],
    ['a sign of a shell', 'a|b'],
    ['half a letter', 'a\ufffd'],
  ])('%s is no name', async (_, name) => {
    const alone = await send(Buffer.from('x'), { name });
    expect(alone.json).toMatchObject({ code: 'invalid_key', status: 422 });
    expect(alone.json.errors[0]).toMatchObject({ path: 'name' });
    const inForm = await send(form({ filename: name, bytes: Buffer.from('x') }), {}, FORM);
    expect(inForm.status).toBe(422);
    expect((await listed()).json.documents).toEqual([]);
  });

  test('garbage in place of a form is refused', async () => {
    const bytes = Buffer.from('x');
    for (const raw of [
      form(),
      form({ name: 'other', filename: 'a', bytes }),
      form({ filename: 'a', bytes }, { filename: 'b', bytes }),
      form({ filename: 'a', bytes }).subarray(0, 90),
      Buffer.from('no form at all'),
      Buffer.alloc(0),
    ])
      expect((await send(raw, {}, FORM)).json).toMatchObject({ code: 'invalid_request', status: 422 });
    const asText = await send(bytes, { name: 'a' }, { 'content-type': 'text/plain' });
    expect(asText.json).toMatchObject({ code: 'unsupported_media_type' });
    expect((await send(bytes, { name: 'a', prefix: 'active' })).json).toMatchObject({
      code: 'invalid_request',
    });
    expect((await listed()).json.documents).toEqual([]);
  });

  test('bytes that are not what was announced are not stored, and counted', async () => {
    const bytes = Buffer.from('what was sent');
    const digest = sha256(bytes);
    const base64 = Buffer.from(digest, 'hex').toString('base64');
    const wrong = sha256(Buffer.from('what was meant'));
    for (const [parameters, headers] of [
      [{ sha256: wrong }, {}],
      [{}, { digest: `sha-256=${Buffer.from(wrong, 'hex').toString('base64')}` }],
      [{}, { 'x-checksum-sha256': wrong.toUpperCase() }],
    ] as const) {
      const answer = await send(bytes, { name: 'a.txt', ...parameters }, { ...ALONE, ...headers });
      expect(answer.json).toMatchObject({ code: 'checksum_mismatch', status: 422 });
    }
    const both = await send(
      bytes,
      { name: 'a.txt', sha256: digest },
      { ...ALONE, 'x-checksum-sha256': wrong },
    );
    expect(both.json).toMatchObject({ code: 'invalid_request' });
    expect(await stored('active/a.txt')).toBeUndefined();
    expect((await failures()).map(({ code, name }) => [code, name])).toEqual(
      Array.from({ length: 3 }, () => ['checksum_mismatch', 'active/a.txt']),
    );
    const right = { ...ALONE, digest: `md5=x, sha-256=${base64}`, 'x-checksum-sha256': base64 };
    expect((await send(bytes, { name: 'a.txt', sha256: digest }, right)).status).toBe(201);
  });

  test('brought again it is found, and nothing takes its place', async () => {
    const first = await send(Buffer.from('one'), { name: 'a.txt' });
    const again = await send(Buffer.from('one'), { name: 'a.txt' });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.json).toEqual(first.json);
    expect((await send(Buffer.from('two'), { name: 'a.txt' })).json).toMatchObject({
      code: 'object_conflict',
    });
    expect(await stored('active/a.txt')).toMatchObject({ sha256: sha256(Buffer.from('one')) });
    const elsewhere = await bring(api, `${workspace}-b`, Buffer.from('two'), { name: 'a.txt' });
    expect(elsewhere.status).toBe(201);
    await place.uploads.remove(documentKey(scope(), 'active/a.txt'));
    expect((await send(Buffer.from('two'), { name: 'a.txt' })).json).toMatchObject({
      code: 'object_conflict',
    });
    expect((await send(Buffer.from('one'), { name: 'a.txt' })).status).toBe(201);
  });

  test('a name below a document is refused where the store cannot have both', async () => {
    expect((await send(Buffer.from('x'), { name: 'a' })).status).toBe(201);
    expect((await send(Buffer.from('x'), { name: 'a/b' })).json).toMatchObject({ code: 'object_conflict' });
    expect((await listed()).json.documents).toHaveLength(1);
  });

  test('of several who bring other bytes under one name at once exactly one wins', async () => {
    const bodies = Array.from({ length: 6 }, (_, at) => Buffer.from(`body ${at}`));
    const answers = await Promise.all(bodies.map((bytes) => send(bytes, { name: 'race.txt' })));
    const won = answers.filter(({ status }) => status === 201);
    expect(won).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(5);
    expect(await stored('active/race.txt')).toMatchObject({ sha256: won[0]?.json.sha256 });
    expect((await listed()).json.documents).toEqual([won[0]?.json]);
  });

  test('a row that was lost comes back with the document', async () => {
    await send(Buffer.from('x'), { name: 'a.txt' });
    await api.deps.database.client.receivedDocument.deleteMany({ where: scope() });
    expect((await send(Buffer.from('x'), { name: 'a.txt' })).status).toBe(200);
    expect((await listed()).json.documents).toHaveLength(1);
  });

  test('what is too large is told at once, or as soon as it is', async () => {
    const bytes = Buffer.alloc(LIMIT + 1, 'x');
    expect((await send(bytes, { name: 'a.bin' })).json).toMatchObject({ code: 'payload_too_large' });
    const chunked = form({ filename: 'a.bin', bytes });
    expect((await send(chunked, {}, FORM)).json).toMatchObject({ code: 'payload_too_large' });
    expect((await send(Buffer.alloc(0), { name: 'empty.txt' })).json).toMatchObject({ size: 0 });
  });

  test('an upload that breaks off stores nothing, and is counted', async () => {
    const socket = connect(api.port, '127.0.0.1');
    socket.write(
      `POST /v1/uploads/raw?workspace_id=${workspace}&name=a.txt HTTP/1.1\r\nHost: 127.0.0.1:${api.port}\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/octet-stream\r\nContent-Length: 9000\r\n\r\n${'x'.repeat(3000)}`,
    );
    socket.once('connect', () => setImmediate(() => socket.resetAndDestroy()));
    socket.on('error', () => undefined);
    while ((await failures()).length === 0) await new Promise((done) => setImmediate(done));
    expect(await failures()).toMatchObject([{ name: 'active/a.txt', code: 'invalid_request' }]);
    expect(await stored('active/a.txt')).toBeUndefined();
    expect(api.log()).not.toContain('internal_error');
  });

  test('documents are listed in byte order, by what their names begin with, page by page', async () => {
    const names = ['b/z.txt', 'B.txt', 'a%b/1', 'a%b/2', 'aXb/3', 'a_b/4', 'ä.txt'];
    for (const name of names) await send(Buffer.from(name), { name, prefix: '' });
    const sorted = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const namesOf = ({ json }: Answer) => json.documents.map(({ name }: { name: string }) => name);
    expect(namesOf(await listed())).toEqual(sorted);
    expect(namesOf(await listed(`&prefix=${encodeURIComponent('a%b/')}`))).toEqual(['a%b/1', 'a%b/2']);
    expect(namesOf(await listed('&prefix=a_b'))).toEqual(['a_b/4']);
    const paged: string[] = [];
    for (let cursor = ''; ; ) {
      const page = await listed(`&limit=3${cursor}`);
      paged.push(...namesOf(page));
      if (page.json.next_cursor === null) break;
      cursor = `&cursor=${page.json.next_cursor}`;
    }
    expect(paged).toEqual(sorted);
    expect((await listed('&cursor=xyz')).json).toMatchObject({ code: 'invalid_request' });
    expect((await api.ask('/v1/documents', { token: null })).status).toBe(401);
  });
});
