// needs: s3

import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDirectoryStore } from '../../services/objects/directory-store.ts';
import type { Bucket, ObjectStore } from '../../services/objects/store.ts';
import {
  bufferMeter,
  collect,
  directoryUnderTest,
  freshBucketName,
  keysOf,
  longStream,
  type StoreUnderTest,
  s3UnderTest,
  sha256,
} from './object-stores.ts';

const MIB = 1024 * 1024;
const TEXT = { contentType: 'text/plain' };

describe.each([
  ['directory', () => directoryUnderTest(openDirectoryStore)],
  ['s3', s3UnderTest],
] as const)('object store: %s', (kind, prepare) => {
  let place: StoreUnderTest;
  let store: ObjectStore;
  let bucket: Bucket;

  beforeAll(async () => {
    place = await prepare();
    store = place.open();
    bucket = await store.bucket(place.bucketName);
  });
  afterAll(async () => {
    await store.close();
    await place.dispose();
  });

  const bytesOf = async (key: string) => Buffer.from(await bucket.read(key, 100 * MIB));

  test('what was put comes back, with everything said about it', async () => {
    const bytes = randomBytes(100_000);
    const metadata = { tenant: 'acme', 'test-id': 'test_0123456789ab', note: 'a  b = "c"; d' };
    const { outcome, info } = await bucket.put('round/trip.bin', bytes, {
      contentType: 'application/x-thing; v=1',
      metadata,
    });
    expect(outcome).toBe('created');
    expect(info).toEqual({
      key: 'round/trip.bin',
      size: 100_000,
      sha256: sha256(bytes),
      contentType: 'application/x-thing; v=1',
      metadata,
    });
    expect(await bucket.head('round/trip.bin')).toEqual(info);
    const opened = await bucket.open('round/trip.bin');
    expect(opened.info).toEqual(info);
    expect(Buffer.concat(await opened.body.toArray())).toEqual(bytes);
    expect(await bytesOf('round/trip.bin')).toEqual(bytes);
  });

  test('a part of an object is these bytes, and what is recorded of the whole', async () => {
    const bytes = randomBytes(300_000);
    const { info } = await bucket.put('part/of.bin', bytes, TEXT);
    for (const [start, end] of [
      [0, 0],
      [0, 299_999],
      [299_999, 299_999],
      [65_535, 200_001],
    ] as const) {
      const part = await bucket.openRange('part/of.bin', { start, end });
      expect(part.info).toEqual(info);
      expect(Buffer.concat(await part.body.toArray()).equals(bytes.subarray(start, end + 1))).toBe(true);
    }
  });

  test.each([
    [0, 10],
    [10, 10],
    [5, 4],
    [-1, 3],
    [0.5, 3],
    [Number.NaN, 3],
    [0, Number.POSITIVE_INFINITY],
  ])('the part from %p to %p of ten bytes is none', async (start, end) => {
    await bucket.put('part/ten', Buffer.from('0123456789'), TEXT);
    await expect(bucket.openRange('part/ten', { start, end })).rejects.toMatchObject({
      code: 'range_not_satisfiable',
    });
    await expect(bucket.openRange('part/none', { start, end })).rejects.toMatchObject({
      code: 'object_not_found',
    });
  });

  test('a part that is not read to its end is let go', async () => {
    await bucket.put('part/long', longStream(20 * MIB).stream, TEXT);
    const { body } = await bucket.openRange('part/long', { start: MIB, end: 19 * MIB });
    for await (const chunk of body) {
      expect((chunk as Buffer).length).toBeGreaterThan(0);
      break;
    }
    expect(body.destroyed).toBe(true);
  });

  test('what is signed can be had from the store by anybody, once its time has not passed', async () => {
    if (kind !== 's3') return expect(bucket.presign).toBeUndefined();
    const key = "signed/späße (1) + plus&=?#%'*!.txt";
    await bucket.put(key, Buffer.from('for you'), TEXT);
    const options = {
      seconds: 60,
      contentType: 'application/json',
      contentDisposition: 'attachment; filename="a.json"',
    };
    const address = String(await bucket.presign?.(key, options));
    const answer = await fetch(address);
    expect({ status: answer.status, text: await answer.text() }).toEqual({ status: 200, text: 'for you' });
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="a.json"');
    const status = async (changed: string) => (await fetch(changed)).status;
    expect(await status(address.replace('a.json', 'b.html'))).toBe(403);
    expect(await status(address.replace(/Expires=60/, 'Expires=600'))).toBe(403);
    expect(await status(address.replace('signed/', 'signee/'))).toBe(403);
    expect(await status(address.replace(/\?.*/, ''))).toBe(403);
    expect(await status(address.replace(/Signature=.{4}/, 'Signature=0000'))).toBe(403);
  });

  test('what is not there is not there', async () => {
    expect(await bucket.head('no/such')).toBeUndefined();
    await expect(bucket.open('no/such')).rejects.toMatchObject({ code: 'object_not_found' });
    await expect(bucket.read('no/such', 10)).rejects.toMatchObject({ code: 'object_not_found' });
    expect(await keysOf(bucket.list('no/such'))).toEqual([]);
  });

  test('an empty object is an object', async () => {
    const { info } = await bucket.put('empty', Readable.from([]), TEXT);
    expect(info).toMatchObject({ size: 0, sha256: sha256('') });
    expect(await bytesOf('empty')).toHaveLength(0);
    expect(await bucket.read('empty', 0)).toHaveLength(0);
    expect((await (await bucket.open('empty')).body.toArray()).length).toBe(0);
  });

  test('an overwrite replaces bytes, type and metadata together', async () => {
    await bucket.put('over', Buffer.from('one'), { contentType: 'text/plain', metadata: { a: '1', b: '2' } });
    const { outcome } = await bucket.put('over', Buffer.from('three'), {
      contentType: 'text/html',
      metadata: { c: '3' },
    });
    expect(outcome).toBe('replaced');
    expect(await bucket.head('over')).toEqual({
      key: 'over',
      size: 5,
      sha256: sha256('three'),
      contentType: 'text/html',
      metadata: { c: '3' },
    });
    expect(String(await bytesOf('over'))).toBe('three');
  });

  test('64 MiB stream through in flat memory, up and down', async () => {
    const up = await bufferMeter();
    const { stream, digest } = longStream(64 * MIB, (sent) => sent % (8 * MIB) === 0 && up.sample());
    const { info } = await bucket.put('long', stream, TEXT);
    expect(info).toMatchObject({ size: 64 * MIB, sha256: digest() });
    expect(up.peak()).toBeLessThan(32 * MIB);

    const down = await bufferMeter();
    let received = 0;
    for await (const chunk of (await bucket.open('long')).body) {
      if (Math.floor(received / (8 * MIB)) !== Math.floor((received + chunk.length) / (8 * MIB)))
        down.sample();
      received += chunk.length;
    }
    expect(received).toBe(64 * MIB);
    expect(down.peak()).toBeLessThan(32 * MIB);
    expect(await bucket.head('long')).toMatchObject({ sha256: info.sha256, size: 64 * MIB });
  });

  test('of 20 writers racing for a free key exactly one creates it', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        bucket.put('race', Buffer.from(`writer ${n}`), { ...TEXT, ifAbsent: true }),
      ),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
    expect(outcomes.filter(({ outcome }) => outcome === 'exists')).toHaveLength(19);
    const winner = outcomes.findIndex(({ outcome }) => outcome === 'created');
    expect(String(await bytesOf('race'))).toBe(`writer ${winner}`);
    for (const { info } of outcomes) expect(info.sha256).toBe(sha256(`writer ${winner}`));
  });

  test('a long stream does not take a key that is taken, and is let go', async () => {
    await bucket.put('taken', Buffer.from('first'), TEXT);
    const { stream } = longStream(20 * MIB);
    expect((await bucket.put('taken', stream, { ...TEXT, ifAbsent: true })).outcome).toBe('exists');
    expect(stream.destroyed).toBe(true);
    expect(String(await bytesOf('taken'))).toBe('first');
  });

  test('two long streams racing for a free key: one gets it, whole', async () => {
    const [one, two] = [longStream(20 * MIB), longStream(20 * MIB)];
    const results = await Promise.all(
      [one, two].map(({ stream }) => bucket.put('long-race', stream, { ...TEXT, ifAbsent: true })),
    );
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['created', 'exists']);
    expect(sha256(await bytesOf('long-race'))).toBe(results[0]?.info.sha256);
    expect(results[1]?.info).toEqual(results[0]?.info);
  });

  test.each([1000, 20 * MIB])('%i bytes with another digest than announced leave nothing', async (size) => {
    const options = { ...TEXT, sha256: sha256('something else') };
    await expect(bucket.put('wrong', longStream(size).stream, options)).rejects.toMatchObject({
      code: 'digest_mismatch',
    });
    await expect(bucket.put('wrong', Buffer.alloc(1000), options)).rejects.toMatchObject({
      code: 'digest_mismatch',
    });
    expect(await bucket.head('wrong')).toBeUndefined();
    expect(await keysOf(bucket.list('wrong'))).toEqual([]);

    await bucket.put('wrong', Buffer.from('right'), TEXT);
    await expect(bucket.put('wrong', longStream(size).stream, options)).rejects.toMatchObject({
      code: 'digest_mismatch',
    });
    expect(String(await bytesOf('wrong'))).toBe('right');
    await bucket.remove('wrong');
    expect((await bucket.put('wrong', Buffer.from('x'), { ...TEXT, sha256: sha256('x') })).outcome).toBe(
      'created',
    );
    await bucket.remove('wrong');
  });

  test.each([1000, 20 * MIB])(
    'a source that fails after %i bytes leaves nothing, and its error is passed on',
    async (size) => {
      const failing = Readable.from(
        (async function* () {
          yield* longStream(size).stream;
          throw new Error('the source broke');
        })(),
      );
      await expect(bucket.put('half', failing, TEXT)).rejects.toThrow('the source broke');
      expect(await bucket.head('half')).toBeUndefined();
    },
  );

  test('a source that failed before it was read ends the write and not the process', async () => {
    const broken = new Readable({ read: () => undefined });
    const writing = bucket.put('early', broken, TEXT);
    broken.destroy(new Error('broke early'));
    await expect(writing).rejects.toThrow('broke early');
    expect(await bucket.head('early')).toBeUndefined();
  });

  test('a stream that is refused is let go', async () => {
    const { stream } = longStream(MIB);
    await expect(bucket.put('../x', stream, TEXT)).rejects.toMatchObject({ code: 'invalid_key' });
    expect(stream.destroyed).toBe(true);
  });

  test('reading stops at the limit', async () => {
    await bucket.put('limit', Buffer.alloc(1000), TEXT);
    expect(await bucket.read('limit', 1000)).toHaveLength(1000);
    await expect(bucket.read('limit', 999)).rejects.toMatchObject({ code: 'object_too_large' });
  });

  test('more keys than a page holds come in byte order', async () => {
    const keys = Array.from({ length: 1200 }, (_, n) => `many/${String(n * 7919).padStart(5, '0')}/x`);
    for (let start = 0; start < keys.length; start += 40) {
      await Promise.all(keys.slice(start, start + 40).map((key) => bucket.put(key, Buffer.from(key), TEXT)));
    }
    const listed = await collect(bucket.list('many/'));
    expect(listed.map(({ key }) => key)).toEqual([...keys].sort());
    expect(new Set(listed.map(({ size }) => size))).toEqual(new Set(keys.map((key) => key.length)));
  });

  test('byte order is of UTF-8, and a folder sorts with its slash', async () => {
    const names = ['a.b', 'a/b', 'a0', 'a-', 'B', 'é', 'z', '\u{ff5e}', '\u{1f600}', 'a/!', 'a/b.c', 'a b'];
    for (const name of names) await bucket.put(`order/${name}`, Buffer.from(name), TEXT);
    const expected = names
      .map((name) => Buffer.from(`order/${name}`))
      .sort(Buffer.compare)
      .map(String);
    expect(await keysOf(bucket.list('order/'))).toEqual(expected);
  });

  test('a prefix is the beginning of a key, not a folder', async () => {
    for (const key of ['pre/ab/1', 'pre/abc', 'pre/b', 'prefix'])
      await bucket.put(key, Buffer.from(key), TEXT);
    expect(await keysOf(bucket.list('pre/ab'))).toEqual(['pre/ab/1', 'pre/abc']);
    expect(await keysOf(bucket.list('pre/ab/'))).toEqual(['pre/ab/1']);
    expect(await keysOf(bucket.list('pre'))).toEqual(['pre/ab/1', 'pre/abc', 'pre/b', 'prefix']);
    expect(await keysOf(bucket.list(''))).toContain('prefix');
  });

  test.each([
    'späße/日本語/😀.txt',
    'with space/and + plus&=?#%.txt',
    '.hidden/.meta',
    'quo\'te"<>.txt',
    `${'x'.repeat(255)}/y`,
    `${'k'.repeat(250)}/${'é'.repeat(125)}/${'k'.repeat(250)}/${'k'.repeat(147)}`,
  ])('the key %j is taken as it is', async (key) => {
    await bucket.put(key, Buffer.from(key), { ...TEXT, ifAbsent: true });
    expect(String(await bytesOf(key))).toBe(key);
    expect(await bucket.head(key)).toMatchObject({ key });
    expect(await keysOf(bucket.list(key))).toEqual([key]);
    await bucket.remove(key);
    expect(await bucket.head(key)).toBeUndefined();
  });

  test('keys that look alike are different keys', async () => {
    const keys = ['alike/Case', 'alike/case', 'alike/CASE', 'alike/\u00e9', 'alike/e\u0301'];
    for (const key of keys) await bucket.put(key, Buffer.from(key), { ...TEXT, ifAbsent: true });
    for (const key of keys) expect(String(await bytesOf(key))).toBe(key);
    expect(await keysOf(bucket.list('alike/'))).toHaveLength(keys.length);
  });

  test.each([
    '',
    '/',
    '/etc/passwd',
    '..',
    '../x',
    'a/../../x',
    'a/..',
    './a',
    'a//b',
    'a/',
    'a\\b',
    'a\0b',
    'a\nb',
    'a\rb',
    'a\u007fb',
    'a\u0085b',
    '\ud800',
    'x'.repeat(256),
    `${'é'.repeat(128)}/y`,
    `${'y/'.repeat(450)}y`,
    '\uffff',
  ])('the key %j is refused everywhere', async (key) => {
    const refusal = { code: 'invalid_key' };
    await expect(bucket.put(key, Buffer.from('x'), TEXT)).rejects.toMatchObject(refusal);
    await expect(bucket.head(key)).rejects.toMatchObject(refusal);
    await expect(bucket.open(key)).rejects.toMatchObject(refusal);
    await expect(bucket.openRange(key, { start: 0, end: 0 })).rejects.toMatchObject(refusal);
    await expect(bucket.read(key, 10)).rejects.toMatchObject(refusal);
    await expect(bucket.remove(key)).rejects.toMatchObject(refusal);
    expect(() => bucket.locate(key)).toThrow(expect.objectContaining(refusal));
    if (key !== '' && key !== 'a/') await expect(collect(bucket.list(key))).rejects.toMatchObject(refusal);
  });

  test.each(['', 'ab', 'UPPER', '.meta', '.tmp', '../x', 'a/b', 'a.b.c', `${'x'.repeat(64)}`])(
    'the bucket name %j is refused',
    async (name) => {
      await expect(store.bucket(name)).rejects.toMatchObject({ code: 'invalid_key' });
      expect(() => store.readable(name)).toThrow(expect.objectContaining({ code: 'invalid_key' }));
    },
  );

  test('a key and keys below it either go together or the second is refused', async () => {
    for (const [first, second] of [
      ['both', 'both/x'],
      ['other/x', 'other'],
    ] as const) {
      await bucket.put(first, Buffer.from('first'), TEXT);
      const refused = await bucket.put(second, Buffer.from('second'), TEXT).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (refused === undefined) expect(String(await bytesOf(second))).toBe('second');
      else expect(refused).toMatchObject({ code: 'object_conflict' });
      expect(String(await bytesOf(first))).toBe('first');
      await bucket.remove(first);
      await bucket.remove(second);
      expect((await bucket.put(second, Buffer.from('second'), { ...TEXT, ifAbsent: true })).outcome).toBe(
        'created',
      );
    }
  });

  test.each([
    { metadata: { Upper: 'x' } },
    { metadata: { 'certus-sha256': 'x' } },
    { metadata: { a: 'ümlaut' } },
    { metadata: { a: 'line\nbreak' } },
    { metadata: { a: ' trimmed ' } },
    { metadata: { a: '' } },
    { metadata: { a: 'x'.repeat(1000), b: 'x'.repeat(877) } },
    { size: -1 },
    { size: 0.5 },
    { tags: { a: 'ü' } },
    { tags: { a: 'b&c=d' } },
    { tags: { a: '' } },
    { tags: { 'a b': 'c' } },
    { tags: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`t${n}`, 'x'])) },
    { retainUntil: new Date(Number.NaN) },
    { retainUntil: new Date(Date.now() + 60_000) },
    { contentType: 'text/plain\r\nx-evil: 1' },
    { contentType: '' },
    { sha256: 'not a digest' },
  ])('metadata that a store would bend is refused: %j', async (bad) => {
    await expect(bucket.put('meta', Buffer.from('x'), { ...TEXT, ...bad })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    expect(await bucket.head('meta')).toBeUndefined();
  });

  test('metadata up to the limit is kept to the letter', async () => {
    const metadata = { a: 'x'.repeat(1000), b: 'x'.repeat(876) };
    await bucket.put('meta-full', Buffer.from('x'), { ...TEXT, metadata });
    expect(await bucket.head('meta-full')).toMatchObject({ metadata });
  });

  test('removing is idempotent and frees the key', async () => {
    await bucket.put('gone/deep/x', Buffer.from('x'), TEXT);
    await bucket.remove('gone/deep/x');
    await bucket.remove('gone/deep/x');
    await bucket.remove('never/was');
    expect(await bucket.head('gone/deep/x')).toBeUndefined();
    expect(await keysOf(bucket.list('gone'))).toEqual([]);
    expect((await bucket.put('gone/deep/x', Buffer.from('y'), { ...TEXT, ifAbsent: true })).outcome).toBe(
      'created',
    );
    await bucket.remove('gone/deep/x');
    expect((await bucket.put('gone', Buffer.from('y'), TEXT)).outcome).toBe('created');
  });

  test('a store opened again sees everything, and a reader of it as well', async () => {
    await bucket.put('durable', Buffer.from('still here'), { ...TEXT, metadata: { a: 'b' } });
    const again = place.open();
    const reader = again.readable(place.bucketName);
    expect(await reader.head('durable')).toMatchObject({
      sha256: sha256('still here'),
      metadata: { a: 'b' },
    });
    expect(await reader.read('durable', 100)).toEqual(Buffer.from('still here'));
    expect(await keysOf((await again.bucket(place.bucketName)).list('durable'))).toEqual(['durable']);
    expect('put' in reader || 'remove' in reader).toBe(false);
    await again.close();
  });

  test('a bucket that was never made reads as empty', async () => {
    const reader = store.readable(freshBucketName());
    expect(await reader.head('x')).toBeUndefined();
    await expect(reader.open('x')).rejects.toMatchObject({ code: 'object_not_found' });
    expect(await keysOf(reader.list(''))).toEqual([]);
  });

  test('buckets do not see each other', async () => {
    const other = await store.bucket(freshBucketName());
    await bucket.put('mine', Buffer.from('x'), TEXT);
    expect(await other.head('mine')).toBeUndefined();
    expect(await keysOf(other.list(''))).toEqual([]);
  });

  test('locate says where it lies', () => {
    expect(bucket.locate('a/b')).toMatch(
      kind === 's3' ? /^s3:\/\/test-\w+\/a\/b$/ : /^\/.*\/evidence\/a\/b$/,
    );
  });
});

test('the meter of the memory tests sees what is held', async () => {
  const meter = await bufferMeter();
  const held = Buffer.alloc(64 * MIB, 1);
  meter.sample();
  expect(meter.peak()).toBeGreaterThan(0.9 * held.length);
});
