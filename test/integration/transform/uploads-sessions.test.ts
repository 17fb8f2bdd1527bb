// needs: postgres, s3, temporal
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { receiveUpload } from '../../../activities/documents/receive-upload.ts';
import { sweepUploads } from '../../../activities/documents/sweep-uploads.ts';
import { documentKey, uploadPartKey } from '../../../contracts/object-keys.ts';
import type { Answer, Api } from '../api-harness.ts';
import { ALONE, bring, LIMIT, startUploads } from './uploads-harness.ts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const HOUR = 3_600_000;

describe.each(['directory', 's3'] as const)('documents brought in pieces to a store: %s', (kind) => {
  let place: Awaited<ReturnType<typeof startUploads>>;
  let api: Api;
  let workspace: string;
  const scope = () => ({ tenant: 'default', workspace });
  const deps = (now = new Date()) => ({
    database: api.deps.database,
    uploads: place.uploads,
    now: () => now,
  });

  beforeAll(async () => {
    place = await startUploads(kind);
    api = place.api;
  }, 60_000);
  afterAll(() => place.stop());
  beforeEach(() => {
    workspace = `w-${randomBytes(6).toString('hex')}`;
  });

  const open = (bytes: Buffer, more: object = {}): Promise<Answer> =>
    api.ask('/v1/uploads/sessions', {
      method: 'POST',
      body: { workspace_id: workspace, name: 'big.bin', size: bytes.length, sha256: sha256(bytes), ...more },
    });
  const part = (id: string, offset: number, raw: Buffer, more = '', where = workspace): Promise<Answer> =>
    api.ask(`/v1/uploads/sessions/${id}/parts?workspace_id=${where}&offset=${offset}${more}`, {
      method: 'PUT',
      raw,
      headers: ALONE,
    });
  const commit = async (id: string, where = workspace): Promise<Answer> => {
    for (;;) {
      const body = { workspace_id: where };
      const answer = await api.ask(`/v1/uploads/sessions/${id}/commit`, { method: 'POST', body });
      if (answer.status !== 202) return answer;
    }
  };
  const show = (id: string, where = workspace) => api.ask(`/v1/uploads/sessions/${id}?workspace_id=${where}`);
  const pieces = async (id: string): Promise<string[]> => {
    const first = uploadPartKey(scope(), id, 0);
    const keys: string[] = [];
    for await (const { key } of place.uploads.list(first.slice(0, first.lastIndexOf('/') + 1)))
      keys.push(key);
    return keys;
  };
  const idOf = ({ json }: Answer): UploadId => json.upload_id;
  type UploadId = string;
  const read = async (name: string) =>
    Buffer.from(await place.uploads.read(documentKey(scope(), name), LIMIT));
  const failures = () => api.deps.database.client.failedUpload.findMany({ where: scope() });

  test('pieces in any order become one document, and are gone', async () => {
    const bytes = randomBytes(900_000);
    const opened = await open(bytes, { name: 'deep/big.bin' });
    expect(opened.status).toBe(201);
    expect(opened.json).toMatchObject({ state: 'open', offset: 0, presigned: null, document: null });
    const id = idOf(opened);
    expect((await part(id, 600_000, bytes.subarray(600_000))).json).toMatchObject({ offset: 0 });
    expect((await part(id, 0, bytes.subarray(0, 300_000))).json).toMatchObject({ offset: 300_000 });
    expect((await commit(id)).json).toMatchObject({ code: 'upload_incomplete', status: 409 });
    expect((await part(id, 300_000, bytes.subarray(300_000, 600_000))).json).toMatchObject({
      offset: 900_000,
    });
    const committed = await commit(id);
    expect(committed.status).toBe(200);
    expect(committed.json).toMatchObject({
      state: 'received',
      offset: 900_000,
      document: {
        key: documentKey(scope(), 'deep/big.bin'),
        sha256: sha256(bytes),
        size: 900_000,
        media_type: 'application/octet-stream',
      },
    });
    expect((await read('deep/big.bin')).equals(bytes)).toBe(true);
    expect(await pieces(id)).toEqual([]);
    expect((await commit(id)).json).toEqual(committed.json);
    expect((await show(id)).json).toEqual(committed.json);
    expect((await part(id, 0, bytes.subarray(0, 1))).json).toMatchObject({ code: 'upload_incomplete' });
  });

  test('whoever was cut off finds what was begun, and goes on', async () => {
    const bytes = Buffer.from('{"a": 1}');
    const id = idOf(await open(bytes));
    await part(id, 0, bytes.subarray(0, 3));
    const again = await open(bytes);
    expect([again.status, again.json.upload_id, again.json.offset]).toEqual([200, id, 3]);
    expect(idOf(await open(bytes, { name: 'other.json' }))).not.toBe(id);
    await part(id, 3, bytes.subarray(3));
    expect((await commit(id)).json.document).toMatchObject({ media_type: 'application/json' });
    const known = await open(bytes);
    expect(known.json).toMatchObject({ state: 'received', offset: 8, document: { name: 'big.bin' } });
    expect((await open(Buffer.from('other'))).json).toMatchObject({ code: 'object_conflict' });
  });

  test('a piece sent again is the same; another one in its place, or over others, is refused', async () => {
    const bytes = Buffer.from('0123456789');
    const id = idOf(await open(bytes));
    for (let time = 0; time < 2; time += 1)
      expect((await part(id, 0, bytes.subarray(0, 6))).status).toBe(200);
    expect((await part(id, 0, Buffer.from('abcdef'))).json).toMatchObject({ code: 'object_conflict' });
    expect((await part(id, 2, bytes.subarray(2, 8))).json).toMatchObject({ code: 'object_conflict' });
    expect((await part(id, 6, Buffer.from('67890'))).json).toMatchObject({ code: 'payload_too_large' });
    expect((await part(id, 10, Buffer.from('x'))).json).toMatchObject({ code: 'invalid_request' });
    expect((await part(id, -1, Buffer.from('x'))).json).toMatchObject({ code: 'invalid_request' });
    expect((await part(id, 6, Buffer.alloc(0))).json).toMatchObject({ code: 'invalid_request' });
    const wrong = `&sha256=${sha256(Buffer.from('else'))}`;
    expect((await part(id, 6, bytes.subarray(6), wrong)).json).toMatchObject({ code: 'checksum_mismatch' });
    expect((await part(id, 6, bytes.subarray(6))).json).toMatchObject({ offset: 10 });
    expect((await commit(id)).status).toBe(200);
  });

  test('a piece of somebody who was cut off before it was written down stands in nobody’s way', async () => {
    const bytes = Buffer.from('0123456789');
    const id = idOf(await open(bytes));
    await place.uploads.put(uploadPartKey(scope(), id, 0), bytes.subarray(0, 2), {
      contentType: 'text/plain',
    });
    expect((await part(id, 0, bytes)).json).toMatchObject({ offset: 10 });
    expect((await commit(id)).status).toBe(200);
    expect((await read('big.bin')).equals(bytes)).toBe(true);
  });

  test('what is not what was announced becomes no document, and is counted once', async () => {
    const bytes = Buffer.from('what is sent');
    const id = idOf(await open(bytes, { sha256: sha256(Buffer.from('what is meant')) }));
    await part(id, 0, bytes);
    for (let time = 0; time < 2; time += 1)
      expect((await commit(id)).json).toMatchObject({ code: 'checksum_mismatch', status: 422 });
    expect((await show(id)).json).toMatchObject({ state: 'failed', error: { code: 'checksum_mismatch' } });
    expect(await pieces(id)).toEqual([]);
    expect(await place.uploads.head(documentKey(scope(), 'big.bin'))).toBeUndefined();
    expect(await failures()).toMatchObject([{ name: 'big.bin', code: 'checksum_mismatch' }]);
    expect((await api.ask(`/v1/documents?workspace_id=${workspace}`)).json.documents).toEqual([]);
  });

  test('a piece that was replaced in the store is noticed', async () => {
    const bytes = Buffer.from('0123456789');
    const id = idOf(await open(bytes));
    await part(id, 0, bytes);
    const other = Buffer.from('9876543210');
    await place.uploads.put(uploadPartKey(scope(), id, 0), other, { contentType: 'text/plain' });
    expect((await commit(id)).json).toMatchObject({ code: 'checksum_mismatch' });
  });

  test('who comes second with other bytes has lost, whichever way they came', async () => {
    const [one, two] = [Buffer.from('one'), Buffer.from('two')];
    const id = idOf(await open(one));
    await part(id, 0, one);
    expect((await bring(api, workspace, two, { name: 'big.bin', prefix: '' })).status).toBe(201);
    expect((await commit(id)).json).toMatchObject({ code: 'object_conflict' });
    expect((await read('big.bin')).equals(two)).toBe(true);
    expect(await pieces(id)).toEqual([]);
  });

  test('after a crash at any point the second try completes the first', async () => {
    const bytes = randomBytes(2000);
    const id = idOf(await open(bytes));
    await part(id, 0, bytes.subarray(0, 1000));
    await part(id, 1000, bytes.subarray(1000));
    const input = { ...scope(), uploadId: id };
    const { database, uploads } = deps();
    const crashing = (method: 'put' | 'remove', after: boolean) => ({
      ...deps(),
      uploads: {
        ...uploads,
        [method]: async (...given: Parameters<typeof uploads.put>) => {
          if (after) await uploads[method](...given);
          throw new Error('killed');
        },
      },
    });
    for (const [method, after] of [
      ['put', false],
      ['put', true],
      ['remove', false],
      ['remove', true],
    ] as const)
      await expect(receiveUpload(crashing(method, after), input)).rejects.toThrow('killed');
    await receiveUpload(deps(), input);
    expect(await pieces(id)).toEqual([]);
    expect((await show(id)).json).toMatchObject({ state: 'received' });
    expect((await read('big.bin')).equals(bytes)).toBe(true);
    expect(await database.client.uploadPart.count({ where: scope() })).toBe(0);
    expect(await failures()).toEqual([]);
  });

  test('sent at once, to an address that takes all of it', async () => {
    const bytes = randomBytes(100_000);
    const opened = await open(bytes, { mode: 'presigned' });
    const { url, method, headers } = opened.json.presigned;
    expect([method, url.startsWith('http')]).toEqual(['PUT', kind === 's3']);
    expect((await commit(idOf(opened))).json).toMatchObject({ code: 'upload_incomplete' });
    if (url.startsWith('/')) {
      expect((await api.ask(url, { method, headers, raw: bytes })).json).toMatchObject({ offset: 100_000 });
    } else {
      const wrong = await fetch(url, { method, headers, body: new Uint8Array(randomBytes(100_000)) });
      expect(wrong.ok).toBe(false);
      expect((await fetch(url, { method, headers, body: new Uint8Array(bytes) })).ok).toBe(true);
      expect((await show(idOf(opened))).json).toMatchObject({ offset: 100_000 });
    }
    expect((await commit(idOf(opened))).json).toMatchObject({ state: 'received', presigned: null });
    expect((await read('big.bin')).equals(bytes)).toBe(true);
    expect(await pieces(idOf(opened))).toEqual([]);
  });

  test('nothing at all is a document, too', async () => {
    const id = idOf(await open(Buffer.alloc(0)));
    expect((await commit(id)).json.document).toMatchObject({ size: 0, media_type: 'text/plain' });
  });

  test('nobody finds what others are bringing', async () => {
    const bytes = Buffer.from('x');
    const id = idOf(await open(bytes));
    const elsewhere = `${workspace}-b`;
    for (const answer of [
      await show(id, elsewhere),
      await part(id, 0, bytes, '', elsewhere),
      await commit(id, elsewhere),
      await show(`upload_${'0'.repeat(32)}`),
    ])
      expect(answer.json).toMatchObject({ code: 'upload_not_found', status: 404 });
    expect((await show('upload_x')).json).toMatchObject({ code: 'invalid_request' });
    expect((await open(bytes, { name: '../x' })).json).toMatchObject({ code: 'invalid_key' });
    expect((await open(bytes, { size: LIMIT + 1 })).json).toMatchObject({ code: 'payload_too_large' });
    expect((await open(bytes, { size: -1 })).json).toMatchObject({ code: 'invalid_request' });
  });

  test('what nobody goes on with is cleared up, and after a week forgotten', async () => {
    const bytes = Buffer.from('0123456789');
    const id = idOf(await open(bytes));
    await part(id, 0, bytes.subarray(0, 5));
    const began = Date.now();
    await sweepUploads(deps(new Date(began + 24 * HOUR)));
    expect((await show(id)).json).toMatchObject({ state: 'open', offset: 5 });
    await sweepUploads(deps(new Date(began + 26 * HOUR)));
    expect((await show(id)).json).toMatchObject({ state: 'expired', error: { code: 'upload_expired' } });
    expect(await pieces(id)).toEqual([]);
    expect(await failures()).toMatchObject([{ code: 'upload_expired' }]);
    expect((await part(id, 5, bytes.subarray(5))).json).toMatchObject({ code: 'upload_expired' });
    expect((await commit(id)).json).toMatchObject({ code: 'upload_expired' });
    await sweepUploads(deps(new Date(began + 10 * 24 * HOUR)));
    expect((await show(id)).status).toBe(404);
  });
});
