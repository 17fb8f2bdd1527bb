import type { DetectHint } from '../sanitize/detector.ts';
import type { Mask } from './mask.ts';

export type MaskedPart = {
  readonly text: string;
  /** Which line of the whole text one of its lines is; both are counted from one. */
  readonly numberOf: (line: number) => number;
};

/**
 * A text of any length, masked part by part. What is personal may lie where two parts meet: each is masked together with the
 * beginning of what follows, and ends where the mask has changed nothing around.
 */
export class MaskedText {
  readonly #mask: Mask;
  readonly #hint: DetectHint;
  #raw = '';
  #line: number;
  #heading: string | undefined;

  constructor(mask: Mask, hint: DetectHint, first = 1) {
    [this.#mask, this.#hint, this.#line] = [mask, hint, first];
  }

  /** Hands over what is long enough to be masked. */
  *push(text: string): Generator<MaskedPart> {
    this.#raw += text;
    while (this.#raw.length >= PART + AHEAD) yield this.#part();
  }

  *end(): Generator<MaskedPart> {
    if (this.#raw !== '') yield this.#made(this.#raw, this.#masked(this.#raw));
    this.#raw = '';
  }

  #part(): MaskedPart {
    const raw = this.#raw.slice(0, PART + AHEAD);
    const masked = this.#masked(raw);
    const border = masked === raw ? same(leastBad(raw)) : (borderIn(raw, masked) ?? this.#harmless(raw));
    const [taken, text] =
      typeof border === 'number'
        ? [raw.slice(0, border), this.#masked(raw.slice(0, border))]
        : [raw.slice(0, border.raw), masked.slice(0, border.masked)];
    if (this.#hint.format === 'csv')
      this.#heading ??= taken.slice(0, LONGEST_HEADING).split('\n', 1)[0] ?? '';
    this.#raw = this.#raw.slice(taken.length);
    return this.#made(taken, text);
  }

  /** Where nothing stands between what is masked: a place at which both sides by themselves are masked as they are together. */
  #harmless(raw: string): number {
    const middle = leastBad(raw);
    const [from, to] = [Math.max(0, middle - AROUND), Math.min(raw.length, middle + AROUND)];
    const together = this.#masked(raw.slice(from, to));
    for (let at = middle; at < middle + MOST_MOVED; at += 1)
      if (this.#masked(raw.slice(from, at)) + this.#masked(raw.slice(at, to)) === together) return at;
    return middle;
  }

  #masked(text: string): string {
    return this.#mask(
      text,
      this.#heading === undefined ? this.#hint : { ...this.#hint, heading: this.#heading },
    );
  }

  #made(raw: string, text: string): MaskedPart {
    const first = this.#line;
    const lines = linesOfMasked(raw, text);
    this.#line += count(raw, '\n');
    return { text, numberOf: (line) => first - 1 + lines(line) };
  }
}

const same = (at: number) => ({ raw: at, masked: at });

const PART = 512 * 1024;
/** Twice of what anything that is looked for needs. */
const AHEAD = 16 * 1024;
const LONGEST_HEADING = 2000;
const AROUND = 4096;
const MOST_MOVED = 64;

/** A place of both texts, far enough from the end of what was looked at; around it they are the same. */
function borderIn(raw: string, masked: string): { raw: number; masked: number } | undefined {
  for (const [before, after, isAtLine] of SHAPES)
    for (const at of candidates(raw, isAtLine)) {
      const around = raw.slice(at - before, at + after);
      const found = sameOccurrence(raw, masked, around, at - before);
      if (found !== undefined) return { raw: at, masked: found + before };
    }
  return undefined;
}

/** How much before and behind a border has to be as it was: where every row names somebody, there is little of it. */
const SHAPES: readonly (readonly [before: number, after: number, isAtLine: boolean])[] = [
  [24, 80, true],
  [8, 24, true],
  [24, 80, false],
  [1, 12, true],
  [1, 6, true],
  [8, 16, false],
  [4, 8, false],
];

function* candidates(raw: string, isAtLine: boolean): Generator<number> {
  const [from, to] = [raw.length - (AHEAD * 3) / 4, raw.length - AHEAD / 4];
  let tries = 0;
  for (let at = raw.lastIndexOf(isAtLine ? '\n' : ' ', to); at > from && tries < MOST_TRIES; tries += 1) {
    yield at + 1;
    at = raw.lastIndexOf(isAtLine ? '\n' : ' ', at - (isAtLine ? 1 : SPREAD));
  }
}

const MOST_TRIES = 16;
const SPREAD = 256;

/** The same of as many: what stands in one of the texts more often than in the other is not to be told apart. */
function sameOccurrence(raw: string, masked: string, around: string, at: number): number | undefined {
  const behind = count(raw.slice(at), around);
  if (behind > MOST_ALIKE || count(raw, around) !== count(masked, around)) return undefined;
  let place = masked.length;
  for (let back = 0; back < behind; back += 1) place = masked.lastIndexOf(around, place - 1);
  return place === -1 ? undefined : place;
}

const MOST_ALIKE = 2000;

function count(text: string, part: string): number {
  let found = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) found += 1;
  return found;
}

/** Where a mask is in every corner: at the end of a line, of a word, or anywhere but within a character. */
function leastBad(raw: string): number {
  const to = raw.length - AHEAD / 2;
  for (const sign of ['\n', ' ', ',']) {
    const at = raw.lastIndexOf(sign, to);
    if (at > raw.length - AHEAD) return at + 1;
  }
  const code = raw.charCodeAt(to);
  return code >= 0xdc00 && code <= 0xdfff ? to - 1 : to;
}

/**
 * Which line of a text a line of its masked one is: an address of four lines is one mask. Lines that are as they were are
 * found again, those between them are taken in turn.
 */
function linesOfMasked(raw: string, masked: string): (line: number) => number {
  if (count(raw, '\n') === count(masked, '\n')) return (line) => line;
  const [before, after] = [raw.split('\n'), masked.split('\n')];
  const numbers: number[] = [];
  let at = 0;
  for (const line of after) {
    if (before[at] !== line && line.trim() !== '') {
      const found = before.slice(at, at + LOOKED_AHEAD).indexOf(line);
      if (found !== -1) at += found;
    }
    numbers.push(Math.min(at, before.length - 1) + 1);
    at += 1;
  }
  return (line) => numbers[line - 1] ?? line;
}

const LOOKED_AHEAD = 200;
