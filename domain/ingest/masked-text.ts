import type { DetectHint } from '../sanitize/detector.ts';
import { wholeCharacter } from './chunks/line.ts';
import type { Mask } from './mask.ts';

export type MaskedPart = {
  readonly text: string;
  /** Which line of the whole text one of its lines is; both are counted from one. */
  readonly numberOf: (line: number) => number;
};

/**
 * A text of any length, masked part by part. What is personal may lie where two parts meet: each is masked together with the
 * beginning of what follows, and ends where nothing reaches over.
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
    if (this.#hint.format === 'csv') this.#heading ??= raw.slice(0, LONGEST_HEADING).split('\n', 1)[0] ?? '';
    const border = masked === raw ? same(leastBad(raw)) : this.#border(raw, masked);
    const [taken, text] =
      border === undefined ? this.#severed(raw) : [raw.slice(0, border.raw), masked.slice(0, border.masked)];
    this.#raw = this.#raw.slice(taken.length);
    return this.#made(taken, text);
  }

  /** A place behind which everything is masked by itself as it is together with what is before it. */
  #border(raw: string, masked: string): { raw: number; masked: number } | undefined {
    for (const at of candidates(raw)) {
      const behind = this.#masked(raw.slice(at));
      if (masked.endsWith(behind)) return { raw: at, masked: masked.length - behind.length };
    }
    return undefined;
  }

  /** Where there is none. */
  #severed(raw: string): [taken: string, text: string] {
    const taken = raw.slice(0, leastBad(raw));
    return [taken, this.#masked(taken)];
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

/** Ends of lines, then of words, then any place: far enough from the end of what was looked at. */
function* candidates(raw: string): Generator<number> {
  const [from, to] = [raw.length - (AHEAD * 3) / 4, raw.length - AHEAD / 4];
  for (const sign of ['\n', ' ', ',']) {
    let tries = 0;
    for (let at = raw.lastIndexOf(sign, to); at > from && tries < MOST_TRIES; tries += 1) {
      yield at + 1;
      at = raw.lastIndexOf(sign, at - (sign === '\n' ? 1 : SPREAD));
    }
  }
  const middle = leastBad(raw);
  for (let at = middle; at < middle + MOST_MOVED; at += 1) yield wholeCharacter(raw, at);
}

const MOST_TRIES = 12;
const SPREAD = 256;
const MOST_MOVED = 64;

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
  return wholeCharacter(raw, to);
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
