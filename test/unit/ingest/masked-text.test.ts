import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MaskedText } from '../../../domain/ingest/masked-text.ts';
import { hideNeedles, NEEDLE } from './reading.ts';

function masked(text: string, sizes: readonly number[] = []): { text: string; lines: [string, number][] } {
  const whole = new MaskedText(hideNeedles, { format: 'text' });
  const lines: [string, number][] = [];
  let all = '';
  let at = 0;
  const take = (parts: Iterable<{ text: string; numberOf: (line: number) => number }>) => {
    for (const part of parts) {
      all += part.text;
      for (const [number, line] of part.text.split('\n').entries())
        lines.push([line, part.numberOf(number + 1)]);
    }
  };
  for (const size of sizes) {
    take(whole.push(text.slice(at, at + size)));
    at += size;
  }
  take(whole.push(text.slice(at)));
  take(whole.end());
  return { text: all, lines };
}

describe('a text that is masked part by part', () => {
  test('is as if it had been masked at once, wherever things lie', () => {
    const filler = fc.constantFrom(
      ...['lorem ipsum dolor\n', 'a,b,c\n', 'x'.repeat(50), '\n', 'no break here ', '12,'],
      ...[`${NEEDLE}`, `${NEEDLE}\n`, `Call ${NEEDLE} now. `],
    );
    fc.assert(
      fc.property(
        fc.array(filler, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 20_000, max: 50_000 }),
        (parts, times) => {
          const unit = parts.join('');
          const text = unit.repeat(Math.ceil((times * 30) / unit.length));
          expect(masked(text).text === hideNeedles(text, {})).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('misses nothing where two parts meet', () => {
    const line = `${'y'.repeat(30)} ${NEEDLE} `;
    for (const text of [
      line.repeat(40_000),
      `${line}\n`.repeat(40_000),
      `${NEEDLE},`.repeat(60_000),
      NEEDLE.repeat(60_000),
    ]) {
      const found = masked(text).text;
      expect(found.includes('needle')).toBe(false);
      expect(found === hideNeedles(text, {})).toBe(true);
    }
  });

  test('keeps the numbers of its lines where several of them are one mask', () => {
    const address = (text: string) => text.replaceAll(/^Jane\nStreet 1\nTown$/gm, '[ADDRESS]');
    const part = [...new MaskedText(address, {}).push(''), ...new MaskedText(address, {}).end()];
    expect(part).toEqual([]);
    const text = new MaskedText(address, {});
    const [whole] = [...text.push('one\nJane\nStreet 1\nTown\nfive\nsix'), ...text.end()];
    const numbers = whole?.text.split('\n').map((line, at) => [line, whole.numberOf(at + 1)]);
    expect(numbers).toEqual([
      ['one', 1],
      ['[ADDRESS]', 2],
      ['five', 5],
      ['six', 6],
    ]);
  });
});
