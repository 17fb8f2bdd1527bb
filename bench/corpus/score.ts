import { PrivacyPolicy } from '../../contracts/privacy.ts';
import { createDetector } from '../../domain/sanitize/create-detector.ts';
import type { Labelled, Span } from './marked.ts';

export type Score = { readonly right: number; readonly mistaken: number; readonly missed: number };
export type Mistake = {
  readonly id: string;
  readonly type: string;
  readonly text: string;
  readonly how: 'missed' | 'mistaken';
};

/** Compares what is found with what is there, kind by kind. A span is right when it shares at least half with its own. */
export function scoreOf(
  corpus: readonly Labelled[],
  least: number,
  tell?: (mistake: Mistake) => void,
): ReadonlyMap<string, Score> {
  const policy = PrivacyPolicy.parse({
    schema: 'https://certus.dev/privacy-policy/v1',
    name: 'measured',
    documents: { min_confidence: least },
  });
  const detector = createDetector(policy, 'documents', 'anybodys');
  const scores = new Map<string, { right: number; mistaken: number; missed: number }>();
  const count = (type: string, what: keyof Score) => {
    const score = scores.get(type) ?? { right: 0, mistaken: 0, missed: 0 };
    score[what] += 1;
    scores.set(type, score);
  };
  for (const { id, text, spans } of corpus) {
    const place = codePointsOf(text);
    const found = detector
      .detect(text)
      .map(({ type, start, end }) => ({ type, start: place(start), end: place(end) }));
    const left = new Set(found);
    for (const span of spans) {
      const match = found.find((one) => left.has(one) && one.type === span.type && isSame(one, span));
      if (match === undefined) {
        count(span.type, 'missed');
        tell?.({ id, type: span.type, text: shown(text, span), how: 'missed' });
      } else {
        left.delete(match);
        count(span.type, 'right');
      }
    }
    for (const one of left) {
      count(one.type, 'mistaken');
      tell?.({ id, type: one.type, text: shown(text, one), how: 'mistaken' });
    }
  }
  return scores;
}

const isSame = (a: Span, b: Span): boolean => {
  const shared = Math.min(a.end, b.end) - Math.max(a.start, b.start);
  return shared * 2 >= Math.max(a.end, b.end) - Math.min(a.start, b.start);
};

function codePointsOf(text: string): (unit: number) => number {
  const points: number[] = [];
  let point = 0;
  for (let unit = 0; unit < text.length; unit += 1) {
    points.push(point);
    const code = text.charCodeAt(unit);
    if (code < 0xd800 || code > 0xdbff) point += 1;
  }
  points.push(point);
  return (unit) => points[unit] ?? point;
}

const shown = (text: string, { start, end }: Span): string => {
  const points = [...text];
  return `${points.slice(Math.max(0, start - 30), start).join('')}«${points.slice(start, end).join('')}»${points.slice(end, end + 20).join('')}`;
};

export const sum = (scores: Iterable<Score>): Score => {
  const all = { right: 0, mistaken: 0, missed: 0 };
  for (const { right, mistaken, missed } of scores) {
    all.right += right;
    all.mistaken += mistaken;
    all.missed += missed;
  }
  return all;
};

export const precision = ({ right, mistaken }: Score): number =>
  right + mistaken === 0 ? 1 : right / (right + mistaken);
export const recall = ({ right, missed }: Score): number =>
  right + missed === 0 ? 1 : right / (right + missed);
