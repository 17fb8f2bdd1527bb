// needs: s3

import type { Readable } from 'node:stream';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openS3Store } from '../../services/objects/s3-store.ts';
import type { Bucket, ObjectStore } from '../../services/objects/store.ts';
import { type FaultProxy, startFaultProxy, type Where } from '../faults/fault-proxy.ts';
import {
  answerWith,
  carriedOutButAnswered,
  type Fault,
  holdRequest,
  refuse,
  resetRequestAfter,
  resetResponseAfter,
  s3Error,
  swallowAnswer,
} from '../faults/faults.ts';
import { until } from '../integration/local/processes.ts';
import {
  freshBucketName,
  keysOf,
  knownStream,
  leftBehind,
  openSpools,
  s3Settings,
  sha256,
  stranger,
} from './object-stores.ts';

const MIB = 1024 * 1024;
const TEXT = { contentType: 'text/plain' };
const ALWAYS = Number.POSITIVE_INFINITY;
const UNAVAILABLE = { code: 'dependency_unavailable', retryable: true };

const other = stranger();
/** Sees what is really there. */
const honest = openS3Store(s3Settings());
let proxy: FaultProxy;
let store: ObjectStore;
let bucket: Bucket;
let behind: Bucket;

beforeAll(async () => {
  proxy = await startFaultProxy(s3Settings().endpoint);
});
beforeEach(async () => {
  // A client of its own for each: one that has met many faults asks again less often.
  store = openS3Store({ ...s3Settings(), endpoint: proxy.url });
  const name = freshBucketName();
  behind = await honest.bucket(name);
  bucket = await store.bucket(name);
  proxy.clear();
});
afterEach(async () => {
  proxy.clear();
  await store.close();
  expect(await leftBehind(other, bucket.name)).toMatchObject({ parts: 0 });
});
afterAll(async () => {
  await honest.close();
  other.destroy();
  await proxy.close();
});

const FAULTS: readonly (readonly [string, Fault])[] = [
  ['503 SlowDown', s3Error(503, 'SlowDown')],
  ['503 of something in between', answerWith(503, { body: 'no server here' })],
  ['500', s3Error(500, 'InternalError')],
  ['429 that says when', answerWith(429, { headers: { 'retry-after': '0' } })],
  ['a refused connection', refuse()],
  ['a request that breaks off', resetRequestAfter(100)],
  ['an answer that gets lost', swallowAnswer()],
  ['a 500 for what was done', carriedOutButAnswered(500)],
];

/** A server that may have done it: who is told so has to find out. */
const PERHAPS_DONE: readonly string[] = ['an answer that gets lost', 'a 500 for what was done'];

/** One request, or parts: each with the requests it makes to the server. */
const small = Buffer.alloc(5000, 'evidence');
const { stream, ...large } = knownStream(9 * MIB);
type Write = {
  readonly content: { readonly size: number; readonly sha256: string };
  readonly body: () => Buffer | Readable;
  readonly inOne?: true;
};
const WHOLE: Write = { content: { size: small.length, sha256: sha256(small) }, body: () => small };
const PARTS: Write = { content: large, body: () => stream() };
const REQUESTS: readonly (readonly [string, Write, Where])[] = [
  ['the only request', WHOLE, { method: 'PUT' }],
  ['the beginning of an upload', PARTS, { method: 'POST', path: '?uploads' }],
  ['the second part', PARTS, { method: 'PUT', path: 'partNumber=2' }],
  ['the completion', PARTS, { method: 'POST', path: 'uploadId=' }],
];

/** What is sent once cannot be got over; it must only not go wrong. */
const ONCE = ['the one request of a stream', { ...PARTS, inOne: true }, { method: 'PUT' }] as const;

describe.each(FAULTS)('%s', (name, fault) => {
  const conditions = PERHAPS_DONE.includes(name) ? [true, false] : [true];
  const cases = REQUESTS.flatMap(([request, write, where]) =>
    conditions.map((ifAbsent) => [request, ifAbsent, write, where] as const),
  );

  test.each(cases)('at %s, once, is got over (if absent: %p)', async (_request, ifAbsent, write, where) => {
    const { content, body } = write;
    const planted = proxy.plant(where, fault);
    const { outcome, info } = await bucket.put('x', body(), { ...TEXT, ...content, ifAbsent });
    expect({ outcome, met: planted.count }).toEqual({ outcome: 'created', met: 1 });
    expect(await behind.head('x')).toEqual(info);
    expect(sha256(await behind.read('x', content.size))).toBe(content.sha256);
  });

  test('lasting, at any request, leaves no half object and claims nothing', async () => {
    await Promise.all(
      [...REQUESTS, ONCE].map(([request, write, where]) => lasts(request, write, where, fault)),
    );
  });
});

/** Through a proxy and a client of its own, so that several may last at the same time. */
const lasts = async (
  key: string,
  { content, body, ...way }: Write,
  where: Where,
  fault: Fault,
): Promise<void> => {
  const faulty = await startFaultProxy(s3Settings().endpoint);
  const client = openS3Store({ ...s3Settings(), endpoint: faulty.url });
  try {
    const mine = await client.bucket(bucket.name);
    const planted = faulty.plant({ ...where, times: ALWAYS }, fault);
    const options = { ...TEXT, ...content, ...way, ifAbsent: true };
    const answer = await mine.put(key, body(), options).catch((error: unknown) => error);
    expect(planted.count).toBeGreaterThan(0);
    const standing = await behind.head(key);
    if (answer instanceof Error) expect(answer).toMatchObject(UNAVAILABLE);
    else expect(answer).toEqual({ outcome: 'created', info: standing });
    // Either nothing, or all of it: what was carried out and never answered.
    if (standing !== undefined) expect(sha256(await behind.read(key, content.size))).toBe(content.sha256);
    faulty.clear();
    const again = await mine.put(key, body(), options);
    expect(again.outcome).toBe(standing === undefined ? 'created' : 'exists');
  } finally {
    await client.close();
    await faulty.close();
  }
};

describe('who has the key', () => {
  const options = { ...TEXT, ifAbsent: true };

  test.each([
    [412, 'PreconditionFailed'],
    [409, 'ConditionalRequestConflict'],
  ])('%i for a key that nobody has in the end is asked again', async (status, code) => {
    proxy.plant({ method: 'PUT', times: 2 }, s3Error(status, code));
    expect((await bucket.put('x', small, options)).outcome).toBe('created');
    proxy.plant({ method: 'POST', path: 'uploadId=', times: 2 }, s3Error(status, code));
    expect((await bucket.put('y', stream(), { ...options, ...large })).outcome).toBe('created');
  });

  test('another writer who comes first while our request is on its way has it', async () => {
    const gate = holdRequest();
    proxy.plant({ method: 'PUT' }, gate.fault);
    const writing = bucket.put('x', small, options);
    await gate.arrived;
    const { info } = await behind.put('x', Buffer.from('first'), options);
    gate.open();
    expect(await writing).toEqual({ outcome: 'exists', info });
  });

  test('another writer who comes first while our stream is on its way has it', async () => {
    const gate = holdRequest();
    proxy.plant({ method: 'PUT' }, gate.fault);
    const writing = bucket.put('x', stream(), { ...options, ...large, inOne: true });
    await gate.arrived;
    const { info } = await behind.put('x', Buffer.from('first'), options);
    gate.open();
    expect(await writing).toEqual({ outcome: 'exists', info });
  });

  test('another writer who comes first while all our parts are there has it', async () => {
    const gate = holdRequest();
    proxy.plant({ method: 'POST', path: 'uploadId=' }, gate.fault);
    const writing = bucket.put('x', stream(), { ...options, ...large });
    await gate.arrived;
    const { info } = await behind.put('x', Buffer.from('first'), options);
    gate.open();
    expect(await writing).toEqual({ outcome: 'exists', info });
    expect(await leftBehind(other, bucket.name)).toEqual({ uploads: 0, parts: 0 });
  });

  test('the answer got lost, and somebody replaced it before we asked again: it is not ours', async () => {
    const gate = holdRequest();
    proxy.plant({ method: 'PUT', nth: 1 }, swallowAnswer());
    proxy.plant({ method: 'PUT', nth: 1 }, gate.fault);
    const writing = bucket.put('x', small, options);
    await gate.arrived;
    const { info } = await behind.put('x', Buffer.from('replaced'), TEXT);
    gate.open();
    expect(await writing).toEqual({ outcome: 'exists', info });
  });

  test('every answer to the completion gets lost: what stands tells that it is ours', async () => {
    const planted = proxy.plant({ method: 'POST', path: 'uploadId=', times: ALWAYS }, swallowAnswer());
    const { outcome, info } = await bucket.put('x', stream(), { ...TEXT, ...large });
    expect(outcome).toBe('created');
    expect(planted.count).toBeGreaterThan(1);
    expect(await behind.head('x')).toEqual(info);
  });

  test('a completion that is refused while another object stands is not taken for ours', async () => {
    await behind.put('x', Buffer.from('former'), TEXT);
    proxy.plant({ method: 'POST', path: 'uploadId=', times: ALWAYS }, s3Error(500, 'InternalError'));
    await expect(bucket.put('x', stream(), { ...TEXT, ...large })).rejects.toMatchObject(UNAVAILABLE);
    expect(String(Buffer.from(await behind.read('x', 100)))).toBe('former');
  });

  test('a completion with an error in an answer of 200 has not been done', async () => {
    const body = '<?xml version="1.0"?><Error><Code>InternalError</Code><Message>late</Message></Error>';
    proxy.plant({ method: 'POST', path: 'uploadId=', times: ALWAYS }, answerWith(200, { body }));
    await expect(bucket.put('x', stream(), { ...TEXT, ...large })).rejects.toMatchObject(UNAVAILABLE);
    expect(await behind.head('x')).toBeUndefined();
  });
});

describe('who may only write', () => {
  beforeEach(() => {
    const denied = s3Error(403, 'AccessDenied');
    proxy.plant({ method: 'HEAD', times: ALWAYS }, denied);
    proxy.plant({ method: 'GET', times: ALWAYS }, denied);
  });

  test('writes, small and large, where the key is free and where it does not matter', async () => {
    const again = await store.bucket(bucket.name);
    for (const ifAbsent of [true, false]) {
      expect((await again.put(`x/${ifAbsent}`, small, { ...TEXT, ifAbsent })).outcome).toBe('created');
      const options = { ...TEXT, ...large, ifAbsent };
      expect((await again.put(`y/${ifAbsent}`, stream(), options)).outcome).toBe('created');
    }
  });

  test('is told that the key is taken, and not by what', async () => {
    await behind.put('x', Buffer.from('first'), TEXT);
    const options = { ...TEXT, ifAbsent: true };
    const refusal = { code: 'object_conflict', retryable: false };
    await expect(bucket.put('x', small, options)).rejects.toMatchObject(refusal);
    await expect(bucket.put('x', stream(), { ...options, ...large })).rejects.toMatchObject(refusal);
    expect(await leftBehind(other, bucket.name)).toEqual({ uploads: 0, parts: 0 });
  });
});

describe('reading', () => {
  beforeEach(async () => {
    await behind.put('x', stream(), { ...TEXT, ...large });
  });

  test.each([1, 64 * 1024, 9 * MIB - 1])(
    'a body that breaks off after %i bytes ends with an error',
    async (bytes) => {
      proxy.plant({ method: 'GET', path: '/x' }, resetResponseAfter(bytes));
      await expect((await bucket.open('x')).body.toArray()).rejects.toMatchObject(UNAVAILABLE);
      proxy.plant({ method: 'GET', path: '/x' }, resetResponseAfter(bytes));
      await expect(bucket.read('x', large.size)).rejects.toMatchObject(UNAVAILABLE);
      const range = { start: 0, end: large.size - 1 };
      proxy.plant({ method: 'GET', path: '/x' }, resetResponseAfter(bytes));
      await expect((await bucket.openRange('x', range)).body.toArray()).rejects.toMatchObject(UNAVAILABLE);
      expect(sha256(await bucket.read('x', large.size))).toBe(large.sha256);
    },
  );

  test.each(FAULTS.slice(0, 5))(
    '%s before the first byte is got over, and told when it lasts',
    async (_name, fault) => {
      const where: Where = { path: '/x' };
      proxy.plant(where, fault);
      expect(await bucket.head('x')).toMatchObject({ sha256: large.sha256 });
      proxy.plant(where, fault);
      expect(sha256(await bucket.read('x', large.size))).toBe(large.sha256);
      proxy.plant({ ...where, times: ALWAYS }, fault);
      await expect(bucket.head('x')).rejects.toMatchObject(UNAVAILABLE);
      await expect(bucket.open('x')).rejects.toMatchObject(UNAVAILABLE);
    },
  );

  test('a listing that breaks off is asked for again, and never shorter', async () => {
    for (const key of ['a', 'b', 'c']) await behind.put(key, small, TEXT);
    proxy.plant({ method: 'GET', path: 'list-type=2' }, resetResponseAfter(200));
    expect(await keysOf(bucket.list(''))).toEqual(['a', 'b', 'c', 'x']);
    proxy.plant({ method: 'GET', path: 'list-type=2', times: ALWAYS }, resetResponseAfter(200));
    await expect(keysOf(bucket.list(''))).rejects.toMatchObject(UNAVAILABLE);
  });
});

test('a body of unknown length that was read for nothing is let go', async () => {
  const before = openSpools();
  proxy.plant({ method: 'POST', path: '?uploads', times: ALWAYS }, answerWith(400));
  await expect(bucket.put('x', stream(), TEXT)).rejects.toMatchObject(UNAVAILABLE);
  // a file is closed a moment after its stream is
  await until('nothing of it is open any more', () => openSpools(before).length === 0);
});

describe('what cannot be taken back', () => {
  test('does not hide why it was to be', async () => {
    const abort = proxy.plant({ method: 'DELETE', times: ALWAYS }, s3Error(500, 'InternalError'));
    const wrong = { ...TEXT, size: large.size, sha256: sha256('x') };
    await expect(bucket.put('x', stream(), wrong)).rejects.toMatchObject({ code: 'digest_mismatch' });
    expect(abort.count).toBeGreaterThan(0);
    expect(await leftBehind(other, bucket.name)).toEqual({ uploads: 1, parts: 2 });
    proxy.clear();

    await openedAfter(6);
    expect(await leftBehind(other, bucket.name)).toEqual({ uploads: 1, parts: 2 });
    await openedAfter(8);
    expect(await leftBehind(other, bucket.name)).toEqual({ uploads: 0, parts: 0 });
  });

  /** The server's word on how old its uploads are. */
  const openedAfter = async (days: number): Promise<void> => {
    const { Uploads = [] } = await other.send(new ListMultipartUploadsCommand({ Bucket: bucket.name }));
    const since = new Date(Date.now() - days * 24 * 60 * 60 * 1000).toISOString();
    const listed = Uploads.map(
      ({ Key, UploadId }) =>
        `<Upload><Key>${Key}</Key><UploadId>${UploadId}</UploadId><Initiated>${since}</Initiated></Upload>`,
    );
    const body = `<?xml version="1.0"?><ListMultipartUploadsResult>${listed.join('')}</ListMultipartUploadsResult>`;
    const listing = proxy.plant({ method: 'GET', path: 'uploads' }, answerWith(200, { body }));
    await store.bucket(bucket.name);
    await listing.met;
  };
});
