// needs: s3

import { chmod, cp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDirectoryStore } from '../../services/objects/directory-store.ts';
import { openS3Store } from '../../services/objects/s3-store.ts';
import type { Bucket, ObjectStore } from '../../services/objects/store.ts';
import {
  directoryUnderTest,
  freshBucketName,
  knownStream,
  type StoreUnderTest,
  s3Settings,
  s3UnderTest,
  sha256,
  stranger,
} from './object-stores.ts';

const TEXT = { contentType: 'text/plain' };
const MIB = 1024 * 1024;
const RETAINED = { code: 'object_retained', retryable: false };
const inAnHour = () => new Date(Math.ceil(Date.now() / 1000) * 1000 + 60 * 60 * 1000);

describe.each([
  ['directory', () => directoryUnderTest(openDirectoryStore)],
  ['s3', s3UnderTest],
] as const)('retention: %s', (_kind, prepare) => {
  let place: StoreUnderTest;
  let store: ObjectStore;
  let bucket: Bucket;

  beforeAll(async () => {
    place = await prepare();
    store = place.open();
    bucket = await store.bucket(place.bucketName, { lock: 'compliance' });
  });
  afterAll(async () => {
    await store.close();
    await place.dispose();
  });

  const textOf = async (key: string) => String(Buffer.from(await bucket.read(key, MIB)));

  test('what is retained says so, and is neither replaced nor removed', async () => {
    const retainUntil = inAnHour();
    const { outcome, info } = await bucket.put('kept', Buffer.from('evidence'), { ...TEXT, retainUntil });
    expect({ outcome, info }).toMatchObject({ outcome: 'created', info: { retainUntil } });
    expect(await bucket.head('kept')).toEqual(info);
    const { info: opened, body } = await bucket.open('kept');
    const { retainUntil: _untold, ...told } = info;
    expect(opened).toMatchObject(told);
    await body.toArray();

    await expect(bucket.remove('kept')).rejects.toMatchObject(RETAINED);
    await expect(bucket.put('kept', Buffer.from('x'), TEXT)).rejects.toMatchObject(RETAINED);
    await expect(
      bucket.put('kept', Buffer.from('x'), { ...TEXT, retainUntil: inAnHour() }),
    ).rejects.toMatchObject(RETAINED);
    const again = await bucket.put('kept', Buffer.from('x'), { ...TEXT, ifAbsent: true });
    expect(again).toEqual({ outcome: 'exists', info });
    expect(await textOf('kept')).toBe('evidence');
  });

  test('it is retained also for a store that was opened later, and for one that reads only', async () => {
    const retainUntil = inAnHour();
    await bucket.put('later', Buffer.from('evidence'), { ...TEXT, retainUntil });
    const later = place.open();
    expect(await later.readable(place.bucketName).head('later')).toMatchObject({ retainUntil });
    const reopened = await later.bucket(place.bucketName, { lock: 'compliance' });
    await expect(reopened.remove('later')).rejects.toMatchObject(RETAINED);
    await later.close();
  });

  test('a long stream is retained from its first moment', async () => {
    const { stream, ...content } = knownStream(20 * MIB);
    const { info } = await bucket.put('long', stream(), { ...TEXT, ...content, retainUntil: inAnHour() });
    expect(await bucket.head('long')).toEqual(info);
    await expect(bucket.remove('long')).rejects.toMatchObject(RETAINED);
  });

  test('parts of a second are rounded up, never down', async () => {
    const until = inAnHour();
    const retainUntil = new Date(until.getTime() - 999);
    await bucket.put('rounded', Buffer.from('x'), { ...TEXT, retainUntil });
    expect((await bucket.head('rounded'))?.retainUntil).toEqual(until);
  });

  test('once its time has passed it is an object like any other', async () => {
    const retainUntil = new Date(Date.now() + 1000);
    await bucket.put('short', Buffer.from('x'), { ...TEXT, retainUntil });
    await expect(bucket.remove('short')).rejects.toMatchObject(RETAINED);
    while ((await bucket.head('short'))?.retainUntil !== undefined);
    expect((await bucket.put('short', Buffer.from('y'), TEXT)).outcome).toBe('replaced');
    await bucket.remove('short');
    expect(await bucket.head('short')).toBeUndefined();
  });

  test('a time that has passed already asks for nothing', async () => {
    const { info } = await bucket.put('past', Buffer.from('x'), { ...TEXT, retainUntil: new Date(0) });
    expect(info.retainUntil).toBeUndefined();
    await bucket.remove('past');
    expect(await bucket.head('past')).toBeUndefined();
  });

  test('what is not retained is replaced, removed and put anew', async () => {
    expect((await bucket.put('free', Buffer.from('1'), TEXT)).outcome).toBe('created');
    expect((await bucket.put('free', Buffer.from('2'), TEXT)).outcome).toBe('replaced');
    expect(await textOf('free')).toBe('2');
    await bucket.remove('free');
    await bucket.remove('free');
    expect(await bucket.head('free')).toBeUndefined();
    expect((await bucket.put('free', Buffer.from('3'), { ...TEXT, ifAbsent: true })).outcome).toBe('created');
  });

  test('a bucket that was opened without a lock retains nothing', async () => {
    const plain = await store.bucket(freshBucketName());
    const options = { ...TEXT, retainUntil: inAnHour() };
    await expect(plain.put('x', Buffer.from('x'), options)).rejects.toMatchObject({
      code: 'invalid_request',
    });
    expect(await plain.head('x')).toBeUndefined();
  });
});

describe('retention on S3', () => {
  const store = openS3Store(s3Settings());
  const other = stranger();
  afterAll(async () => {
    await store.close();
    other.destroy();
  });

  const versions = async (Bucket: string, Prefix: string) => {
    const { Versions = [], DeleteMarkers = [] } = await other.send(
      new ListObjectVersionsCommand({ Bucket, Prefix }),
    );
    return { versions: Versions.length, markers: DeleteMarkers.length };
  };

  test.each([
    ['compliance', 'COMPLIANCE'],
    ['governance', 'GOVERNANCE'],
  ] as const)('the lock %s is the store’s own', async (lock, ObjectLockMode) => {
    const bucket = await store.bucket(freshBucketName(), { lock });
    const retainUntil = new Date(Math.ceil(Date.now() / 1000) * 1000 + 2000);
    await bucket.put('x', Buffer.from('x'), { ...TEXT, retainUntil });
    const { stream, ...content } = knownStream(9 * MIB);
    await bucket.put('y', stream(), { ...TEXT, ...content, retainUntil });
    for (const Key of ['x', 'y']) {
      const head = await other.send(new HeadObjectCommand({ Bucket: bucket.name, Key }));
      expect(head).toMatchObject({ ObjectLockMode, ObjectLockRetainUntilDate: retainUntil });
    }
  });

  test('in a bucket that was made without a lock nothing is stored that should be retained', async () => {
    const name = freshBucketName();
    await store.bucket(name);
    const bucket = await store.bucket(name, { lock: 'compliance' });
    for (const ifAbsent of [true, false]) {
      const options = { ...TEXT, retainUntil: inAnHour(), ifAbsent };
      await expect(bucket.put('x', Buffer.from('x'), options)).rejects.toMatchObject({
        code: 'dependency_unavailable',
        message: expect.stringContaining('without object lock'),
      });
    }
    expect(await bucket.head('x')).toBeUndefined();
    await bucket.put('x', Buffer.from('x'), TEXT);
    await bucket.remove('x');
    expect(await bucket.head('x')).toBeUndefined();
  });

  test('what is removed is gone with all its versions, and its neighbours stay', async () => {
    const bucket = await store.bucket(freshBucketName(), { lock: 'compliance' });
    for (const text of ['1', '2', '3']) await bucket.put('x', Buffer.from(text), TEXT);
    await bucket.put('x.y', Buffer.from('neighbour'), TEXT);
    expect(await versions(bucket.name, 'x')).toEqual({ versions: 4, markers: 0 });
    await bucket.remove('x');
    expect(await versions(bucket.name, 'x')).toEqual({ versions: 1, markers: 0 });
    expect(await bucket.head('x.y')).toBeDefined();
  });

  test('what somebody laid over a retained object goes, and the retained one stays', async () => {
    const bucket = await store.bucket(freshBucketName(), { lock: 'compliance' });
    await bucket.put('x', Buffer.from('evidence'), { ...TEXT, retainUntil: inAnHour() });
    await other.send(new PutObjectCommand({ Bucket: bucket.name, Key: 'x', Body: 'laid over' }));
    await expect(bucket.remove('x')).rejects.toMatchObject(RETAINED);
    expect(await versions(bucket.name, 'x')).toMatchObject({ versions: 2 });
  });

  test('tags show in the tools of the store, of small objects and of large ones', async () => {
    const bucket = await store.bucket(freshBucketName());
    const tags = { 'trust-tier': 'gold', note: 'a b+c=d/e:f@g_h.i-j' };
    const { stream, ...content } = knownStream(9 * MIB);
    await bucket.put('small', Buffer.from('x'), { ...TEXT, tags });
    await bucket.put('large', stream(), { ...TEXT, ...content, tags });
    for (const Key of ['small', 'large']) {
      const { TagSet } = await other.send(new GetObjectTaggingCommand({ Bucket: bucket.name, Key }));
      expect(Object.fromEntries((TagSet ?? []).map((tag) => [tag.Key, tag.Value]))).toEqual(tags);
    }
  });
});

describe('retention in a directory', () => {
  const record = async (root: string) => {
    const names = await readdir(join(root, '.meta'), { recursive: true });
    const file = names.find((name) => name.endsWith('.json')) ?? '';
    return { file: join(root, '.meta', file), text: await readFile(join(root, '.meta', file), 'utf8') };
  };

  test('a person finds a file that is not to be written, and tags and time in the record', async () => {
    const place = await directoryUnderTest(openDirectoryStore);
    const bucket = await place.open().bucket('evidence', { lock: 'compliance' });
    const retainUntil = inAnHour();
    await bucket.put('x', Buffer.from('x'), { ...TEXT, tags: { a: 'b' }, retainUntil });
    expect((await stat(bucket.locate('x'))).mode & 0o777).toBe(0o444);
    expect(JSON.parse((await record(place.root)).text)).toMatchObject({
      sha256: sha256('x'),
      tags: { a: 'b' },
      retainUntil: retainUntil.toISOString(),
    });
    await place.dispose();
  });

  test('it holds with the file’s mode changed, and in a tree restored from a backup', async () => {
    const place = await directoryUnderTest(openDirectoryStore);
    const bucket = await place.open().bucket('evidence', { lock: 'compliance' });
    await bucket.put('x', Buffer.from('x'), { ...TEXT, retainUntil: inAnHour() });
    await chmod(bucket.locate('x'), 0o666);
    await expect(bucket.remove('x')).rejects.toMatchObject(RETAINED);
    const restored = `${place.root}-restored`;
    await cp(place.root, restored, { recursive: true });
    const again = await openDirectoryStore(restored).bucket('evidence');
    await expect(again.remove('x')).rejects.toMatchObject(RETAINED);
    await expect(again.put('x', Buffer.from('y'), TEXT)).rejects.toMatchObject(RETAINED);
    await rm(restored, { recursive: true });
    await place.dispose();
  });
});
