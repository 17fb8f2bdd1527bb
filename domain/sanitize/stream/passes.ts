import type { Detected, DetectHint } from '../detector.ts';
import { boundaryBefore, halves, isBoundary } from '../operators/graphemes.ts';
import type { Treated } from '../operators/neighbourhood.ts';
import { LONGEST_STAND_IN } from '../operators/stand-in.ts';

/** Looks into a part of a text: `known` is what others have found in it. */
export type TreatView = (view: string, hint: DetectHint, known: readonly Detected[]) => readonly Treated[];

/** A stretch of the text that is done: where it begins, what it says, and what of that is replaced. */
export type Stretch = { readonly start: number; readonly text: string; readonly treated: readonly Treated[] };

export type Sizes = {
  readonly window: number;
  /** What is looked at behind a window, and dealt with in the next: the longest find must fit into it. */
  readonly ahead: number;
  /** And before it, for the words that say what a number is. */
  readonly behind: number;
};

export const SIZES: Sizes = { window: 512 * 1024, ahead: 16 * 1024, behind: LONGEST_STAND_IN };

/**
 * A text of any length, a window at a time. Where they begin and end depends on the text alone, and not on the pieces in
 * which it comes: the same text gives the same stretches.
 */
export class Passes {
  readonly #treat: TreatView;
  readonly #hint: DetectHint;
  readonly #known: readonly Detected[];
  readonly #sizes: Sizes;
  #text = '';
  /** Where that begins, and how far everything is done. */
  #base = 0;
  #done = 0;
  #heading: string | undefined;
  #nextKnown = 0;

  constructor(treat: TreatView, hint: DetectHint, known: readonly Detected[] = [], sizes: Sizes = SIZES) {
    this.#treat = treat;
    this.#hint = hint;
    this.#known = known;
    this.#sizes = sizes;
  }

  *push(text: string): Generator<Stretch> {
    this.#text += text;
    const { window, ahead } = this.#sizes;
    while (this.#base + this.#text.length - this.#done > window + ahead) yield this.#pass(false);
  }

  *end(): Generator<Stretch> {
    if (this.#base + this.#text.length > this.#done) yield this.#pass(true);
  }

  #pass(isLast: boolean): Stretch {
    const { window, ahead, behind } = this.#sizes;
    const done = this.#done - this.#base;
    let from = Math.max(0, done - behind);
    if (halves(this.#text, from)) from += 1;
    let to = isLast ? this.#text.length : done + window + ahead;
    if (halves(this.#text, to)) to -= 1;
    const view = this.#text.slice(from, to);
    const hint = this.#heading === undefined ? this.#hint : { heading: this.#heading, ...this.#hint };
    this.#heading ??= view.slice(0, MAX_HEADING).split('\n', 1)[0] ?? '';
    const own = done - from;
    const found = this.#treat(view, hint, this.#knownIn(this.#base + from, this.#base + to)).filter(
      ({ end }) => end > own,
    );
    const cut = isLast ? view.length : cutOf(view, found, own, view.length - ahead);
    const start = this.#done;
    const offset = this.#base + from;
    this.#done = offset + cut;
    const kept = Math.max(0, from + cut - behind - 1);
    this.#text = this.#text.slice(kept);
    this.#base += kept;
    return {
      start,
      text: view.slice(own, cut),
      treated: found
        .filter((one) => one.start < cut)
        .map((one) => ({ ...one, start: Math.max(start, one.start + offset), end: one.end + offset })),
    };
  }

  #knownIn(from: number, to: number): Detected[] {
    while ((this.#known[this.#nextKnown]?.end ?? Number.POSITIVE_INFINITY) <= from) this.#nextKnown += 1;
    const inView: Detected[] = [];
    for (let at = this.#nextKnown; (this.#known[at]?.start ?? Number.POSITIVE_INFINITY) < to; at += 1) {
      const one = this.#known[at] as Detected;
      inView.push({ ...one, start: Math.max(0, one.start - from), end: Math.min(to, one.end) - from });
    }
    return inView;
  }
}

const MAX_HEADING = 2000;

/** After a line where there is one, else after a word; never within what is replaced. */
function cutOf(view: string, found: readonly Treated[], own: number, limit: number): number {
  const line = view.lastIndexOf('\n', limit - 1) + 1;
  const cut = line > own + (limit - own) / 2 ? line : wordBefore(view, own, limit);
  const crossed = found.find(({ start, end }) => start < cut && end > cut);
  if (crossed === undefined) return cut;
  return crossed.start > own ? crossed.start : crossed.end;
}

function wordBefore(view: string, own: number, limit: number): number {
  const from = Math.max(own + 1, limit - LONGEST_WORD);
  const blank = view.slice(from, limit).search(/\s\S*$/);
  if (blank !== -1) return from + blank + 1;
  return isBoundary(view, limit) ? limit : Math.max(own + 1, boundaryBefore(view, limit));
}

const LONGEST_WORD = 1024;
