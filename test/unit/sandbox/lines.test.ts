import { describe, expect, test } from '@jest/globals';
import { Lines } from '../../../services/sandbox/lines.ts';

function linesOf(...chunks: (string | Buffer)[]): string[] {
  const seen: string[] = [];
  const lines = new Lines((line) => seen.push(line));
  for (const chunk of chunks) lines.add(Buffer.from(chunk));
  lines.end();
  return seen;
}

describe('lines of a tool', () => {
  test('end where the tool ends them, wherever the pipe cuts them', () => {
    const euro = Buffer.from('5 €');
    expect(linesOf('one\ntw', 'o\r\nthree\rfour', '\n', euro.subarray(0, 3), euro.subarray(3))).toEqual([
      'one',
      'two',
      'three',
      'four',
      '5 €',
    ]);
  });

  test('have no colours, and what a terminal would obey is a mark', () => {
    expect(linesOf('\u001b[1;31mred\u001b[0m \u001b]0;title\u0007 a\u0000b\tc \u202etxt.exe\n')).toEqual([
      'red \ufffd]0;title\ufffd a\ufffdb  c \ufffdtxt.exe',
    ]);
  });

  test('have a longest length, however long a tool goes on', () => {
    const [line] = linesOf(...Array.from({ length: 64 }, () => 'x'.repeat(1024)));
    expect(line).toHaveLength(8 * 1024 + ' … 57344 more characters'.length);
    expect(linesOf(`${'x'.repeat(10_000)}\nnext\n`)).toHaveLength(2);
  });
});
