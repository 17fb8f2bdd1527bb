import { describe, expect, test } from '@jest/globals';
import { neutralise, printableJson } from '../../../cli/neutralise.ts';
import { createOutput } from '../../../cli/output.ts';

const HOSTILE = [
  '\u001b[2J\u001b[1;32mPASSED',
  '\u001b]0;title\u0007',
  '\u009b31m',
  'one\rtwo',
  'line\nbreak',
  'tab\tbed',
  '\u202egpj.exe',
  'zero\u200bwidth',
  '\u2028',
  'del\u007f',
  'half \ud800 pair',
];
/** What a terminal would obey, save for the line feed that ends a line. */
const OBEYED = /(?!\n)\p{Cc}|[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

const sink = (isTTY = false) => {
  const written: string[] = [];
  return {
    isTTY,
    columns: 80,
    written,
    write: (text: string) => written.push(text),
    text: () => written.join(''),
  };
};

test('the check itself sees what is hostile', () => {
  for (const text of HOSTILE.slice(0, 4)) expect(OBEYED.test(text)).toBe(true);
});

describe('text', () => {
  test.each(HOSTILE)('%j is shown, not obeyed', (text) => {
    expect(neutralise(text)).not.toMatch(OBEYED);
    expect(neutralise(text)).not.toContain('\n');
    expect(neutralise(text).isWellFormed()).toBe(true);
  });

  test('names of every language stay as they are', () => {
    const names = 'src/Ünïcode/日本語/файл.ts – “quoted” 👩';
    expect(neutralise(names)).toBe(names);
  });

  test.each([true, false])('every way out is guarded (terminal: %p)', (isTTY) => {
    const [stdout, stderr] = [sink(isTTY), sink(isTTY)];
    const output = createOutput('text', stdout, stderr);
    for (const text of HOSTILE) {
      output.line(text);
      output.note(text);
      output.table(['A', 'B'], [[text, text]]);
    }
    // The separator of plain tables is ours.
    expect(stdout.text().replaceAll('\t', '')).not.toMatch(OBEYED);
    expect(stderr.text()).not.toMatch(OBEYED);
  });

  test('plain tables are lines of cells, whatever is in a cell', () => {
    const stdout = sink();
    createOutput('text', stdout, sink()).table(['A', 'B'], [['x\ty', 'z\n']]);
    expect(stdout.text()).toBe('A\tB\nx\\u{9}y\tz\\u{a}\n');
  });

  test('drawn tables line up and keep every cell whole: what stands there is copied', () => {
    const stdout = sink(true);
    const id = `test_${'0'.repeat(500)}`;
    createOutput('text', stdout, sink()).table(
      ['A', 'B'],
      [
        ['x', id],
        ['longer', 'y'],
      ],
    );
    expect(stdout.text()).toBe(`A       B\nx       ${id}\nlonger  y\n`);
  });
});

describe('JSON', () => {
  test.each(HOSTILE.slice(0, -1))('%j is escaped and means the same', (text) => {
    const printed = printableJson({ [text]: text });
    expect(printed).not.toMatch(OBEYED);
    expect(JSON.parse(printed)).toEqual({ [text]: text });
  });

  test('is one document on stdout', () => {
    const stdout = sink();
    createOutput('json', stdout, sink()).result({ a: 1 }, () => stdout.write('never'));
    expect(JSON.parse(stdout.text())).toEqual({ a: 1 });
  });
});
