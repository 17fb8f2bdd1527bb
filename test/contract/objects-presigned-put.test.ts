// needs: s3

import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openDirectoryStore } from '../../services/objects/directory-store.ts';
import { openS3Store } from '../../services/objects/s3-store.ts';
import type { Bucket, PresignedPut } from '../../services/objects/store.ts';
import { directoryUnderTest, freshBucketName, s3Settings, sha256 } from './object-stores.ts';

const store = openS3Store(s3Settings());
const bytes = randomBytes(100_000);
const wanted = { seconds: 60, size: bytes.length, sha256: sha256(bytes) };
let bucket: Bucket;

beforeAll(async () => {
  bucket = await store.bucket(freshBucketName());
});
afterAll(() => store.close());

const signed = async (key: string, options = wanted): Promise<PresignedPut> => {
  const put = await bucket.presignPut?.(key, options);
  if (put === undefined) throw new Error('S3 signs uploads');
  return put;
};

/** What a client does that keeps to nothing but what it wants to. */
const send = (
  { url, method }: Pick<PresignedPut, 'url' | 'method'>,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): Promise<{ status: number | undefined; text: string }> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (answer) => {
      text(answer).then((said) => resolve({ status: answer.statusCode, text: said }), reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });

test('whoever has the address stores these bytes, once', async () => {
  const key = "signed/späße (1) + plus&=?#%'*!.bin";
  const put = await signed(key);
  expect(put.method).toBe('PUT');
  expect((await send(put, put.headers, bytes)).status).toBe(200);
  expect(await bucket.head(key)).toEqual({
    key,
    size: bytes.length,
    sha256: wanted.sha256,
    contentType: 'application/octet-stream',
    metadata: {},
  });
  expect(Buffer.from(await bucket.read(key, bytes.length)).equals(bytes)).toBe(true);
  expect((await send(put, put.headers, bytes)).status).toBe(412);
});

test('a browser’s fetch can follow it: it sets the length by itself', async () => {
  const { url, method, headers } = await signed('fetched');
  const { 'content-length': _length, ...others } = headers;
  expect((await fetch(url, { method, headers: others, body: bytes })).status).toBe(200);
  expect(await bucket.head('fetched')).toMatchObject({ sha256: wanted.sha256 });
});

test('other bytes of the same length are refused by the store', async () => {
  const put = await signed('other');
  expect((await send(put, put.headers, randomBytes(bytes.length))).status).toBe(400);
  expect(await bucket.head('other')).toBeUndefined();
});

test.each([
  ['another length', { 'content-length': '5' }, Buffer.from('short')],
  ['another digest', { 'x-amz-checksum-sha256': Buffer.from(sha256('x'), 'hex').toString('base64') }, bytes],
  ['another digest to be recorded', { 'x-amz-meta-certus-sha256': sha256('x') }, bytes],
  ['another type', { 'content-type': 'text/html' }, bytes],
  ['a condition that always holds', { 'if-none-match': '"x"' }, bytes],
] as const)('%s is not what was signed', async (_name, headers, body) => {
  const put = await signed('changed');
  const { status } = await send(put, { ...put.headers, ...headers }, body);
  expect(status).toBe(403);
  expect(await bucket.head('changed')).toBeUndefined();
});

test.each(['x-amz-checksum-sha256', 'if-none-match', 'x-amz-meta-certus-sha256'])(
  'without %s it is not what was signed',
  async (name) => {
    const put = await signed('left-out');
    const headers = Object.fromEntries(Object.entries(put.headers).filter(([each]) => each !== name));
    expect((await send(put, headers, bytes)).status).toBe(403);
    expect(await bucket.head('left-out')).toBeUndefined();
  },
);

test('it leads to no other key, and is good for nothing else', async () => {
  const put = await signed('mine');
  const elsewhere = { ...put, url: put.url.replace('/mine?', '/yours?') };
  expect((await send(elsewhere, put.headers, bytes)).status).toBe(403);
  const longer = { ...put, url: put.url.replace('Expires=60', 'Expires=600') };
  expect((await send(longer, put.headers, bytes)).status).toBe(403);
  expect((await fetch(put.url)).status).toBe(403);
  expect((await fetch(put.url, { method: 'DELETE' })).status).toBe(403);
  expect(await bucket.head('yours')).toBeUndefined();
});

test.each([
  [{ seconds: 0 }, 'invalid_request'],
  [{ seconds: 7 * 24 * 60 * 60 + 1 }, 'invalid_request'],
  [{ size: -1 }, 'invalid_request'],
  [{ sha256: 'x' }, 'invalid_request'],
  [{ size: 5 * 1024 ** 3 + 1 }, 'object_too_large'],
] as const)('nothing is signed for %j', async (wrong, code) => {
  await expect(signed('x', { ...wanted, ...wrong })).rejects.toMatchObject({ code });
  await expect(signed('../x')).rejects.toMatchObject({ code: 'invalid_key' });
});

test('a directory has no door of its own', async () => {
  const place = await directoryUnderTest(openDirectoryStore);
  expect((await place.open().bucket('evidence')).presignPut).toBeUndefined();
  await place.dispose();
});
