import { describe, expect, test } from '@jest/globals';
import { corpusOf } from '../../../bench/corpus/generate.ts';
import { type Mistake, precision, recall, scoreOf, sum } from '../../../bench/corpus/score.ts';
import { KINDS_OF_DATA } from '../../../domain/sanitize/kinds-of-data.ts';

const PATTERNED = new Set(KINDS_OF_DATA.flatMap(({ type, patterned }) => (patterned ? [type] : [])));
const LEAST = 0.4;

describe.each(['tuned', 'held'] as const)('of the labelled corpus, the part %s', (part) => {
  const mistakes: Mistake[] = [];
  const scores = scoreOf(corpusOf(part), LEAST, (mistake) => mistakes.push(mistake));

  test('hardly a number is missed, and hardly another is taken for one', () => {
    for (const [type, score] of scores) {
      if (!PATTERNED.has(type) || score.right + score.missed < 20) continue;
      // the texts are shown where the floor does not hold
      const own = mistakes.filter((mistake) => mistake.type === type);
      if (Math.min(precision(score), recall(score)) < 0.92) expect(own).toEqual([]);
    }
    const all = sum([...scores].flatMap(([type, score]) => (PATTERNED.has(type) ? [score] : [])));
    expect(precision(all)).toBeGreaterThanOrEqual(0.95);
    expect(recall(all)).toBeGreaterThanOrEqual(0.95);
  });

  test('most names are found, and little else is taken for one', () => {
    const score = scores.get('PERSON') ?? { right: 0, mistaken: 0, missed: 0 };
    expect(score.right).toBeGreaterThan(200);
    expect(recall(score)).toBeGreaterThanOrEqual(0.85);
    expect(precision(score)).toBeGreaterThanOrEqual(0.93);
  });

  test('what only looks like something is left alone', () => {
    const wrong = mistakes.filter(({ id, how }) => id.includes('/lookalike/') && how === 'mistaken');
    const texts = corpusOf(part).filter(({ id }) => id.includes('/lookalike/')).length;
    expect(texts).toBeGreaterThan(500);
    if (wrong.length > texts / 100) expect(wrong).toEqual([]);
  });
});

test('the corpus is the same in every run', () => {
  expect(corpusOf('tuned')).toEqual(corpusOf('tuned'));
  for (const { text, spans } of corpusOf('held'))
    for (const { start, end } of spans) {
      expect(end).toBeGreaterThan(start);
      expect(end).toBeLessThanOrEqual([...text].length);
    }
});
