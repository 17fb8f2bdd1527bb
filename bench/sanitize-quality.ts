import { KINDS_OF_DATA } from '../domain/sanitize/kinds-of-data.ts';
import type { Bench, Goal } from './bench.ts';
import { corpusOf } from './corpus/generate.ts';
import { precision, recall, type Score, scoreOf, sum } from './corpus/score.ts';

/** What the sanitizer counts; firms and cities that are only spoken of are surer than this, and no surer than a half. */
const LEAST = 0.4;

/** What of a labelled corpus is found and what else is taken for something: by kind, and on texts that nothing was tuned with. */
export const sanitizeQuality: Bench = {
  name: 'sanitize-quality',
  about:
    'precision and recall of the sanitizer on a labelled corpus, and on a part of it that it was not tuned with',
  run: async (report) => {
    const figures: Record<string, number> = {};
    const ratios: Record<string, number> = {};
    for (const part of ['tuned', 'held'] as const) {
      const corpus = corpusOf(part);
      const scores = scoreOf(corpus, LEAST);
      figures[`${part}_texts`] = corpus.length;
      figures[`${part}_spans`] = corpus.reduce((all, { spans }) => all + spans.length, 0);
      report(`${part}: ${corpus.length} texts`);
      for (const [type, score] of [...scores].sort(([a], [b]) => (a < b ? -1 : 1))) {
        report(`  ${type.padEnd(28)} ${told(score)}`);
        figures[`${part}_precision_${type}`] = precision(score);
        figures[`${part}_recall_${type}`] = recall(score);
      }
      const patterned = sum([...scores].flatMap(([type, score]) => (PATTERNED.has(type) ? [score] : [])));
      const all = sum(scores.values());
      const names = scores.get('PERSON') ?? { right: 0, mistaken: 0, missed: 0 };
      Object.assign(ratios, {
        [`${part}_patterned_precision`]: precision(patterned),
        [`${part}_patterned_recall`]: recall(patterned),
        [`${part}_person_precision`]: precision(names),
        [`${part}_person_recall`]: recall(names),
        [`${part}_precision`]: precision(all),
        [`${part}_recall`]: recall(all),
        [`${part}_worst_patterned_precision`]: worst(scores, precision),
        [`${part}_worst_patterned_recall`]: worst(scores, recall),
      });
    }
    return { ratios, figures, goals: GOALS };
  },
};

const PATTERNED = new Set(KINDS_OF_DATA.flatMap(({ type, patterned }) => (patterned ? [type] : [])));

const worst = (scores: ReadonlyMap<string, Score>, of: (score: Score) => number): number =>
  Math.min(
    ...[...scores].flatMap(([type, score]) => (PATTERNED.has(type) && isCounted(score) ? [of(score)] : [])),
  );

/** Of a handful of texts one says nothing about a kind. */
const isCounted = ({ right, mistaken, missed }: Score): boolean => right + mistaken + missed >= 20;

const GOALS: readonly Goal[] = (['tuned', 'held'] as const).flatMap((part) => [
  { of: `${part}_patterned_precision`, atLeast: 0.95 },
  { of: `${part}_patterned_recall`, atLeast: 0.95 },
  { of: `${part}_person_recall`, atLeast: 0.85 },
]);

const told = (score: Score): string =>
  `precision ${precision(score).toFixed(3)}  recall ${recall(score).toFixed(3)}  (${score.right} right, ${score.mistaken} mistaken, ${score.missed} missed)`;
