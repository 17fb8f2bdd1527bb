import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chunkText, LAYOUTS } from '../../../domain/ingest/chunks/chunk-text.ts';

const words = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, at) => `word${from + at}`).join(' ');

describe('chunks of a text', () => {
  test.each(LAYOUTS)('laid out as %s hold all of it, none too large, the same each time', (layout) => {
    const pieces = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom(
        '# ',
        '```',
        '\n\n',
        '\n',
        'def f():',
        '====\n',
        ',"',
        '"\n',
        '🙂'.repeat(300),
        'a'.repeat(2500),
      ),
      fc.constantFrom('    ', 'a.b[3].c: ', '- x: 1\n', 'A sentence ends. ', '}\n'),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        const text = parts.join('').toWellFormed();
        const chunks = chunkText(text, layout, { name: 'n', unit: 'line' });
        expect(chunkText(text, layout, { name: 'n', unit: 'line' })).toEqual(chunks);
        const all = chunks.map((chunk) => chunk.text).join('\n');
        for (const word of text.split(/\s+/))
          if (word.length > 0 && word.length < 40) expect(all.includes(word)).toBe(true);
        for (const chunk of chunks) {
          expect(chunk.text.length).toBeLessThan(8000);
          expect(chunk.text.isWellFormed()).toBe(true);
          expect(chunk.text.trim()).not.toBe('');
        }
        expect(new Set(chunks.map(({ key }) => key)).size).toBe(chunks.length);
      }),
      { numRuns: 60 },
    );
  });

  test('of paragraphs end between them', () => {
    const paragraphs = Array.from({ length: 12 }, (_, at) => `Paragraph ${at}. ${words(50, at * 50)}`);
    const chunks = chunkText(paragraphs.join('\n\n'), 'prose', { name: 'a.txt', unit: 'line' });
    expect(chunks.length).toBeGreaterThan(3);
    for (const { text } of chunks) expect(text).toMatch(/^Paragraph \d+\./);
    expect(chunks[0]?.place).toBe('lines 1-5');
    expect(chunks[0]?.title).toBe('a.txt');
  });

  test('overlap only where a paragraph had to be cut', () => {
    const [first, second] = chunkText(words(400), 'prose', { name: 'a' });
    const [end = ''] = first?.text.slice(-100).match(/word\d+ word\d+$/) ?? [];
    expect(second?.text.slice(0, 200)).toContain(end);
    const apart = chunkText(`${words(130)}\n\n${words(130, 1000)}`, 'prose', { name: 'a' });
    expect(apart.map(({ text }) => text.slice(0, 8))).toEqual(['word0 wo', 'word1000']);
  });

  test('of Markdown stand under the headings that they have, a fence of code has none', () => {
    const text = `# Guide\n\nHello.\n\n## Setup\n\nDo this.\n\n\`\`\`sh\n# no heading\n\`\`\`\n\nOther\n-----\n\nDo that.\n\n# End\n\nBye.`;
    const chunks = chunkText(text, 'markdown', { name: 'a.md', unit: 'line' });
    expect(chunks.map(({ title, place }) => [title, place])).toEqual([
      ['a.md: Guide', 'lines 1-3'],
      ['a.md: Guide > Setup', 'lines 5-11'],
      ['a.md: Guide > Other', 'lines 13-16'],
      ['a.md: End', 'lines 18-20'],
    ]);
  });

  test('of Markdown take what a page says of itself for no heading', () => {
    const chunks = chunkText('---\ntitle: x\nlabel: y\n---\n\n# One\n\nText.', 'markdown', { name: 'a.md' });
    expect(chunks.map(({ title }) => title)).toEqual(['a.md', 'a.md: One']);
  });

  test('of reStructuredText know its titles by their signs', () => {
    const text =
      '=====\nTitle\n=====\n\nHello.\n\nPart\n----\n\nText.\n\nDeep\n~~~~\n\nMore.\n\nPart 2\n------\n\nEnd.';
    const chunks = chunkText(text, 'restructured', { name: 'a.rst' });
    expect(chunks.map(({ title }) => title)).toEqual([
      'a.rst: Title',
      'a.rst: Title > Part',
      'a.rst: Title > Part > Deep',
      'a.rst: Title > Part 2',
    ]);
  });

  test('of a table repeat its first row', () => {
    const rows = Array.from({ length: 100 }, (_, at) => `${at},"a\n${'x'.repeat(20)}",c`);
    const chunks = chunkText(['id,text,more', ...rows].join('\n'), 'table', { name: 'a.csv', unit: 'row' });
    expect(chunks.length).toBeGreaterThan(2);
    for (const { text } of chunks) expect(text.startsWith('id,text,more\n')).toBe(true);
    expect(chunks[0]?.place).toMatch(/^rows 2-\d+$/);
    expect(chunks[1]?.text).toMatch(/^id,text,more\n\d+,"a\n/);
  });

  test('of code begin with a function and its remark, and are named by it', () => {
    const code = ['load', 'store', 'remove', 'check']
      .map(
        (name) =>
          `/** Does ${name}. */\nexport function ${name}(x: number) {\n${'  work(x);\n\n'.repeat(60)}}\n`,
      )
      .join('\n');
    const chunks = chunkText(code, 'code', { name: 'a.ts', unit: 'line' });
    expect(chunks.map(({ title }) => title)).toEqual(
      ['load', 'store', 'remove', 'check'].map((name) => `a.ts: ${name}`),
    );
    for (const { text } of chunks) expect(text.startsWith('/** Does ')).toBe(true);
  });

  test('of a long class are parted between its methods', () => {
    const method = (name: string) => `    def ${name}(self):\n${'        self.work()\n'.repeat(50)}`;
    const code = `class Store:\n${['a', 'b', 'c', 'd'].map(method).join('\n')}`;
    const chunks = chunkText(code, 'code', { name: 's.py' });
    expect(chunks.slice(1).map(({ text }) => text.trimStart().slice(0, 5))).toEqual([
      'def b',
      'def c',
      'def d',
    ]);
    expect(chunks[1]?.title).toBe('s.py: Store > b');
  });
});
