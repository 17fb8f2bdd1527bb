import { createReadStream, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from '@jest/globals';
import { bunzip2 } from '../../../services/archive/bzip2.ts';
import { archiveFormat } from '../../../services/archive/format.ts';
import { temporaryFolder } from '../scan/sources.ts';
import { refusal, tarHeader, tarOf, unpack, zipOf } from './archives.ts';

/** One tar (a.txt, d/b.txt, run.sh), compressed by the programs that everybody has. */
const BZIP2 = Buffer.from(
  'QlpoOTFBWSZTWXyRKqYAAOj/mMuUAEBoAfeAIAAAOXRl3kAEAAAQAIgwALa2EqgAAAADQBkCU1FNqZDTIaehND1NAGmElKNpqaZMmTTAmCNA9H/2' +
    'AlJVVli0hAy2OAZUMzMNwsjPOEdSTgK2wt+BADgiEIYAsuvFCrf78w+i+C9dIwQjLTHvtCQIBoBFHRF11rsUzklSPfeVUEJiaWseywNLrBci5AIP' +
    'mUic81e7gKAU2GIYAlMsAPAbEoNI9goHlDkFQMYhJhuLuSKcKEg+SJVTAA==',
  'base64',
);
const XZ = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4Cf/ALpdADCLiofEDvKXpPh1PcWp7dmabcq1g/1emTu2V95PrHnZw4O1XyDJB8drnDowNNuRWU+/gsw7' +
    '7hYiMJNHuT7qIXBhSO7RF4/LwMLF6WswuhbLqj+a+sJ0+9Rybn8AgYr8DM10cymSOwrbG31c+qDp6ziuV8aBOzxsjQne4kgvEAmFJna+/KPN9fxB' +
    'orGFcXHDb8ckpf7cc8+M2027vClgmXoqClWYCKKTON4Oze7UxzMfFu+imt3JHRGHAAAAAEoLvItagX+TAAHWAYBQAADUmre7scRn+wIAAAAABFla',
  'base64',
);
/** 200 MB of zeros. */
const BZIP2_BOMB = Buffer.from(
  'QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kOCeLfAV+OQADA' +
    'AAAIIAAwgE1GQqAlqQqAlzFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZzL/7xgB9osAIwAACAAAIIAAwzAmqaZKkQbVFSIPF' +
    '3JFOFCQeFqODAA==',
  'base64',
);
const CONTENT = { 'a.txt': 'alpha\n', 'd/b.txt': 'x'.repeat(700), 'run.sh': '#!/bin/sh\n' };
const TAR = tarOf(...Object.entries(CONTENT).map(([name, body]) => ({ name, body })));
/** With the checksum that is optional there. */
const zstd = (bytes: Buffer) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
const ALL: readonly [string, Buffer][] = [
  ['gzip', gzipSync(TAR)],
  ['zstd', zstd(TAR)],
  ['bzip2', BZIP2],
  ['xz', XZ],
];

const folder = temporaryFolder('compressed');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(ALL)('a tar in %s', (format, bytes) => {
  test('is told by its content and unpacked', async () => {
    expect(archiveFormat(bytes)).toBe(format);
    expect(await unpack(bytes)).toEqual({ files: CONTENT, leftOut: [] });
  });

  test('is refused when it is cut off anywhere', async () => {
    for (let length = 8; length < bytes.length; length += 5)
      expect(await refusal(bytes.subarray(0, length))).toBe('archive_invalid');
  });

  test('is refused when something follows', async () => {
    expect(await refusal(Buffer.concat([bytes, Buffer.from('garbage behind the end')]))).toBe(
      'archive_invalid',
    );
  });

  test('is never taken for good when a bit of its content is another one', async () => {
    for (let at = 20; at < bytes.length; at += 3) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      const outcome = await unpack(damaged).then(
        ({ files }) => files,
        ({ code }) => code,
      );
      // bytes that nobody reads, such as a time, may be anything
      if (typeof outcome === 'object') expect(outcome).toEqual(CONTENT);
      else expect(['archive_invalid', 'archive_too_large']).toContain(outcome);
    }
  });
});

test.each<[string, Buffer]>([
  ['what is compressed is no tar', gzipSync('just text, and quite some of it'.repeat(100))],
  ['it is compressed twice', gzipSync(gzipSync(TAR))],
  ['it is a zip that is compressed', gzipSync(zipOf([{ name: 'a' }]))],
  ['it is text', Buffer.from('just text, and quite some of it'.repeat(100))],
  ['it is empty', Buffer.alloc(0)],
])('is refused when %s', async (_, bytes) => {
  expect(await refusal(bytes)).toBe('archive_invalid');
});

test('a name says nothing about the format', () => {
  expect(archiveFormat(TAR)).toBe('tar');
  expect(archiveFormat(zipOf([]))).toBe('zip');
  expect(archiveFormat(Buffer.from('MZ\x90\0'))).toBeUndefined();
  expect(archiveFormat(Buffer.alloc(512))).toBeUndefined();
});

describe('a bomb', () => {
  const zeros = (bytes: number) => {
    const header = tarHeader({ name: 'zeros', size: bytes });
    return Buffer.concat([header, Buffer.alloc(bytes), Buffer.alloc(1024)]);
  };

  test.each<[string, () => Buffer]>([
    ['gzip', () => gzipSync(zeros(100_000_000))],
    ['zstd', () => zstdCompressSync(zeros(100_000_000))],
  ])('in %s is not unpacked to its end, although its one entry would be left out', async (_, make) => {
    const bytes = make();
    expect(await refusal(bytes)).toBe('archive_too_large');
    expect(await refusal(bytes, {}, 1_000_000)).toBe('archive_too_large');
    expect(await refusal(gzipSync(zeros(10_000_000)))).toBe('accepted');
  });

  test('in bzip2 comes out a little at a time, and no further than somebody reads', async () => {
    const file = join(folder, 'bomb.bz2');
    writeFileSync(file, BZIP2_BOMB);
    let pieces = 0;
    let largest = 0;
    for await (const piece of bunzip2(createReadStream(file))) {
      largest = Math.max(largest, piece.length);
      pieces += 1;
      if (pieces === 10) break;
    }
    expect(pieces).toBe(10);
    expect(largest).toBeLessThanOrEqual(64 * 1024);
  });

  test('of one small file many times over ends at the number of files', async () => {
    const files = Array.from({ length: 2000 }, (_, at) => ({ name: `f${at}` }));
    expect(await refusal(gzipSync(tarOf(...files)), { maxFiles: 1999 })).toBe('archive_too_large');
  });
});

test('bzip2 whose runs are longer than a block ends, and does not count for ever', async () => {
  // The least that leads to the run: a block of one byte value, whose only code says "twice as many again".
  const bits: string[] = [];
  const put = (value: number, width: number) => bits.push(value.toString(2).padStart(width, '0'));
  for (const byte of Buffer.from('BZh1')) put(byte, 8);
  for (const half of [0x314159, 0x265359]) put(half, 24);
  put(0, 32); // checksum
  put(0, 1);
  put(0, 24); // where it starts
  put(0x8000, 16);
  put(0x8000, 16); // the alphabet is NUL
  put(2, 3);
  put(1, 15);
  put(0, 1); // the first of two codes, for all
  for (let code = 0; code < 2; code += 1) {
    put(2, 5);
    put(0, 3); // three symbols of two bits each
  }
  for (let run = 0; run < 32; run += 1) put(0, 2);
  put(2, 2); // end of block
  const text = bits.join('').padEnd(Math.ceil(bits.join('').length / 8) * 8 + 8 * 32, '0');
  const bytes = Buffer.from(text.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
  expect(await refusal(bytes)).toBe('archive_invalid');
});

test.each([
  ['gzip', gzipSync],
  ['zstd', zstd],
])('several of %s in a row are one, as for every program that unpacks them', async (_, compress) => {
  const parts = [TAR.subarray(0, 1000), TAR.subarray(1000, 1001), TAR.subarray(1001)].map((part) =>
    compress(part),
  );
  expect((await unpack(Buffer.concat(parts))).files).toEqual(CONTENT);
  expect(await refusal(Buffer.concat([...parts, Buffer.alloc(3)]))).toBe('archive_invalid');
  expect(await refusal(Buffer.concat([...parts, Buffer.from('\0hidden')]))).toBe('archive_invalid');
});

test('xz after xz, also when one is given up in the middle', async () => {
  await Promise.all([
    refusal(XZ, { maxFiles: 1 }),
    refusal(XZ.subarray(0, 150)),
    refusal(XZ, { maxBytes: 1 }),
  ]);
  expect((await unpack(XZ)).files).toEqual(CONTENT);
});
