import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { tarOf, zipOf } from '../archive/archives.ts';
import * as documents from './documents.ts';
import { told } from './told.ts';

const NEEDLE = 'needle@example.com';
const MB = 1024 * 1024;

describe('what unpacks to too much', () => {
  test('a zip of zeros is cut short, and said to be', async () => {
    const zip = zipOf([
      { name: 'a.txt', body: NEEDLE },
      { name: 'zeros', body: Buffer.alloc(64 * MB, 'a') },
    ]);
    const { where, opaque, pieces } = await told(zip);
    expect(where(NEEDLE)).toEqual(['a.txt, line 1']);
    expect(opaque).toEqual(['too_large zeros']);
    expect(pieces.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(20 * MB);
  });

  test('files that overlap are unpacked only as long as there is room', async () => {
    const body = deflateRawSync(Buffer.alloc(8 * MB, 'a'));
    const zip = overlapping(body, 2000);
    const { opaque, pieces } = await told(zip, { maxBytes: 16 * MB });
    expect(opaque.join()).toContain('too_large');
    expect(pieces.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(20 * MB);
  });

  test('an archive in an archive, a hundred times', async () => {
    let zip = zipOf([{ name: 'a.txt', body: NEEDLE }]);
    for (let depth = 0; depth < 100; depth += 1) zip = zipOf([{ name: 'z', body: zip }]);
    expect((await told(zip)).opaque).toEqual(['too_deep z / z / z / z / z / z']);
    let packed = gzipSync(NEEDLE);
    for (let depth = 0; depth < 4; depth += 1) packed = gzipSync(packed);
    expect((await told(packed)).where(NEEDLE)).toEqual(['line 1']);
    expect((await told(gzipSync(packed))).opaque).toEqual(['too_deep']);
  });

  test('more files than anybody looks at', async () => {
    const { opaque } = await told(
      zipOf(Array.from({ length: 10_050 }, (_, at) => ({ name: `${at}`, body: 'x' }))),
    );
    expect(opaque).toEqual(['too_large']);
  });

  test('text beyond what one file may give', async () => {
    const { opaque, pieces } = await told('a line of text\n'.repeat(1000), { maxBytes: 100 });
    expect([opaque, pieces.map(({ text }) => text.length)]).toEqual([['too_large'], [100]]);
  });

  test('a laughing document', async () => {
    const lol = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join(
      '',
    );
    const xml = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">${lol}<!ENTITY n "${NEEDLE}">]>\n<x>&l9;</x>`;
    const { where, opaque, pieces } = await told(xml);
    expect(where(NEEDLE)).toHaveLength(1);
    expect(pieces.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(5000);
    expect(opaque).toEqual([]); // not well-formed without its entities: read as it is written
    const apart = '<!DOCTYPE x [<!ENTITY a "needle"><!ENTITY b "@example.com">]>\n<x c="d">e</x>';
    expect((await told(apart)).opaque).toEqual(['unknown_format document type']);
  });

  test('an RTF of braces, and one that says it holds more than there is', async () => {
    const braces = `{\\rtf1 ${'{'.repeat(300_000)}${NEEDLE}`;
    expect(await told(braces)).toMatchObject({ format: 'rtf', opaque: ['damaged'] });
    expect((await told(braces)).where(NEEDLE)).toHaveLength(1);
    expect((await told('{\\rtf1 \\bin99999999999 x}')).opaque).toEqual(['damaged']);
  });

  test('a letter of ten thousand parts in parts', async () => {
    const parts = Array.from(
      { length: 10_000 },
      (_, at) => `--b${at}\nContent-Type: multipart/mixed; boundary=b${at + 1}\n\n`,
    );
    const letter = `From: a@example.com\nTo: b@example.com\nContent-Type: multipart/mixed; boundary=b0\n\n${parts.join('')}${NEEDLE}`;
    const { format, where, opaque } = await told(letter);
    expect([format, opaque]).toEqual(['eml', ['damaged']]);
    expect(where(NEEDLE)).toHaveLength(1);
  });

  test('a sheet whose cells all show the same long text', async () => {
    const cells = '<c t="s"><v>0</v></c>'.repeat(20_000);
    const book = documents.workbook({ A: `<row r="1">${cells}</row>` }, ['x'.repeat(20_000)]);
    const { opaque } = await told(book, { maxBytes: 1024 * MB });
    expect(opaque).toEqual(['too_large sheet A']);
  });
});

describe('what is cut off', () => {
  const whole: Record<string, Buffer> = {
    zip: zipOf([
      { name: 'a.txt', body: NEEDLE, stored: true },
      { name: 'b', body: 'x'.repeat(3000) },
    ]),
    docx: documents.word(documents.paragraph(NEEDLE), { 'z.xml': '<a/>'.repeat(1) }),
    tar: tarOf({ name: 'a.txt', body: NEEDLE }, { name: 'b', body: 'y'.repeat(3000) }),
    gzip: gzipSync(Buffer.from(`${NEEDLE}\n${Array.from({ length: 5000 }, (_, at) => at ** 3).join('\n')}`), {
      level: 0,
    }),
    pdf: documents.pdf(['one', NEEDLE]),
    png: documents.png(NEEDLE),
    rtf: Buffer.from(`{\\rtf1 ${NEEDLE} {\\b more and more}}`),
  };

  test.each(Object.keys(whole))('%s is never an error, and never said to be whole', async (format) => {
    const bytes = whole[format] as Buffer;
    for (let part = 1; part < 16; part += 1) {
      const cut = bytes.subarray(0, Math.floor((bytes.length * part) / 16));
      const { format: found, opaque } = await told(cut);
      // what is left of it may be so little that it is only text, or picture enough
      const isWhole = found === 'tar' && cut.length > bytes.length - 1024; // of its end only zeros are missing
      if (found !== 'text' && found !== 'png' && !isWhole) expect(opaque).not.toEqual([]);
    }
  });

  test.each([
    ['zip', 40],
    ['tar', 3000],
    ['gzip', 1200],
    ['rtf', 1],
  ])('%s is looked at as far as it goes', async (format, missing) => {
    const bytes = whole[format] as Buffer;
    const { where, opaque } = await told(bytes.subarray(0, bytes.length - missing));
    expect(where(NEEDLE)).toHaveLength(1);
    expect(opaque[0]).toContain('damaged');
  });
});

describe('what is in one file and in another as well', () => {
  const hidden = zipOf([{ name: 'a.txt', body: NEEDLE }]);

  test('a zip behind a picture is looked into', async () => {
    const { where } = await told(Buffer.concat([documents.png('x'), hidden]));
    expect(where(NEEDLE)).toEqual(['appended zip / a.txt, line 1']);
  });

  test('a file in an address of a page is looked into', async () => {
    const picture = documents.png(NEEDLE).toString('base64');
    const page = `<html><img src="data:image/png;base64,${picture}"><p>;base64,bm90aGluZw==</p></html>`;
    const { where, opaque } = await told(page);
    expect([where(NEEDLE), opaque]).toEqual([['embedded file 1, picture data'], ['no_text embedded file 1']]);
  });

  test('an entry that the directory does not tell of is looked into, and makes the zip a damaged one', async () => {
    const first = hidden.subarray(0, hidden.indexOf(Buffer.from('PK\x01\x02', 'latin1')));
    const { where, opaque } = await told(zipOf([{ name: 'b.txt', body: 'b' }], { before: first }));
    expect([where(NEEDLE), opaque]).toEqual([['a.txt, line 1'], ['damaged']]);
  });

  test('bytes in a text, far from its beginning, are told', async () => {
    const { where, opaque } = await told(
      `${'a line\n'.repeat(200_000)}${'\0\x01\x02'.repeat(400_000)}\n${NEEDLE}`,
    );
    expect(where(NEEDLE)).toHaveLength(1);
    expect(opaque[0]).toContain('unknown_format from line');
  });
});

describe('a long text', () => {
  test('has everything once, where windows meet and in a line without end', async () => {
    const size = 5 * MB;
    const bytes = Buffer.alloc(size, 'x');
    // around every place in which a window could end
    const places: number[] = [];
    for (let at = 1000; at < size - 100; at += 30_011) places.push(at);
    for (const at of places) bytes.write(` ${NEEDLE} `, at);
    const { where } = await told(bytes);
    expect(where(NEEDLE)).toHaveLength(places.length);
    expect(new Set(where(NEEDLE))).toEqual(new Set(['line 1']));
  });

  test('has its lines counted over windows', async () => {
    const lines = Array.from({ length: 200_000 }, (_, at) => (at % 1000 === 999 ? NEEDLE : 'ordinary text'));
    const { where } = await told(lines.join('\n'));
    expect(where(NEEDLE)).toEqual(Array.from({ length: 200 }, (_, at) => `line ${(at + 1) * 1000}`));
  });

  test('has its escapes read where windows meet', async () => {
    const text = `{"a": "${'needle\\u0040example.com '.repeat(150_000)}"}`;
    const { where } = await told(text);
    expect(where(NEEDLE)).toHaveLength(150_000);
  });
});

test('garbage of any beginning is never an error', async () => {
  const beginnings = [
    '%PDF-1.7\n',
    'PK\x03\x04',
    '\x1f\x8b\x08',
    'BZh9',
    '\xfd7zXZ\0',
    '\x28\xb5\x2f\xfd',
    '{\\rtf',
    '\xff\xd8\xff',
    'II*\0',
    'GIF8',
    '<?xml ',
    '<html>',
  ];
  let seed = 7;
  for (const beginning of beginnings) {
    const noise = Buffer.alloc(4000);
    for (let at = 0; at < noise.length; at += 1) {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      noise[at] = seed >> 16;
    }
    const { opaque } = await told(Buffer.concat([Buffer.from(beginning, 'latin1'), noise]));
    expect([beginning, opaque.length > 0 || beginning === 'GIF8']).toEqual([beginning, true]);
  }
});

/** A zip whose entries are all the same bytes. */
function overlapping(body: Buffer, count: number): Buffer {
  const one = zipOf([{ name: 'x', body: Buffer.alloc(1) }]);
  const local = Buffer.from(one.subarray(0, 31));
  local.writeUInt32LE(body.length, 18);
  const at = one.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
  const central = Buffer.from(one.subarray(at, one.indexOf(Buffer.from('PK\x05\x06', 'latin1'))));
  central.writeUInt32LE(body.length, 20);
  const end = Buffer.from(one.subarray(at + central.length));
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(central.length * count, 12);
  end.writeUInt32LE(local.length + body.length, 16);
  return Buffer.concat([local, body, ...Array.from({ length: count }, () => central), end]);
}
