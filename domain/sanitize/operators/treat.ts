import type { Detected, DetectHint } from '../detector.ts';
import { withoutOverlaps } from '../find.ts';
import type { Look } from './look.ts';
import { neighbourhoods, sourceOf, type Treated } from './neighbourhood.ts';
import type { PutIn } from './put-in.ts';

export type Treatment = {
  readonly look: Look;
  readonly put: PutIn;
  readonly strictness: (type: string) => number;
  /** How far on either side of a replacement others may be found: more than any recogniser looks. */
  readonly reach: number;
};

/**
 * Looks once more at what stands beside each replacement, until nothing is found: what was taken for a part of the one value
 * may be another, and what is left after two were taken away may be a third.
 */
export function treat(
  text: string,
  hint: DetectHint,
  { look, put, strictness, reach }: Treatment,
  known?: readonly Detected[],
): Treated[] {
  const treated = (span: Detected): Treated => ({
    ...span,
    put: put(span.type, text.slice(span.start, span.end)),
  });
  let all = look(text, hint, known).map(treated);
  let fresh: readonly Treated[] = all;
  for (let round = 0; round < ROUNDS && fresh.length > 0; round += 1) {
    const heading = firstLine(text, all);
    const again = neighbourhoods(text, all, fresh, reach).flatMap((part) =>
      look(part.text, { heading, ...hint }).flatMap((span) => sourceOf(part, span)),
    );
    if (again.length === 0) break;
    const before = new Map(all.map((one) => [one.start, one]));
    all = withoutOverlaps([...all, ...again], strictness).map((one) => {
      const same = before.get(one.start);
      return same?.end === one.end && same.type === one.type ? same : treated(one);
    });
    fresh = all.filter((one) => before.get(one.start) !== one);
  }
  return all;
}

/** Each takes away more of a text; one that is made to need more is not worth it. */
const ROUNDS = 16;

/** As it is once what was found in it is replaced: a table may have another column then. */
function firstLine(text: string, all: readonly Treated[]): string {
  let [line, at] = ['', 0];
  for (const { start, end, put } of all) {
    if (line.length + start - at >= MAX_HEADING) break;
    line += text.slice(at, start) + put;
    at = end;
  }
  return (line + text.slice(at, at + MAX_HEADING)).slice(0, MAX_HEADING).split('\n', 1)[0] ?? '';
}

const MAX_HEADING = 2000;
