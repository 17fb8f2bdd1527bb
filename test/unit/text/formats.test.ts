import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { tarOf, zipOf } from '../archive/archives.ts';
import * as documents from './documents.ts';
import { told } from './told.ts';

const NEEDLE = 'needle@example.com';

describe('text', () => {
  test.each<[string, Buffer]>([
    ['UTF-8', Buffer.from(`Zoë\n${NEEDLE} ü`)],
    ['UTF-8 with its mark', Buffer.from(`\uFEFFZoë\n${NEEDLE}`)],
    ['UTF-16 with its mark', Buffer.from(`\uFEFFZoë\n${NEEDLE}`, 'utf16le')],
    ['UTF-16 the other way round', Buffer.from(`\uFEFFZoë\n${NEEDLE}`, 'utf16le').swap16()],
    ['UTF-16 without a mark', Buffer.from(`Zoë and others\n${NEEDLE}`, 'utf16le')],
    ['an old code page', Buffer.from(`Zo\xeb\n${NEEDLE}`, 'latin1')],
    ['a stray zero', Buffer.from(`Zo\0\n${NEEDLE}`)],
    ['a zero that hides it', Buffer.from(`Zoe\nneedle\0@example.com`)],
  ])('is read in %s, with the line of what is found', async (_, bytes) => {
    const { format, where, opaque } = await told(bytes);
    expect([format, where(NEEDLE), opaque]).toEqual(['text', ['line 2'], []]);
  });

  test.each([
    ['json', 'a.txt', `{"a": 1,\n"b": "needle\\u0040example.com"}`, 'line 2'],
    ['yaml', 'a.yaml', `a: 1\nb: "needle\\x40example.com"`, 'line 2'],
    ['csv', 'a.txt', `a;b;c\n1;${NEEDLE};2\n`, 'line 2'],
    ['markdown', 'a.md', `# A\n${NEEDLE}`, 'line 2'],
    ['xml', 'a.txt', `<?xml version="1.0"?>\n<a>\n<b c="needle&#64;example.com"/></a>`, 'line 3'],
    ['xml', 'a.txt', `<?xml version="1.0"?>\n<a>\n<!-- ${NEEDLE} --></a>`, 'line 3'],
    ['xml', 'broken', `<?xml version="1.0"?>\n<a>\n needle&#x40;example.com </b>`, 'line 3'],
    [
      'xml',
      'a.svg',
      `<svg xmlns="http://www.w3.org/2000/svg">\n<text>needle<tspan>@example.com</tspan></text></svg>`,
      'line 2',
    ],
    ['html', 'a.txt', `<!DOCTYPE html>\n<p>\nneedle<b>@</b>example.com`, 'line 3'],
    ['html', 'a.txt', `<html>\n<a class="x"\n href="mailto:needle%40example.com">me</a>`, 'line 2'],
    ['html', 'a.html', `hello\n<!-- ${NEEDLE} -->`, 'line 2'],
    ['html', 'a.html', `hello <script>\nlet a = "${NEEDLE}"</script>`, 'line 2'],
  ])('is told apart as %s in %s, and its escapes hide nothing', async (format, name, text, place) => {
    const result = await told(text, { name });
    expect([result.format, result.where(NEEDLE), result.opaque]).toEqual([format, [place], []]);
  });

  test('of four bytes a letter is none that anybody can read here', async () => {
    const wide = Buffer.alloc(4 * NEEDLE.length + 4);
    for (const [at, letter] of [...`\uFEFF${NEEDLE}`].entries())
      wide.writeUInt32LE(letter.codePointAt(0) ?? 0, at * 4);
    expect((await told(wide)).opaque).toEqual(['unknown_format']);
    const spread = Buffer.from(`\uFEFFa ${[...NEEDLE].join('\0')}`, 'utf16le');
    expect((await told(spread)).opaque).toEqual(['unknown_format from line 1']);
  });

  test('in a cell that a table of other rows follows is told from rows that only hold commas', async () => {
    expect((await told('Dear all,\nwe meet, as ever, at noon, thanks\n')).format).toBe('text');
  });
});

describe('a letter', () => {
  const letter = [
    'From: =?utf-8?Q?Zo=C3=AB?= <from@example.com>',
    'To: to@example.com',
    'Subject: hello',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'first',
    'needle=40example.com',
    '--b',
    'Content-Type: text/csv',
    'Content-Disposition: attachment; filename="list.csv"',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('a,b\n1,attached@example.com\n').toString('base64'),
    '--b--',
    '',
  ].join('\r\n');

  test('is read in all of its parts', async () => {
    const { format, where, opaque } = await told(letter);
    expect([format, opaque]).toEqual(['eml', []]);
    expect(where(NEEDLE)).toEqual(['text, line 2']);
    expect(where('attached@example.com')).toEqual(['list.csv, line 2']);
    expect(where('from@example.com')).toEqual(['headers']);
    expect(where('Zoë')).toEqual(['headers']);
  });

  test.each([
    ['after empty lines', '\r\n \r\n', 'letter.txt'],
    ['with a mark', '\uFEFF', 'letter.txt'],
    ['after headers that nobody knows', 'X-Some: thing\r\nX-More: things\r\n', 'letter.txt'],
  ])('is one, %s', async (_, before, name) => {
    expect((await told(`${before}${letter}`, { name })).where('attached@example.com')).toHaveLength(1);
  });

  test('in a mailbox is one of several', async () => {
    const head = 'From from@example.com Mon Jan  5 10:00:00 2026\r\n';
    const { format, where } = await told(`${head}${letter}\r\n${head}${letter}`);
    expect(format).toBe('mbox');
    expect(where('attached@example.com')).toEqual([
      'letter 1 / list.csv, line 2',
      'letter 2 / list.csv, line 2',
    ]);
  });
});

describe('RTF', () => {
  test('is read over formats, code pages and Unicode, and without what only looks', async () => {
    const rtf =
      '{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}{\\info{\\author Some One}}{\\header top\\par}' +
      "one\\par \\b needle\\b0\\'40{\\*\\bkmkstart x}example.com\\par Zo\\u235? \\u8364\\'80 {\\pict\\pngblip " +
      `${documents.png('in the picture').toString('hex')}}end\\bin4 {{{{ done}`;
    const { format, where, opaque } = await told(rtf);
    expect(format).toBe('rtf');
    expect(where(NEEDLE)).toEqual(['paragraph 2']);
    expect(where('Zoë € end done')).toEqual(['paragraph 3']);
    expect(where('Some One')).toEqual(['beside the text']);
    expect(where('in the picture')).toEqual(['picture 1, picture data']);
    expect(opaque).toEqual(['no_text picture 1']);
  });
});

describe('documents of office programs', () => {
  test('docx: runs, headers, notes, comments, what was deleted, and who wrote it', async () => {
    const { format, where, opaque } = await told(
      documents.word(
        documents.paragraph('one') +
          documents.paragraph('needle@', 'example', '.com') +
          '<w:p><w:del w:author="Del Eter"><w:r><w:delText>deleted@example.com</w:delText></w:r></w:del></w:p>',
        {
          'word/header1.xml': documents.wordXml('hdr', documents.paragraph('header@example.com')),
          'word/comments.xml': documents.wordXml(
            'comments',
            `<w:comment w:author="Com Menter">${documents.paragraph('comment@example.com')}</w:comment>`,
          ),
          'word/_rels/document.xml.rels':
            '<Relationships><Relationship Target="mailto:link@example.com"/></Relationships>',
          'docProps/core.xml': documents.properties('Au Thor'),
          'customXml/item1.xml': '<data><who>custom@example.com</who></data>',
          'word/media/image1.png': documents.png('in the picture'),
        },
      ),
    );
    expect(format).toBe('docx');
    expect(where(NEEDLE)).toEqual(['paragraph 2']);
    expect(where('deleted@example.com')).toEqual(['paragraph 3']);
    expect(where('Del Eter')).toEqual(['beside the text']);
    expect(where('header@example.com')).toEqual(['header 1']);
    expect(where('comment@example.com')).toEqual(['comments']);
    expect(where('Com Menter')).toEqual(['comments']);
    expect(where('link@example.com')).toEqual(['part word/_rels/document.xml.rels']);
    expect(where('creator: Au Thor')).toEqual(['properties']);
    expect(where('custom@example.com')).toEqual(['part customXml/item1.xml']);
    expect(where('in the picture')).toEqual(['word/media/image1.png, picture data']);
    expect(opaque).toEqual(['no_text word/media/image1.png']);
  });

  test('xlsx: shared, inline and long numbers by sheet and row, hidden sheets, and texts that no cell shows', async () => {
    const { format, where, opaque } = await told(
      documents.workbook(
        {
          Customers: '<row r="1"><c t="s"><v>0</v></c></row><row r="12"><c r="A12" t="s"><v>1</v></c></row>',
          Other:
            '<row r="3"><c t="inlineStr"><is><r><t>in</t></r><r><t>line@example.com</t></r></is></c><c><v>4.111111111111111E15</v></c><c t="str"><f>"a"&amp;"formula"</f><v>cached</v></c></row>',
        },
        ['mail', NEEDLE, 'unused@example.com'],
        { 'xl/comments1.xml': '<comments><authors><author>Com Menter</author></authors></comments>' },
      ),
    );
    expect([format, opaque]).toEqual(['xlsx', []]);
    expect(where(NEEDLE)).toEqual(['sheet Customers, row 12']);
    expect(where('inline@example.com')).toEqual(['sheet Other, row 3']);
    expect(where('4111111111111111')).toEqual(['sheet Other, row 3']);
    expect(where('formula')).toEqual(['sheet Other, row 3']);
    expect(where('cached')).toEqual(['sheet Other, row 3']);
    expect(where('unused@example.com')).toEqual(['texts that no cell shows']);
    expect(where('Com Menter')).toEqual(['comments']);
  });

  test('pptx: slides and their notes', async () => {
    const notes = { 'ppt/notesSlides/notesSlide2.xml': documents.slideXml('note@example.com') };
    const { format, where } = await told(documents.slides(['one', NEEDLE], notes));
    expect([format, where(NEEDLE), where('note@example.com')]).toEqual(['pptx', ['slide 2'], ['notes 2']]);
  });

  test('odt, ods and odp', async () => {
    const odt = await told(
      documents.openDocument(
        'text',
        `<text:p>one</text:p><text:p>needle@<text:span>example.com</text:span></text:p>`,
        {
          'meta.xml':
            '<office:meta xmlns:office="o" xmlns:dc="d"><dc:creator>Au Thor</dc:creator></office:meta>',
        },
      ),
    );
    expect([odt.format, odt.where(NEEDLE), odt.where('Au Thor'), odt.opaque]).toEqual([
      ...['odt', ['paragraph 2'], ['properties'], []],
    ]);
    const rows =
      '<table:table table:name="Customers"><table:table-row table:number-rows-repeated="4"/><table:table-row>' +
      `<table:table-cell><text:p>${NEEDLE}</text:p></table:table-cell></table:table-row></table:table>`;
    const ods = await told(documents.openDocument('spreadsheet', rows));
    expect([ods.format, ods.where(NEEDLE)]).toEqual(['ods', ['sheet Customers, row 5']]);
    const pages = `<draw:page><text:p>one</text:p></draw:page><draw:page><text:p>${NEEDLE}</text:p></draw:page>`;
    const odp = await told(documents.openDocument('presentation', pages));
    expect([odp.format, odp.where(NEEDLE)]).toEqual(['odp', ['slide 2']]);
  });

  test('what is encrypted is said to be', async () => {
    const manifest = '<m:manifest xmlns:m="m"><m:encryption-data/></m:manifest>';
    const odt = documents.openDocument('text', '', { 'META-INF/manifest.xml': manifest });
    expect((await told(odt)).opaque).toEqual(['encrypted']);
    const ole = Buffer.concat([
      Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
      Buffer.alloc(1000),
      Buffer.from('EncryptedPackage', 'utf16le'),
    ]);
    expect((await told(ole)).opaque).toEqual(['encrypted']);
    expect((await told(ole.subarray(0, 1008))).opaque).toEqual(['unknown_format']);
  });
});

describe('PDF', () => {
  test('pages, notes and properties; a page of a picture alone is not read', async () => {
    const { format, where, opaque } = await told(
      documents.pdf(['one', NEEDLE, ''], { author: 'Au Thor', note: 'note@example.com' }),
    );
    expect(format).toBe('pdf');
    expect(where(NEEDLE)).toEqual(['page 2']);
    expect(where('Au Thor')).toContain('properties');
    expect(where('note@example.com')).toContain('page 1, notes and fields');
    expect(opaque).toEqual(['no_text page 3']);
  });
});

describe('PDF, beside its pages', () => {
  test('has files hanging on it', async () => {
    const file = `<< /Type /Filespec /F (a.csv) /UF (a.csv) /EF << /F 8 0 R >> >>`;
    const bytes = documents.pdf(['one'], {
      catalog: '/Names << /EmbeddedFiles << /Names [(a.csv) 7 0 R] >> >>',
      more: [file, `<< /Type /EmbeddedFile /Length ${NEEDLE.length} >>\nstream\n${NEEDLE}\nendstream`],
    });
    expect((await told(bytes)).where(NEEDLE)).toEqual(['a.csv, line 1']);
    const note = '/Annots [<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 7 0 R >>] /Resources';
    const noted = bytes.toString('latin1').replace('/Names', '/Nomes').replace('/Resources', note);
    expect((await told(Buffer.from(noted, 'latin1'))).where(NEEDLE)).toEqual(['a.csv, line 1']);
  });

  test('has what somebody deleted from it in an earlier version', async () => {
    const before = documents.pdf([NEEDLE, 'two']);
    const text = 'BT /F1 12 Tf 20 100 Td (nothing here) Tj ET';
    const object = `6 0 obj\n<< /Length ${text.length} >>\nstream\n${text}\nendstream\nendobj\n`;
    const table = before.length + object.length;
    const start = before.lastIndexOf('startxref\n') + 10;
    const previous = before.toString('latin1', start, before.indexOf('\n', start));
    const saved = `${object}xref\n6 1\n${String(before.length).padStart(10, '0')} 00000 n \ntrailer\n<< /Size 9 /Root 1 0 R /Prev ${previous} >>\nstartxref\n${table}\n%%EOF\n`;
    const { where, opaque } = await told(Buffer.concat([before, Buffer.from(saved)]));
    expect(where('nothing here')).toEqual(['page 1']);
    expect(where(NEEDLE)).toEqual(['earlier version 1, page 1']);
    expect(where('two')).toEqual(['page 2']);
    expect(opaque).toEqual([]);
  });

  test('has a password', async () => {
    const key = `${'<'.padEnd(65, '5a')}>`;
    const trailer = `/Encrypt << /Filter /Standard /V 1 /R 2 /O ${key} /U ${key} /P -4 >> /ID [<00><00>]`;
    expect((await told(documents.pdf(['one'], { trailer }))).opaque).toEqual(['encrypted']);
  });
});

describe('pictures', () => {
  test('say what was written into them, and where they were taken', async () => {
    const { format, where } = await told(documents.jpegOf('Au Thor', 52.1, 13.4));
    expect([format, where('Artist: Au Thor'), where('GPS 52.1, 13.4')]).toEqual([
      ...['jpeg', ['picture data'], ['picture data']],
    ]);
    expect((await told(documents.png(NEEDLE))).where(NEEDLE)).toEqual(['picture data']);
  });

  test('say what stands in their comments', async () => {
    const gif = Buffer.concat([
      Buffer.from('GIF89a\x40\0\x40\0\x80\0\0', 'latin1'),
      Buffer.alloc(6),
      Buffer.from(`\x21\xfe\x07needle@\x0bexample.com\0;`, 'latin1'),
    ]);
    expect((await told(gif)).where(NEEDLE)).toEqual(['comments']);
    const jpeg = Buffer.from(
      `\xff\xd8\xff\xfe\0${String.fromCharCode(NEEDLE.length + 2)}${NEEDLE}\xff\xd9`,
      'latin1',
    );
    expect((await told(jpeg)).where(NEEDLE)).toEqual(['comments']);
  });

  test('are not read without somebody who can, unless there is nothing to read', async () => {
    expect((await told(documents.png('x'))).opaque).toEqual(['no_text']);
    expect((await told(documents.png('x', 20))).opaque).toEqual([]);
    const read = await told(documents.png('x'), { readPicture: async () => `one\n${NEEDLE}` });
    expect([read.where(NEEDLE), read.opaque]).toEqual([['text of the picture, line 2'], []]);
  });
});

describe('archives', () => {
  const inner = zipOf([{ name: 'b/list.csv', body: `a,b,c\n1,2,${NEEDLE}\n` }]);

  test('are read with what is in them, whatever it is called', async () => {
    const { format, where, opaque } = await told(zipOf([{ name: 'x.jpg', body: inner }]));
    expect([format, where(NEEDLE), opaque]).toEqual(['zip', ['x.jpg / b/list.csv, line 2'], []]);
    expect(where('list.csv')).toEqual(['x.jpg, names of files']);
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['tar', (bytes) => bytes],
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('%s', async (format, pack) => {
    const result = await told(pack(tarOf({ name: 'in.zip', body: inner })), { name: 'x.tar.gz' });
    expect([result.format, result.where(NEEDLE), result.opaque]).toEqual([
      ...[format, ['in.zip / b/list.csv, line 2'], []],
    ]);
  });

  test.each([
    ['bzip2', 'QlpoOTFBWSZTWZX0jQgAAAfVgAAQAAFAAC4HwEAgACITRppm1QgGgD1Mci21lCEgv4u5IpwoSEr6RoQA'],
    [
      'xz',
      '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQASbmVlZGxlQGV4YW1wbGUuY29tCgAAQyWK9bmUMf0AASsTnAlI0h+2830BAAAAAARZWg==',
    ],
  ])('%s of a text', async (format, base64) => {
    const bytes = Buffer.from(base64, 'base64');
    const result = await told(bytes);
    expect([result.format, result.where(NEEDLE), result.opaque]).toEqual([format, ['line 1'], []]);
    expect((await told(bytes.subarray(0, -9))).opaque).toEqual(['damaged']);
  });

  test('an entry that is encrypted, and one in a packing of no known kind, are told', async () => {
    const zip = zipOf([
      { name: 'a', body: 'x', flags: 1 },
      { name: 'b', body: 'x', method: 99 },
    ]);
    expect((await told(zip)).opaque).toEqual(['encrypted a', 'unknown_format b']);
  });
});

test('what is of no known format is named where it has a name', async () => {
  const elf = Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01'), Buffer.alloc(500, 1)]);
  expect(await told(elf)).toMatchObject({ format: 'elf', opaque: ['unknown_format'] });
  expect(await told(Buffer.alloc(500, 1))).toMatchObject({ format: 'unknown', opaque: ['unknown_format'] });
});
