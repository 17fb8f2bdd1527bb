import type { RecordKind } from '../../../contracts/index-record.ts';
import { sha256 } from '../../custody/digest.ts';
import { cleanLine, cleanText } from '../../finding/reading/clean-text.ts';
import type { Draft } from '../draft.ts';
import type { Mask } from '../mask.ts';

/** What readers of reports and bills make records with: nothing of a text gets into one but through it. */
export type Desk = {
  /** A foreign text as it may be indexed: masked, without hostile characters, not longer than `max`. */
  readonly safe: (text: string, max: number) => string;
  readonly line: (text: string, max: number) => string;
  /** Of what makes it this one; the second one of the same gets a number. */
  readonly key: (kind: RecordKind, ...identity: readonly unknown[]) => string;
  /** Masks everything that is going to be asked for at once, which is much quicker than one by one. */
  readonly ahead: (work: () => void) => void;
  readonly lost: (why: 'damaged' | 'too_large' | 'too_deep', where: string) => void;
};

export function createDesk(mask: Mask, path: string, lost: Desk['lost']): Desk {
  const known = new Map<string, string>();
  const seen = new Map<string, number>();
  let together: ReadonlyMap<string, string> = new Map();
  let asked: Set<string> | undefined;
  // names and values stand beside each other here, and lines are no rows
  const hint = { path, format: 'json' };
  const masked = (text: string): string => {
    if (text === '' || IMPERSONAL.test(text)) return text;
    const safe = together.get(text) ?? known.get(text);
    if (safe !== undefined) return safe;
    asked?.add(text);
    if (asked !== undefined) return '';
    const own = mask(text, hint);
    if (text.length <= LONGEST_KNOWN) {
      if (known.size >= MOST_KNOWN) known.clear();
      known.set(text, own);
    }
    return own;
  };
  const ahead = (work: () => void): void => {
    asked = new Set();
    try {
      work();
    } finally {
      const texts = [...asked].filter((text) => !text.includes(SIGN));
      asked = undefined;
      together = maskedTogether(texts, (text) => mask(text, hint));
    }
  };
  return {
    safe: (text, max) => bounded(masked(cleanText(text, max + BEYOND)), max, text.length),
    line: (text, max) => bounded(masked(cleanLine(text, max + BEYOND)), max, text.length),
    key: (kind, ...identity) => {
      if (asked !== undefined) return '';
      const digest = sha256(JSON.stringify([path, kind, ...identity])).slice(0, 32);
      const number = (seen.get(digest) ?? 0) + 1;
      seen.set(digest, number);
      return number === 1 ? `${kind}/${digest}` : `${kind}/${digest}/${number}`;
    },
    ahead,
    lost: (why, where) => {
      if (asked === undefined) lost(why, where);
    },
  };
}

/**
 * What a limit cuts in two is not to be told for what it is: the end of a text that was cut does not count, nor does the last
 * word of one that somebody else has cut there.
 */
function bounded(text: string, max: number, length: number): string {
  if (length > max + BEYOND)
    return text.slice(0, Math.max(0, Math.min(max, text.length - BEYOND))).toWellFormed();
  const whole = length === max ? text.replace(/[^\s\]]{1,400}$/, '') : text;
  return whole.slice(0, max).toWellFormed();
}

/**
 * Several texts as one, so far apart that none says anything of another. If what parts them is not left in its places, they
 * are masked one by one.
 */
function maskedTogether(
  texts: readonly string[],
  mask: (text: string) => string,
): ReadonlyMap<string, string> {
  const parts = texts.length < 2 ? [] : mask(texts.join(APART)).split(APART);
  if (parts.length !== texts.length) return new Map();
  return new Map(texts.map((text, at) => [text, parts[at] ?? '']));
}

/** A sign that no report has, and more empty lines than anybody looks back over. */
const SIGN = '\u241e';
const APART = `${'\n'.repeat(96)}${SIGN}\n`;

/** Records of many things, some at a time. */
export function* recordsOf<T>(things: Iterable<T>, make: (thing: T) => Draft, desk: Desk): Generator<Draft> {
  let batch: T[] = [];
  for (const thing of things) {
    batch.push(thing);
    if (batch.length < AT_ONCE) continue;
    yield* made(batch, make, desk);
    batch = [];
  }
  yield* made(batch, make, desk);
}

const AT_ONCE = 64;

function made<T>(batch: readonly T[], make: (thing: T) => Draft, desk: Desk): Draft[] {
  desk.ahead(() => {
    for (const thing of batch) make(thing);
  });
  return batch.map(make);
}

/** Reports say the same of thousands of places: titles, rules, paths. */
const LONGEST_KNOWN = 400;
const MOST_KNOWN = 20_000;
const BEYOND = 512;

/** Names of weaknesses, and versions: one of four numbers is no address of a network here. */
const IMPERSONAL = /^(?:(?:CVE|CWE|GHSA|PYSEC|RUSTSEC)-[\w-]{1,40}|v?\d{1,5}(?:\.\d{1,6}){1,3})$/;
