import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { zipOf } from '../archive/archives.ts';
import * as documents from '../text/documents.ts';
import { told } from '../text/told.ts';
import { NEEDLE, read, report } from './reading.ts';

const MB = 1024 * 1024;

describe('what cannot be read is told', () => {
  test.each<[string, string | Buffer, string[]]>([
    ['nothing at all', '', ['empty']],
    ['blanks', '  \n\n \t ', ['empty']],
    ['a page that says nothing', '<html><script>x()</script></html>', ['empty']],
    ['JSON that says nothing', '{"a": [], "b": null}', ['empty']],
    ['a program', Buffer.from('7f454c4602010100000000000000000003003e0001', 'hex'), ['unknown_format']],
    ['a PDF that ends in the middle', documents.pdf(['text']).subarray(0, 300), ['damaged']],
    ['a picture', documents.png(NEEDLE), ['no_text']],
    ['a PDF of pictures', documents.pdf(['']), ['no_text page 1']],
    [
      'a zip that ends in the middle',
      zipOf([{ name: 'a', body: 'x'.repeat(999) }]).subarray(0, 40),
      ['damaged', 'damaged a', 'empty a'],
    ],
    ['an encrypted file', zipOf([{ name: 'a', body: 'x', flags: 1 }]), ['encrypted a']],
    [
      'an encrypted document of an office program',
      Buffer.concat([
        Buffer.from('d0cf11e0a1b11ae1', 'hex'),
        Buffer.alloc(600),
        Buffer.from('EncryptedPackage', 'utf16le'),
      ]),
      ['encrypted'],
    ],
  ])('%s', async (_, bytes, opaque) => {
    const result = await read(bytes);
    expect(result.drafts.filter(({ place }) => place !== 'names of files')).toEqual([]);
    expect(result.opaque).toEqual(opaque);
  });

  test('where a part can be read, that is', async () => {
    const { drafts, opaque } = await read(
      zipOf([
        { name: 'good.txt', body: 'good' },
        { name: `${NEEDLE}.bin`, body: Buffer.from('7f454c4602010100000000000000000003003e0001', 'hex') },
      ]),
    );
    expect(drafts.map(({ path }) => path)).toContain('good.txt');
    expect(opaque).toEqual(['unknown_format [EMAIL_ADDRESS].bin']);
  });
});

const WHOLE: readonly [name: string, bytes: Buffer][] = [
  ['a.sarif', report('semgrep.sarif.json')],
  ['a.json', report('trivy.json')],
  ['a.pdf', documents.pdf(['one', 'two'], { note: 'x' })],
  ['a.docx', documents.word(documents.paragraph('one', 'two'))],
  [
    'a.zip',
    zipOf([
      { name: 'a.md', body: '# a' },
      { name: 'b.html', body: '<h1>b</h1><p>c' },
    ]),
  ],
  ['a.eml', Buffer.from('From: a@b.c\nSubject: x\nContent-Type: text/html\n\n<p>x</p>')],
  ['a.html', Buffer.from('<html><title>a</title><nav>x</nav><p hidden>b<table><tr><td>c</table>')],
  ['a.csv', Buffer.from('a;"b\n;c";d\n1;2;3\n')],
  ['a.yaml', Buffer.from('spdxVersion: SPDX-2.3\nname: x\npackages:\n- name: y\n')],
  [
    'a.xml',
    Buffer.from(
      '<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components><component><name>x</name></component></components></bom>',
    ),
  ],
];

describe('files in which bytes are wrong', () => {
  test.each(WHOLE)('are read or told, and never more than that: %s', async (name, bytes) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 12 }),
        fc.option(fc.nat(), { freq: 3 }),
        async (edits, length) => {
          const broken = Buffer.from(bytes);
          for (const [at, byte] of edits) broken[at % broken.length] = byte;
          const { drafts, opaque } = await read(
            broken.subarray(0, length === null ? broken.length : length % broken.length),
            { name },
          );
          expect(drafts.length + opaque.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('what means harm', () => {
  test('JSON nested without end is told, and read as far as people would', async () => {
    const deep = `${'['.repeat(100_000)}1${']'.repeat(100_000)}`;
    expect((await read(deep)).opaque).toEqual(['too_deep']);
    const { drafts, opaque } = await read(`{"a": "seen", "b": ${deep}}`);
    expect([drafts.map(({ text }) => text), opaque]).toEqual([['a: seen'], ['too_deep']]);
    for (const format of ['sarif', 'cyclonedx'])
      expect((await read(deep, { reading: { format } })).opaque).toEqual(['format_mismatch']);
  });

  test('a bill whose components lie in each other without end', async () => {
    let component = '{"name": "x"}';
    for (let at = 0; at < 400; at += 1) component = `{"name": "x${at}", "components": [${component}]}`;
    const { drafts, opaque } = await read(`{"bomFormat": "CycloneDX", "components": [${component}]}`);
    expect(opaque).toEqual(['too_deep components']);
    expect(drafts.length).toBeLessThan(60);
  });

  test('names that every object has are names like others', async () => {
    const { drafts } = await read('{"__proto__": {"polluted": "yes"}, "constructor": {"prototype": 1}}');
    expect(drafts[0]?.text).toContain('__proto__.polluted: yes');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    const sarif = {
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: '__proto__' } },
          results: [{ ruleId: 'constructor', message: { text: '__proto__' } }],
        },
      ],
    };
    expect((await read(JSON.stringify(sarif))).drafts).toHaveLength(2);
  });

  test('a page with a million nested elements', async () => {
    const { drafts, opaque } = await read(`<html><body>${'<div>'.repeat(1_000_000)}deep ${NEEDLE}`, {
      name: 'a.html',
    });
    expect([drafts.map(({ text }) => text), opaque]).toEqual([['deep [EMAIL_ADDRESS]'], []]);
  });

  test('the same page where it is looked into for personal data, and XML like it', async () => {
    const { where } = await told(`<html><body>${'<div>'.repeat(1_000_000)}deep ${NEEDLE}`, {
      name: 'a.html',
    });
    expect(where(NEEDLE)).toEqual(['line 1']);
    const xml = await read(`<?xml version="1.0"?>${'<a>'.repeat(300_000)}deep${'</a>'.repeat(300_000)}`, {
      name: 'a.xml',
    });
    expect(xml.drafts.map(({ text }) => text)).toEqual(['a: deep']);
  });

  test('XML with entities', async () => {
    const xml = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "${'ha'.repeat(50)}"><!ENTITY b SYSTEM "file:///etc/passwd">]>\n<x>&a;&b;</x>`;
    const { drafts } = await read(xml, { name: 'a.xml' });
    expect(JSON.stringify(drafts)).not.toContain('root:');
  });

  test('a table of one line of many megabytes', async () => {
    const cell = `"some words","${NEEDLE}",12345;`;
    const line = Buffer.from(cell.repeat(Math.ceil((24 * MB) / cell.length)));
    const { drafts, opaque } = await read(line, { name: 'a.csv', maxDrafts: 1_000_000 });
    expect(opaque).toEqual([]);
    let masks = 0;
    for (const { text } of drafts) {
      expect(text.length).toBeLessThan(8000);
      expect(text.includes('needle')).toBe(false);
      masks += text.split('[EMAIL_ADDRESS]').length - 1;
    }
    expect(masks).toBeGreaterThan(drafts.length);
  });

  test('half characters, zeros and signs that turn the direction', async () => {
    const { drafts } = await read(`{"a": "x\\ud800y", "b": "a\\u0000b", "c": "\\u202eevil", "\\udc00": 1}`);
    for (const { text, title, key } of drafts) {
      expect([text, title, key].every((said) => said.isWellFormed())).toBe(true);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those must not be left
      expect(text).not.toMatch(/[\u0000\u202e]/);
    }
    const sarif = `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x\\ud800"}}, "results": [{"ruleId": "a\\u0000", "message": {"text": "\\udfff \\u202e"}}]}]}`;
    const scanned = await read(sarif);
    expect(scanned.drafts.length).toBe(2);
    for (const draft of scanned.drafts)
      expect(JSON.stringify(draft)).not.toMatch(/\\u0000|\\ud800|\\udfff|\u202e/);
  });

  test('text without end is cut where there is enough of it', async () => {
    const { drafts, opaque } = await read('some words\n'.repeat(200_000), { maxBytes: 100_000 });
    expect(opaque).toEqual(['too_large']);
    expect(drafts.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(120_000);
  });

  test('a package list in YAML whose aliases would be gigabytes', async () => {
    const lists = Array.from(
      { length: 9 },
      (_, at) => `x${at + 1}: &x${at + 1} [${`*x${at},`.repeat(9)}]`,
    ).join('\n');
    const yaml = `spdxVersion: SPDX-2.3\nx0: &x0 [a]\n${lists}\npackages: [*x9]\n`;
    const { format, drafts } = await read(yaml, { name: 'a.yaml' });
    expect([format, drafts[0]?.kind]).toEqual(['yaml', 'document']);
  });
});
