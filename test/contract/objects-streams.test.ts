// needs: s3

import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openDirectoryStore } from '../../services/objects/directory-store.ts';
import type { Bucket, ObjectStore } from '../../services/objects/store.ts';
import {
  bufferMeter,
  directoryUnderTest,
  keysOf,
  knownStream,
  leftBehind,
  longStream,
  openSpools,
  type StoreUnderTest,
  s3UnderTest,
  sha256,
  stranger,
} from './object-stores.ts';

const MIB = 1024 * 1024;
const TEXT = { contentType: 'text/plain' };

describe.each([
  ['directory', () => directoryUnderTest(openDirectoryStore)],
  ['s3', s3UnderTest],
] as const)('announced streams: %s', (kind, prepare) => {
  let place: StoreUnderTest;
  let store: ObjectStore;
  let bucket: Bucket;
  const other = stranger();

  beforeAll(async () => {
    place = await prepare();
    store = place.open();
    bucket = await store.bucket(place.bucketName);
  });
  afterEach(async () => {
    if (kind === 's3') expect(await leftBehind(other, place.bucketName)).toEqual({ uploads: 0, parts: 0 });
  });
  afterAll(async () => {
    other.destroy();
    await store.close();
    await place.dispose();
  });

  const digestOf = async (key: string) => sha256(await bucket.read(key, 100 * MIB));

  test.each([
    ['parts', { inOne: false, most: 40 }],
    ['one request', { inOne: true, most: 24 }],
  ])(
    '64 MiB go straight to the store in %s in flat memory, and over no file of ours',
    async (_way, { inOne, most }) => {
      const meter = await bufferMeter();
      const { sha256, size, stream } = knownStream(64 * MIB);
      const before = openSpools();
      let spools = 0;
      const body = stream((sent) => {
        if (sent % (8 * MIB) !== 0) return;
        meter.sample();
        if (kind === 's3') spools += openSpools(before).length;
      });
      const { outcome, info } = await bucket.put('long', body, { ...TEXT, sha256, size, inOne });
      expect({ outcome, info }).toMatchObject({ outcome: 'created', info: { size, sha256, ...TEXT } });
      expect(meter.peak()).toBeLessThan(most * MIB);
      expect(spools).toBe(0);
      expect(await bucket.head('long')).toEqual(info);
      expect(await digestOf('long')).toBe(sha256);
      await bucket.remove('long');
    },
  );

  test.each([0, 1, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 16 * MIB, 16 * MIB + 1])(
    '%i bytes in chunks of odd sizes arrive whole',
    async (size) => {
      const bytes = Buffer.alloc(size, `${size}.`);
      const pieces = function* () {
        for (let at = 0; at < size; at += 99_991) yield bytes.subarray(at, at + 99_991);
      };
      const options = { ...TEXT, size, sha256: sha256(bytes), ifAbsent: true };
      expect((await bucket.put(`odd/${size}`, Readable.from(pieces()), options)).outcome).toBe('created');
      expect(Buffer.from(await bucket.read(`odd/${size}`, size)).equals(bytes)).toBe(true);
    },
  );

  describe.each([
    [1000, false],
    [20 * MIB, false],
    [20 * MIB, true],
  ])('of %i bytes (in one request: %p)', (size, inOne) => {
    const known = knownStream(size);
    const announced = { ...TEXT, size, sha256: known.sha256, inOne };
    const refused = { code: 'digest_mismatch', retryable: false };

    test.each([
      ['another digest', { sha256: sha256('something else') }],
      ['a shorter body', { size: size + 1 }],
      ['a longer body', { size: size - 1 }],
    ])('%s than announced leaves nothing, and what stood before', async (_name, wrong) => {
      for (const ifAbsent of [true, false]) {
        const options = { ...announced, ...wrong, ifAbsent };
        await expect(bucket.put('wrong', known.stream(), options)).rejects.toMatchObject(refused);
        expect(await bucket.head('wrong')).toBeUndefined();
      }
      await bucket.put('wrong', Buffer.from('right'), TEXT);
      await expect(bucket.put('wrong', known.stream(), { ...announced, ...wrong })).rejects.toMatchObject(
        refused,
      );
      expect(await digestOf('wrong')).toBe(sha256('right'));
      await bucket.remove('wrong');
      expect(await keysOf(bucket.list('wrong'))).toEqual([]);
    });

    test('a source that never ends is read no further than was announced', async () => {
      let read = 0;
      const endless = Readable.from(
        (function* () {
          for (;;) {
            read += 1000;
            yield Buffer.alloc(1000);
          }
        })(),
      );
      await expect(bucket.put('endless', endless, announced)).rejects.toMatchObject(refused);
      expect(read).toBeLessThan(size + MIB);
      expect(endless.destroyed).toBe(true);
    });

    test('a source that fails leaves nothing, and its error is passed on', async () => {
      const failing = Readable.from(
        (async function* () {
          yield* known.stream();
          throw new Error('the source broke');
        })(),
      );
      await expect(bucket.put('half', failing, { ...announced, size: size + 1 })).rejects.toThrow(
        'the source broke',
      );
      expect(await bucket.head('half')).toBeUndefined();
    });

    test('a source that is taken away half way leaves nothing', async () => {
      const body: Readable = known.stream((sent) => {
        if (sent >= size / 2 - 64 * 1024) queueMicrotask(() => body.destroy(new Error('gone away')));
      });
      await expect(bucket.put('aborted', body, announced)).rejects.toThrow('gone away');
      expect(await bucket.head('aborted')).toBeUndefined();
    });

    test('nothing shows before its end', async () => {
      const [reached, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const slow = Readable.from(
        (async function* () {
          let left = size;
          for await (const chunk of known.stream()) {
            left -= (chunk as Buffer).length;
            if (left === 0) {
              reached.resolve();
              await goOn.promise;
            }
            yield chunk;
          }
        })(),
      );
      const writing = bucket.put('slow', slow, announced);
      await reached.promise;
      expect(await bucket.head('slow')).toBeUndefined();
      expect(await keysOf(bucket.list('slow'))).toEqual([]);
      goOn.resolve();
      expect((await writing).outcome).toBe('created');
      expect(await digestOf('slow')).toBe(known.sha256);
      await bucket.remove('slow');
    });

    test('a key that is taken is left alone, and nothing is read', async () => {
      await bucket.put('taken', Buffer.from('first'), TEXT);
      let read = false;
      const body = known.stream(() => {
        read = true;
      });
      const { outcome, info } = await bucket.put('taken', body, { ...announced, ifAbsent: true });
      expect({ outcome, sha256: info.sha256 }).toEqual({ outcome: 'exists', sha256: sha256('first') });
      expect({ read, destroyed: body.destroyed }).toEqual({ read: false, destroyed: true });
      await bucket.remove('taken');
    });

    test('of five writers racing for a free key exactly one creates it, whole', async () => {
      const results = await Promise.all(
        Array.from({ length: 5 }, () => {
          const { stream, ...content } = knownStream(size);
          return bucket.put('race', stream(), { ...TEXT, ...content, ifAbsent: true, inOne });
        }),
      );
      const created = results.filter(({ outcome }) => outcome === 'created');
      expect(created).toHaveLength(1);
      for (const { info } of results) expect(info).toEqual(created[0]?.info);
      expect(await digestOf('race')).toBe(created[0]?.info.sha256);
      await bucket.remove('race');
    });
  });

  test('a size without a digest is held to as well', async () => {
    const wrong = { ...TEXT, size: 999 };
    const refused = { code: 'digest_mismatch' };
    await expect(bucket.put('sized', Buffer.alloc(1000), wrong)).rejects.toMatchObject(refused);
    await expect(bucket.put('sized', longStream(1000).stream, wrong)).rejects.toMatchObject(refused);
    expect(await bucket.head('sized')).toBeUndefined();
    const { info } = await bucket.put('sized', longStream(20 * MIB).stream, { ...TEXT, size: 20 * MIB });
    expect(await bucket.head('sized')).toEqual(info);
  });
});
