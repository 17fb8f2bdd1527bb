import { Intervals } from '../text/intervals.ts';
import { RECOGNISERS, type Recogniser } from './recognisers.ts';

export type Detected = { readonly type: string; readonly start: number; readonly end: number };

/** Where personal data stands in a text, in its order. Of matches that overlap the longer one counts. */
export function detect(text: string, recognisers: readonly Recogniser[] = RECOGNISERS): Detected[] {
  const all = recognisers.flatMap(({ type, pattern, holds }) =>
    [...text.matchAll(pattern)]
      .map((match) => ({ at: match.index, value: match.groups?.value ?? match[0] }))
      .filter(({ value }) => holds?.(value) ?? true)
      .map(({ at, value }) => ({ type, start: at, end: at + value.length })),
  );
  const taken = new Intervals();
  const kept = all
    .sort((a, b) => b.end - b.start - (a.end - a.start))
    .filter(({ start, end }) => {
      if (taken.overlaps(start, end)) return false;
      taken.add(start, end);
      return true;
    });
  return kept.sort((a, b) => a.start - b.start);
}
