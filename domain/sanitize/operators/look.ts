import type { Detected, DetectHint, Detector } from '../detector.ts';
import { withoutOverlaps } from '../find.ts';
import { wholeLetters } from './graphemes.ts';
import { outsideOf, standInsIn } from './stand-in.ts';

/** What there is to be replaced in a text; in its order, and none overlaps another. `known` is what others have found. */
export type Look = (text: string, hint: DetectHint, known?: readonly Detected[]) => Detected[];

type Looking = {
  readonly detector: Detector;
  /** Every kind that a mask or a pseudonym may speak of. */
  readonly kinds: ReadonlySet<string>;
  readonly strictness: (type: string) => number;
};

/** What stands in for something already is nothing to be found again, and no letter is found in half. */
export const lookWith =
  ({ detector, kinds, strictness }: Looking): Look =>
  (text, hint, known = []) => {
    const detected = detector.detect(text, hint);
    const all = known.length === 0 ? detected : withoutOverlaps([...detected, ...known], strictness);
    if (all.length === 0) return all;
    const spans: Detected[] = [];
    let done = 0;
    for (const left of outsideOf(all, standInsIn(text, kinds))) {
      const span = wholeLetters(text, trimmed(text, left));
      const start = Math.max(done, span.start);
      if (start >= span.end || !SAYS_SOMETHING.test(text.slice(start, span.end))) continue;
      spans.push(start === span.start ? span : { ...span, start });
      done = span.end;
    }
    return spans;
  };

/** Stars and strokes are nobody's. */
const SAYS_SOMETHING = /[\p{L}\p{N}\p{S}]/u;

function trimmed(text: string, span: Detected): Detected {
  let { start, end } = span;
  while (start < end && text[start] === ' ') start += 1;
  while (end > start && text[end - 1] === ' ') end -= 1;
  return start === span.start && end === span.end ? span : { ...span, start, end };
}
