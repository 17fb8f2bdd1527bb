import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { tarOf, zipOf } from '../archive/archives.ts';
import * as documents from '../text/documents.ts';
import { keysOf, NEEDLE, read, report } from './reading.ts';

const heading = (level: number, text: string): string =>
  `<w:p><w:pPr><w:pStyle w:val="Heading${level}"/></w:pPr><w:r><w:t>${text}</w:t></w:r></w:p>`;

const letter = [
  'From: =?utf-8?Q?Zo=C3=AB?= <needle@example.com>',
  'To: to@example.com',
  'Received: from a.example by b.example',
  'Subject: The offer',
  'Date: Mon, 1 Jan 2026 10:00:00 +0000',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: multipart/alternative; boundary=c',
  '',
  '--c',
  'Content-Type: text/plain',
  '',
  'the plain body',
  '--c',
  'Content-Type: text/html',
  '',
  '<style>p {}</style><p>the plain body</p>',
  '--c--',
  '--b',
  'Content-Type: text/csv',
  'Content-Disposition: attachment; filename="list.csv"',
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from('id,name,mail\n1,x,needle@example.com\n').toString('base64'),
  '--b--',
].join('\r\n');

const PAGE = `<!DOCTYPE html><html><head><title>Handbook</title><style>p { color: red }</style></head><body>
<nav><a href="/">Home</a><ul><li>Menu</li></ul></nav><script>track("x")</script>
<h1>Setup</h1><p>First <b>bo</b>ld.</p><h2>Docker</h2><pre>a
  b</pre><table><tr><td>x</td><td>y</td></tr></table><div hidden>unseen</div><p>#no heading</p></body></html>`;

describe('documents', () => {
  test.each<[string, string | Buffer, string, string, string | undefined]>([
    ['text', `Hello ${NEEDLE}\n\nThere`, 'a.txt', 'a.txt', 'lines 1-3'],
    ['text', Buffer.from(`\uFEFFHello ${NEEDLE} ü`, 'utf16le'), 'a.txt', 'a.txt', 'line 1'],
    ['text', Buffer.from(`Hello ${NEEDLE} \xfc`, 'latin1'), 'a', 'a', 'line 1'],
    ['markdown', `# One\n\n${NEEDLE}\n`, 'a.md', 'a.md: One', 'lines 1-3'],
    ['markdown', `---\ntitle: x\n---\n\n# One\n\n${NEEDLE}\n`, 'b.md', 'b.md: One', 'lines 5-7'],
    ['rst', `One\n===\n\n${NEEDLE}\n`, 'a.rst', 'a.rst: One', 'lines 1-4'],
    ['csv', `id;name;mail\n1;x;${NEEDLE}\n`, 'a', 'a', 'line 2'],
    ['json', `{"a": {"b": "needle\\u0040example.com"}}`, 'a.json', 'a.json: a', undefined],
    ['yaml', `server:\n  mail: "needle\\x40example.com"\n`, 'a.yaml', 'a.yaml: server', 'lines 1-2'],
    ['python', `import os\n\ndef load():\n    return "${NEEDLE}"\n`, 'a.py', 'a.py', 'lines 1-4'],
    ['rtf', `{\\rtf1 Hello ${NEEDLE}}`, 'a', 'a', 'paragraph 1'],
    ['pdf', documents.pdf(['first page', `about ${NEEDLE}`], { author: NEEDLE }), 'a', 'a', 'page 2'],
    [
      'docx',
      documents.word(heading(1, 'One') + documents.paragraph('needle@', 'example.com')),
      'a',
      'a: One',
      'paragraphs 1-2',
    ],
    ['pptx', documents.slides(['title', `about ${NEEDLE}`]), 'a', 'a', 'slide 2'],
    [
      'xlsx',
      documents.workbook(
        { People: '<row r="1"><c t="s"><v>0</v></c></row><row r="7"><c t="s"><v>1</v></c></row>' },
        ['mail', NEEDLE],
      ),
      'a',
      'a',
      'sheet People, row 7',
    ],
    [
      'odt',
      documents.openDocument(
        'text',
        `<text:h text:outline-level="2">One</text:h><text:p>needle<text:span>@example.com</text:span></text:p>`,
      ),
      'a',
      'a: One',
      'paragraphs 1-2',
    ],
    ['xml', `<?xml version="1.0"?><a><b>${NEEDLE}</b></a>`, 'a.xml', 'a.xml: b', 'line 1'],
  ])('%s: the mask is in its place, and where', async (format, bytes, name, title, place) => {
    const result = await read(bytes, { name });
    expect([result.format, result.opaque]).toEqual([format, []]);
    const [found] = result.drafts.filter(({ text }) => text.includes('[EMAIL_ADDRESS]'));
    expect([found?.kind, found?.title, found?.place, found?.path]).toEqual(['document', title, place, name]);
    expect(JSON.stringify(result.drafts)).not.toMatch(/needle|\\u0040/);
    expect((await read(bytes, { name })).drafts).toEqual(result.drafts);
    expect(new Set(keysOf(result.drafts)).size).toBe(result.drafts.length);
  });

  test('a page has its headings and no menus', async () => {
    const { format, drafts } = await read(PAGE, { name: 'page.html' });
    expect([format, drafts.map(({ title, text }) => [title, text])]).toEqual([
      'html',
      [
        ['page.html: Setup', '# Handbook\n\n# Setup\n\nFirst bold.'],
        ['page.html: Setup > Docker', '## Docker\n\na\n  b\n\nx\ty\n\n#no heading'],
      ],
    ]);
  });

  test('a letter has its subject, its people, its body once and what is attached', async () => {
    const { format, drafts } = await read(letter, { name: 'mail.eml' });
    expect(format).toBe('eml');
    expect(drafts.map(({ title, place, path }) => [title, place, path])).toEqual([
      ['mail.eml', 'headers', 'mail.eml'],
      ['The offer', 'text, line 1', 'mail.eml'],
      ['The offer', 'names of files', 'mail.eml'],
      ['list.csv', 'line 2', 'list.csv'],
    ]);
    expect(drafts[0]?.text).toBe(
      'Zoë <[EMAIL_ADDRESS]>\n <to@example.com>\nSubject: The offer\nDate: Mon, 1 Jan 2026 10:00:00 +0000',
    );
    expect(drafts[3]?.text).toBe('id,name,mail\n1,x,[EMAIL_ADDRESS]');
  });

  test('a letter that is a page only is read as one', async () => {
    const mail = `From: a@b.c\nTo: d@e.f\nSubject: x\nContent-Type: text/html\n\n<style>p { color: red }</style><h1>Offer</h1><p>for ${NEEDLE}</p>`;
    const { drafts } = await read(mail, { name: 'a.eml' });
    expect(drafts.at(-1)).toMatchObject({
      title: 'x: Offer',
      text: '# Offer\n\nfor [EMAIL_ADDRESS]',
      place: 'text (html)',
    });
  });

  test('what is written into a page of a PDF is told once, and no word for how it is set', async () => {
    const { drafts } = await read(documents.pdf(['one'], { note: `ask ${NEEDLE}` }));
    const notes = drafts.filter(({ place }) => place === 'page 1, notes and fields');
    expect(notes.map(({ text }) => text)).toEqual(['ask [EMAIL_ADDRESS]']);
  });

  test('archives are read file by file, and what is a report in them as one', async () => {
    const files = [
      { name: 'docs/a.md', body: `# A\n\n${NEEDLE}` },
      { name: `${NEEDLE}.txt`, body: 'x' },
      { name: 'scan.json', body: report('bandit.json') },
      { name: 'inner.zip', body: zipOf([{ name: 'b.py', body: 'def f():\n    pass\n' }]) },
    ];
    for (const bytes of [
      zipOf(files),
      gzipSync(tarOf(...files.map(({ name, body }) => ({ name, body: body.toString() })))),
    ]) {
      const { drafts } = await read(bytes, { name: 'all.zip' });
      const documentsIn = drafts.filter(({ kind }) => kind === 'document');
      expect(documentsIn.map(({ path }) => path)).toEqual(
        expect.arrayContaining(['docs/a.md', '[EMAIL_ADDRESS].txt']),
      );
      expect(JSON.stringify(drafts)).not.toContain('needle');
      expect(drafts.filter(({ kind }) => kind === 'finding').length).toBeGreaterThan(0);
    }
    const { drafts } = await read(zipOf(files), { name: 'all.zip' });
    expect(drafts.map(({ path }) => path)).toContain('inner.zip / b.py');
    expect(new Set(keysOf(drafts)).size).toBe(drafts.length);
  });

  test('an archive of nothing but names speaks no language', async () => {
    const files = ['übersicht-der-kosten', 'letzte-änderungen', 'noch-ein-dokument'].map((name) => ({
      name,
      body: '{}',
    }));
    expect((await read(zipOf(files))).language).toBeNull();
  });

  test('files of one name in an archive are two', async () => {
    const { drafts } = await read(
      zipOf([
        { name: 'a.txt', body: 'same' },
        { name: 'a.txt', body: 'same' },
      ]),
    );
    expect(new Set(keysOf(drafts)).size).toBe(drafts.length);
  });

  test.each([
    ['en', 'This is a letter about the weather in the mountains, where nobody has been for a long time.'],
    ['de', 'Dies ist ein Brief über das Wetter in den Bergen, wo seit langer Zeit niemand mehr gewesen ist.'],
    [
      'fr',
      "Ceci est une lettre à propos du temps dans les montagnes, où personne n'est allé depuis longtemps.",
    ],
    [
      'es',
      'Esta es una carta sobre el tiempo en las montañas, donde nadie ha estado desde hace mucho tiempo.',
    ],
    ['ar', 'هذه رسالة عن الطقس في الجبال حيث لم يكن أحد هناك منذ وقت طويل جدا وهي مهمة للجميع'],
    [null, 'ok'],
    [null, '12345 67890 '.repeat(40)],
  ])('tell their language: %s', async (language, text) => {
    expect((await read(text, { name: 'a.txt' })).language).toBe(language);
    expect((await read(`x = "${text}"`, { name: 'a.py' })).language).toBeNull();
  });
});

describe('lines and numbers of a long text', () => {
  test('are those of the file, however many parts it is read in', async () => {
    const lines = Array.from({ length: 200_000 }, (_, at) => `line number ${at + 1} of it`);
    const { drafts, opaque } = await read(lines.join('\n'), { name: 'a.txt' });
    expect(opaque).toEqual([]);
    let expected = 1;
    for (const { text, place } of drafts) {
      const numbers = [...text.matchAll(/line number (\d+) of/g)].map(([, number]) => Number(number));
      expect(place).toBe(`lines ${numbers.includes(expected) ? expected : 'x'}-${numbers.at(-1)}`);
      expected = (numbers.at(-1) ?? 0) + 1;
    }
    expect(expected).toBe(200_001);
  });
});
