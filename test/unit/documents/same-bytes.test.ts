import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SameBytes } from '../../../activities/documents/same-bytes.ts';

const chunked = (bytes: Uint8Array, sizes: readonly number[]): Readable => {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    const end = Math.min(bytes.length, at + size);
    if (end > at) chunks.push(Buffer.from(bytes.subarray(at, end)));
    at = end;
  }
  return Readable.from(chunks, { objectMode: false });
};

async function look(same: SameBytes, bytes: Uint8Array, limit: number): Promise<void> {
  let seen = 0;
  if (limit === 0) return;
  for await (const chunk of same.watch(chunked(bytes, [3, 5, 7, 11]))) {
    seen += (chunk as Buffer).length;
    if (seen >= limit) break;
  }
}

const copy = async (same: SameBytes, bytes: Uint8Array, sizes: number[]): Promise<Buffer> =>
  Buffer.concat(await same.hold(chunked(bytes, sizes)).toArray());

const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 10 });
const limits = fc.array(fc.integer({ min: 0, max: 250 }), { maxLength: 4 });

describe('what was looked into', () => {
  test('is copied as it is, however far it was read and however it comes', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, sizes, limits, async (body, parts, readings) => {
        const same = new SameBytes();
        for (const limit of readings) await look(same, body, limit);
        expect(await copy(same, body, parts)).toEqual(Buffer.from(body));
      }),
    );
  });

  test('is not copied when a bit of what was seen is another one', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, sizes, fc.nat(), async (body, parts, where) => {
        const same = new SameBytes();
        await look(same, body, body.length);
        const other = Uint8Array.from(body);
        const at = where % body.length;
        other[at] = (other[at] ?? 0) ^ 1;
        await expect(copy(same, other, parts)).rejects.toMatchObject({ code: 'digest_mismatch' });
      }),
    );
  });

  test('is not copied when it has become shorter', async () => {
    const same = new SameBytes();
    await look(same, Buffer.from('hello world'), 100);
    await expect(copy(same, Buffer.from('hello'), [2])).rejects.toMatchObject({ code: 'digest_mismatch' });
  });

  test('says nothing of what nobody read: that the digest of the whole does', async () => {
    const blocks = Array.from({ length: 64 }, () => 64 * 1024);
    const body = Buffer.alloc(64 * 64 * 1024, 'a');
    const same = new SameBytes();
    for await (const _ of same.watch(chunked(body, blocks))) break;
    const other = Buffer.from(body);
    other[other.length - 1] = 98;
    expect((await copy(same, other, blocks)).equals(other)).toBe(true);
    other[0] = 98;
    await expect(copy(same, other, blocks)).rejects.toMatchObject({ code: 'digest_mismatch' });
  });

  test('fails as its source does', async () => {
    const same = new SameBytes();
    const failing = Readable.from(
      (async function* () {
        yield Buffer.from('a');
        throw new Error('cut');
      })(),
      { objectMode: false },
    );
    await expect(same.hold(failing).toArray()).rejects.toThrow('cut');
  });
});
