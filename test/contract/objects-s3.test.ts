// needs: s3

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateBucketCommand, ListMultipartUploadsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, expect, test } from '@jest/globals';
import { openS3Store } from '../../services/objects/s3-store.ts';
import { collect, freshBucketName, longStream, s3Settings, sha256, stranger } from './object-stores.ts';

const { endpoint, region, accessKeyId, secretAccessKey } = s3Settings();
const store = openS3Store(s3Settings());
const other = stranger();
afterAll(async () => {
  await store.close();
  other.destroy();
});

test('what another tool stored has its true digest', async () => {
  const Bucket = freshBucketName();
  await other.send(new CreateBucketCommand({ Bucket }));
  await other.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'hello', Metadata: { a: 'b' } }));
  const reader = store.readable(Bucket);
  expect(await reader.head('x')).toMatchObject({ size: 5, sha256: sha256('hello'), metadata: { a: 'b' } });
  expect(Buffer.from(await reader.read('x', 5)).toString()).toBe('hello');
});

test('an object with a digest that is not its own is not handed out as good', async () => {
  const Bucket = freshBucketName();
  await other.send(new CreateBucketCommand({ Bucket }));
  const Metadata = { 'certus-sha256': sha256('good') };
  await other.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'evil', Metadata }));
  await expect(store.readable(Bucket).read('x', 5)).rejects.toMatchObject({ code: 'digest_mismatch' });
});

test('a download that breaks off half way is unavailable, and not a shorter object', async () => {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-length': 1000, 'x-amz-meta-certus-sha256': sha256('x') });
    if (request.method === 'HEAD') response.end();
    else response.write('half', () => response.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const broken = openS3Store({ endpoint: `http://127.0.0.1:${port}`, region, accessKeyId, secretAccessKey });
  await expect(broken.readable('evidence').read('x', 1000)).rejects.toMatchObject({
    code: 'dependency_unavailable',
  });
  await broken.close();
  server.close();
});

test('an upload in parts that is refused leaves no parts to pay for', async () => {
  const bucket = await store.bucket(freshBucketName());
  const options = { contentType: 'text/plain', ifAbsent: true };
  const streams = [longStream(20 << 20), longStream(20 << 20), longStream(20 << 20)];
  const results = await Promise.all(streams.map(({ stream }) => bucket.put('x', stream, options)));
  expect(results.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
  const { Uploads } = await other.send(new ListMultipartUploadsCommand({ Bucket: bucket.name }));
  expect(Uploads ?? []).toEqual([]);
});

test('opening the same new bucket from several sides at once succeeds for all', async () => {
  const name = freshBucketName();
  const opened = await Promise.all(Array.from({ length: 5 }, () => store.bucket(name)));
  expect(opened.map((bucket) => bucket.name)).toEqual(Array(5).fill(name));
});

test.each([
  ['nobody listens', { endpoint: 'http://127.0.0.1:9' }],
  ['the host has no address', { endpoint: 'http://nowhere.invalid' }],
  ['the secret is wrong', { secretAccessKey: 'wrong-wrong-wrong' }],
])('when %s, every call says the store is unavailable', async (_name, wrong) => {
  const broken = openS3Store({ endpoint, region, accessKeyId, secretAccessKey, ...wrong });
  const refusal = { code: 'dependency_unavailable', retryable: true };
  const reader = broken.readable('evidence');
  await expect(broken.bucket('evidence')).rejects.toMatchObject(refusal);
  await expect(reader.head('x')).rejects.toMatchObject(refusal);
  await expect(reader.read('x', 1)).rejects.toMatchObject(refusal);
  await expect(collect(reader.list(''))).rejects.toMatchObject(refusal);
  await broken.close();
});
