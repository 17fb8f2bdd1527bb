import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { zipOf } from '../archive/archives.ts';
import { paragraph, pdf, word } from './documents.ts';
import { told } from './told.ts';

const NEEDLE = 'needle@example.com';
const ICON = {
  png: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  gif: 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
};
const icon = (kind: keyof typeof ICON) => Buffer.from(ICON[kind], 'base64');

describe('behind the end of a picture', () => {
  test.each(['png', 'gif'] as const)('of a %s, text is found although nobody reads an icon', async (kind) => {
    for (const encoding of ['latin1', 'utf16le'] as const) {
      const { opaque, where } = await told(Buffer.concat([icon(kind), Buffer.from(NEEDLE, encoding)]));
      expect(opaque).toEqual([]);
      expect(where(NEEDLE)).toEqual(['among the bytes']);
    }
  });

  test('so much that it is no icon is not passed over', async () => {
    const { opaque } = await told(Buffer.concat([icon('png'), Buffer.alloc(70_000, 1)]));
    expect(opaque).toEqual(['no_text']);
  });

  test('text is found as well where the picture itself was read', async () => {
    const large = icon('gif');
    large.writeUInt16LE(500, 6);
    large.writeUInt16LE(500, 8);
    const { where } = await told(Buffer.concat([large, Buffer.from(NEEDLE)]), {
      readPicture: async () => 'a sign',
    });
    expect(where('a sign')).toEqual(['text of the picture, line 1']);
    expect(where(NEEDLE)).toEqual(['among the bytes']);
  });
});

describe('the bytes of an RTF document', () => {
  const binary = (data: Uint8Array, before = '', after = '') =>
    Buffer.concat([
      Buffer.from(`{\\rtf1\\ansi a word ${before}\\bin${data.length} `),
      data,
      Buffer.from(`${after}}`),
    ]);

  test('are looked into wherever they stand', async () => {
    const text = Buffer.from(`${NEEDLE} {not a group`);
    expect((await told(binary(text))).where(NEEDLE)).toEqual(['data 1, line 1']);
    expect((await told(binary(text, '{\\object\\objdata', '}'))).where(NEEDLE)).toEqual(['object 1, line 1']);
    const picture = Buffer.concat([icon('png'), Buffer.from(NEEDLE)]);
    const { where, opaque } = await told(binary(picture, '{\\pict\\pngblip', '}'));
    expect(where(NEEDLE)).toEqual(['picture 1, among the bytes']);
    expect(opaque).toEqual([]);
  });

  test('that nobody can read are said not to have been', async () => {
    const { opaque } = await told(binary(Buffer.from([1, 2, 0, 255, 254, 3, 0, 0]), '{\\pict', '}'));
    expect(opaque).toEqual(['unknown_format picture 1']);
  });

  test('in digits are read as before; what stands between them and is none is looked at', async () => {
    const hex = Buffer.from(NEEDLE).toString('hex');
    const objects = [`{\\*\\objdata ${hex}}`, `{\\*\\objdata ${NEEDLE}}`, `{\\*\\objdata ${NEEDLE}\\x ff}`];
    for (const object of objects) {
      const { where } = await told(`{\\rtf1\\ansi {\\object\\objemb${object}}}`);
      expect([object, where(NEEDLE)]).toEqual([object, ['object 1, line 1']]);
    }
  });

  test('of more pictures than are looked into are told of', async () => {
    const { opaque } = await told(`{\\rtf1 ${'{\\pict 41}'.repeat(1001)}}`);
    expect(opaque).toEqual(['too_large']);
  });
});

describe('what no entry of a zip holds', () => {
  const zip = zipOf([{ name: 'a.txt', body: 'hello' }]);
  const commented = (bytes: Buffer) => {
    const whole = Buffer.concat([bytes, Buffer.from(NEEDLE)]);
    whole.writeUInt16LE(NEEDLE.length, bytes.length - 2);
    return whole;
  };

  test.each([
    ['its comment', commented(zip)],
    ['what follows its end', Buffer.concat([zip, Buffer.from(NEEDLE)])],
    ['the comment of an office document', commented(word(paragraph('hello')))],
  ])('is looked into: %s', async (_, bytes) => {
    const { where, opaque } = await told(bytes);
    expect(where('hello')).toHaveLength(1);
    expect(where(NEEDLE)).toEqual(['among the bytes']);
    expect(opaque).toEqual([]);
  });

  test('nor is a part that says what a document is of passed over when it says more', async () => {
    const { where } = await told(word(paragraph('hello'), { mimetype: `${'x '.repeat(50)}${NEEDLE}` }));
    expect(where(NEEDLE)).toEqual(['mimetype, line 1']);
  });
});

test('the name and the comment that a gzip carries are looked into', async () => {
  const plain = gzipSync('hello');
  const named = Buffer.concat([plain.subarray(0, 10), Buffer.from(`${NEEDLE}\0`), plain.subarray(10)]);
  named[3] = 8;
  const { where, opaque } = await told(named);
  expect([where('hello'), where(NEEDLE), opaque]).toEqual([['line 1'], ['among the bytes'], []]);
});

test.each([
  ['in front of it', (pdf: string) => `${NEEDLE}\n${pdf}`],
  ['behind its end', (pdf: string) => `${pdf}${NEEDLE}`],
  ['in a remark', (pdf: string) => pdf.replace('xref\n', `%${NEEDLE}\nxref\n`)],
])('what stands in a PDF %s is looked into', async (_, change) => {
  const { where } = await told(Buffer.from(change(pdf(['hello']).toString('latin1')), 'latin1'));
  expect(where('hello')).toEqual(['page 1']);
  expect(where(NEEDLE)).toEqual(['among the bytes']);
});

test('a PDF of more versions than are looked into says so', async () => {
  const { opaque } = await told(`%PDF-1.7\n${'%%EOF\n'.repeat(30)}`);
  expect(opaque).toContain('too_large earlier versions');
});
