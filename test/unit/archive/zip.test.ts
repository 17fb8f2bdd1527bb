import { describe, expect, test } from '@jest/globals';
import { refusal, unpack, type ZipEntry, type ZipLies, zipOf } from './archives.ts';

const LINK = 0o120777;
const good: ZipEntry = { name: 'good.txt', body: 'good' };

describe('a zip', () => {
  test('is unpacked, whether deflated or stored, from Unix or elsewhere', async () => {
    const zip = zipOf([
      { name: 'a.txt', body: 'alpha' },
      { name: 'd/', mode: 0o040755, stored: true },
      { name: 'd/b.txt', body: 'x'.repeat(5000), mode: 0o100644 },
      { name: 'stored', body: 'as it is', stored: true },
      { name: 'ü', body: '', flags: 0 },
    ]);
    expect(await unpack(zip)).toEqual({
      files: { 'a.txt': 'alpha', 'd/b.txt': 'x'.repeat(5000), stored: 'as it is', ü: '' },
      leftOut: [],
    });
    expect(await refusal(zipOf([]))).toBe('accepted');
  });

  test.each([
    ['../escape', 'name_unsafe'],
    ['/absolute', 'name_unsafe'],
    ['C:/drive', 'name_unsafe'],
    ['back\\slash', 'name_unsafe'],
    ['nul\0byte', 'name_unsafe'],
    ['new\nline', 'name_unsafe'],
    ['n'.repeat(256), 'path_too_long'],
  ])('leaves the name %j out, and says so', async (name, code) => {
    expect(await unpack(zipOf([{ name, body: 'x' }, good]))).toEqual({
      files: { 'good.txt': 'good' },
      leftOut: [`${code} ${name}`],
    });
  });

  test.each<[string, ZipEntry]>([
    ['symlink', { mode: LINK, body: '/etc/passwd' }],
    ['special_file', { mode: 0o010644 }],
    ['encrypted', { flags: 0x801 }],
    ['compression_unknown', { method: 14 }],
    ['file_too_large', { body: Buffer.alloc(2 * 1024 * 1024) }],
  ])('leaves out what is %s', async (code, entry) => {
    expect(await unpack(zipOf([{ name: 'odd', ...entry }, good]))).toEqual({
      files: { 'good.txt': 'good' },
      leftOut: [`${code} odd`],
    });
  });

  test('leaves out a name that is not UTF-8, unless it is given once more in Unicode', async () => {
    const name = Buffer.from('caf\xe9', 'latin1');
    expect((await unpack(zipOf([{ name, flags: 0 }, good]))).leftOut).toEqual(['name_not_text caf\ufffd']);
    // CRC-32 of the bytes above
    const unicode = Buffer.concat([
      Buffer.from('7570', 'hex'),
      Buffer.from([10, 0, 1]),
      crcOf(name),
      Buffer.from('café'),
    ]);
    expect((await unpack(zipOf([{ name, flags: 0, extra: unicode, body: 'x' }]))).files).toEqual({
      café: 'x',
    });
  });
});

describe('what readers would disagree about is refused', () => {
  test.each<[string, readonly ZipEntry[], ZipLies?]>([
    ['a name that is there twice', [good, { ...good, body: 'other' }]],
    ['a file that is a folder, too', [{ name: 'a' }, { name: 'a/b' }]],
    ['two names for one entry', [{ ...good, local: { name: 'evil.txt' } }]],
    ['two sizes for one entry', [{ ...good, local: { size: 3 } }]],
    ['two methods for one entry', [{ ...good, local: { method: 0 } }]],
    ['encrypted to some', [{ ...good, local: { flags: 0x801 } }]],
    ['a folder that has content', [{ name: 'd/', body: 'hidden' }]],
    ['a folder by its mode only', [{ name: 'd', mode: 0o040755, stored: true }]],
    ['a file by its mode only', [{ name: 'd/', mode: 0o100644, stored: true }]],
    ['something before the first entry', [good], { before: Buffer.from('#!/bin/sh\n') }],
    ['something between entries', [good, { name: 'b' }], { between: Buffer.from('hidden') }],
    ['something behind the directory', [good], { behind: Buffer.from('hidden') }],
    ['garbage behind the end', [good], { after: Buffer.from('x') }],
    ['a wrong checksum', [{ ...good, crc: 1 }]],
    ['a size that is too small', [{ ...good, body: 'x'.repeat(100), size: 10 }]],
    ['a size that is too large', [{ ...good, size: 5 }]],
  ])('%s', async (...[, entries, lies]) => {
    expect(await refusal(zipOf(entries, lies))).toBe('archive_invalid');
  });

  test('a second name in Unicode', async () => {
    const extra = Buffer.concat([
      Buffer.from('7570', 'hex'),
      Buffer.from([9, 0, 1]),
      crcOf(Buffer.from('good.txt')),
      Buffer.from('bad'),
    ]);
    extra.writeUInt16LE(8, 2);
    expect(await refusal(zipOf([{ ...good, extra }]))).toBe('archive_invalid');
  });

  test('entries that share their content: the bomb that needs no nesting', async () => {
    const zip = zipOf([good, { name: 'b.txt', body: 'b' }]);
    const directory = zip.indexOf(Buffer.from('504b0102', 'hex'));
    const second = zip.indexOf(Buffer.from('504b0102', 'hex'), directory + 4);
    zip.writeUInt32LE(0, second + 42);
    expect(await refusal(zip)).toBe('archive_invalid');
  });

  test('one that is cut off anywhere', async () => {
    const zip = zipOf([good, { name: 'b.txt', body: 'b'.repeat(300) }]);
    for (let length = 4; length < zip.length; length += 7)
      expect(await refusal(zip.subarray(0, length))).toBe('archive_invalid');
  });
});

test('what says that it is small and is not is stopped at what it said', async () => {
  const bomb = { name: 'bomb', body: Buffer.alloc(64 * 1024 * 1024), size: 100 };
  expect(await refusal(zipOf([bomb]))).toBe('archive_invalid');
});

test('too many files or bytes are refused', async () => {
  const entries = Array.from({ length: 5 }, (_, at) => ({ name: `f${at}`, body: 'xx' }));
  expect(await refusal(zipOf(entries), { maxFiles: 4 })).toBe('archive_too_large');
  expect(await refusal(zipOf(entries), { maxBytes: 9 })).toBe('archive_too_large');
  expect(await refusal(zipOf(entries), { maxFiles: 5, maxBytes: 10 })).toBe('accepted');
});

function crcOf(bytes: Buffer): Buffer {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  const out = Buffer.alloc(4);
  out.writeUInt32LE(~crc >>> 0);
  return out;
}
