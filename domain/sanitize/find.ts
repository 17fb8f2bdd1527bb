import type { Detected, DetectHint } from './detector.ts';
import { unfold } from './fold.ts';
import { LEXICON } from './kinds/identifiers.ts';
import { packedIn } from './packed.ts';
import type { Match, Recogniser } from './recogniser.ts';
import { surroundingsIn } from './surroundings.ts';
import { type Windows, windowsOf } from './windows.ts';

export type Candidate = Match & { readonly type: string };

/** Everything that the recognisers make of a text, in no order, with what overlaps. */
export function findCandidates(
  source: string,
  recognisers: readonly Recogniser[],
  hint: DetectHint = {},
  depth = 0,
): Candidate[] {
  const { text, offsetOf, endOf } = unfold(source);
  const windows: Windows = windowsOf(text, LEXICON);
  const all = { start: 0, end: text.length, digits: 0, dots: 0, sense: 0 };
  const around = surroundingsIn(text, hint, windows);
  const candidates: Candidate[] = [];
  for (const recogniser of recognisers) {
    const { type, where, digits = 0, dots = 0, sense = 0 } = recogniser;
    for (const window of where === 'text' ? [all] : windows[where]) {
      if (window.digits < digits || window.dots < dots) continue;
      if (sense !== 0 && (window.sense & sense) === 0) continue;
      for (const { start, end, ...rest } of recogniser.find(text, window, around))
        candidates.push({ type, start: offsetOf(start), end: endOf(end), ...rest });
    }
  }
  for (const packed of depth < DEEPEST ? packedIn(text) : []) {
    const inside = findCandidates(packed.text, recognisers, { path: hint.path ?? '' }, depth + 1);
    const [start, end] = [offsetOf(packed.start), endOf(packed.end)];
    candidates.push(...inside.map((candidate) => ({ ...candidate, start, end })));
  }
  return candidates;
}

/** Packed once more is what clusters do with a token. */
const DEEPEST = 2;

/** What is nobody's is known, and does not count. */
export const confidenceOf = ({ likelihood, nobodys }: Match): number =>
  nobodys ? Math.min(likelihood, NOBODYS) : likelihood;

const NOBODYS = 0.3;

/**
 * One of those that overlap: what is to be treated the strictest, then the longer, then the surer. It takes in what reaches
 * beyond it, so that no end of another is left over where it is masked.
 */
export function withoutOverlaps(
  found: readonly Detected[],
  strictness: (type: string) => number = () => 0,
): Detected[] {
  const kept: Detected[] = [];
  let group: Detected[] = [];
  let end = -1;
  for (const one of found.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (one.start >= end && group.length > 0) {
      kept.push(asOne(group, strictness));
      group = [];
    }
    group.push(one);
    end = Math.max(end, one.end);
  }
  if (group.length > 0) kept.push(asOne(group, strictness));
  return kept;
}

function asOne(group: readonly Detected[], strictness: (type: string) => number): Detected {
  const [first] = group as readonly [Detected];
  const best = group.reduce((a, b) => (isBetter(b, a, strictness) ? b : a));
  return { ...best, start: first.start, end: group.reduce((end, one) => Math.max(end, one.end), 0) };
}

function isBetter(a: Detected, b: Detected, strictness: (type: string) => number): boolean {
  const stricter = strictness(a.type) - strictness(b.type);
  const longer = a.end - a.start - (b.end - b.start);
  return stricter > 0 || (stricter === 0 && (longer > 0 || (longer === 0 && a.confidence > b.confidence)));
}
