import { addToHash, finished, foldedLetter, type Lexicon } from './lexicon/lexicon.ts';

/** A part of a text where something may stand, so that patterns need not be tried everywhere. */
export type Window = {
  readonly start: number;
  readonly end: number;
  readonly digits: number;
  readonly dots: number;
  /** Of a word: what it speaks of. */
  readonly sense: number;
};

export type Windows = Readonly<
  Record<'digits' | 'at' | 'pairs' | 'account' | 'codes' | 'words' | 'houses', readonly Window[]>
>;

/**
 * One look at every character: numbers with what people put between their digits, what has an `@` in it, pairs of digits
 * with colons or hyphens, two letters before two digits, codes of capitals and digits, words that the lexicon has, and long
 * words with a number behind them. Most texts have few of them.
 */
export function windowsOf(text: string, lexicon: Lexicon = NO_WORDS): Windows {
  const windows = {
    digits: [] as Window[],
    at: [] as Window[],
    pairs: [] as Window[],
    account: [] as Window[],
    codes: [] as Window[],
    words: [] as Window[],
    houses: [] as Window[],
  };
  let [numberEnd, pairsEnd, atEnd] = [0, 0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const sort = code < 128 ? SORT[code] : OTHER;
    if (sort === 0) continue;
    if (sort === LETTER || sort === OTHER) {
      let folded = foldedLetter(code);
      if (folded === 0) continue;
      let [hash, end, isCapital] = [0, at, true];
      for (let next = code; folded !== 0; folded = foldedLetter(next)) {
        // a capital behind a small letter begins another word, as in `passportNumber`
        if (next !== folded) {
          if (!isCapital) break;
        } else isCapital = false;
        hash = addToHash(hash, folded);
        end += 1;
        next = text.charCodeAt(end);
      }
      const sense = lexicon.senseOf(finished(hash), text, at, end);
      if (sense !== 0) windows.words.push({ start: at, end, digits: 0, dots: 0, sense });
      if (end - at <= LONGEST_PREFIX && isDigit(text.charCodeAt(end)) && isCapitalLetter(code))
        addCode(windows.codes, text, at);
      else if (end - at >= SHORTEST_STREET && hasNumberBehind(text, end))
        windows.houses.push({
          start: at,
          end: Math.min(text.length, end + 16),
          digits: 0,
          dots: 0,
          sense: 0,
        });
      at = end - 1;
    } else if (sort === DIGIT) {
      if (at < numberEnd) continue;
      if (isLetter(text.charCodeAt(at - 1)) && isAccount(text, at)) {
        const end = Math.min(text.length, at + ACCOUNT);
        windows.account.push({ start: at - 2, end, digits: 2, dots: 0, sense: 0 });
      }
      const number = numberAt(text, at);
      numberEnd = number.end;
      if (number.digits >= FEWEST_DIGITS) windows.digits.push(number);
      else if (isCapitalLetter(text.charCodeAt(number.end))) addCode(windows.codes, text, at);
    } else if (sort === AT) {
      const start = Math.max(atEnd, at - MAX_LOCAL);
      if (start === at && atEnd !== at) continue;
      atEnd = Math.min(text.length, at + MAX_DOMAIN);
      const last = windows.at.at(-1);
      if (last !== undefined && start <= last.end)
        windows.at[windows.at.length - 1] = { ...last, end: atEnd };
      else windows.at.push({ start, end: atEnd, digits: 0, dots: 0, sense: 0 });
    } else if (at >= pairsEnd && isPair(text, at, code)) {
      const [start, end] = [backOver(text, at), over(text, at)];
      pairsEnd = end;
      windows.pairs.push({ start, end, digits: 0, dots: 0, sense: 0 });
    }
  }
  return windows;
}

const DIGIT = 1;
const AT = 2;
const COLON_OR_HYPHEN = 3;
const LETTER = 4;
const OTHER = 5;
const SORT = new Uint8Array(128);
for (const digit of '0123456789') SORT[digit.charCodeAt(0)] = DIGIT;
SORT['@'.charCodeAt(0)] = AT;
SORT[':'.charCodeAt(0)] = COLON_OR_HYPHEN;
SORT['-'.charCodeAt(0)] = COLON_OR_HYPHEN;
for (const letter of 'abcdefghijklmnopqrstuvwxyz')
  for (const form of [letter, letter.toUpperCase()]) SORT[form.charCodeAt(0)] = LETTER;

const NO_WORDS: Lexicon = { senseOf: () => 0 };

const FEWEST_DIGITS = 4;
const ACCOUNT = 72;
const MAX_LOCAL = 64;
const MAX_DOMAIN = 260;
const MAX_PAIRS = 64;

/** Digits with not more than three signs between two of them, as in `+49 (30) - 123`. */
function numberAt(text: string, start: number): Window {
  let end = start;
  let [digits, dots] = [0, 0];
  for (let at = start; at < text.length && at - end <= 3; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 128 && SORT[code] === DIGIT) {
      digits += 1;
      end = at + 1;
    } else if (code === DOT) dots += 1;
    else if (!BETWEEN_DIGITS.has(code)) break;
  }
  return { start, end, digits, dots, sense: 0 };
}

const DOT = '.'.charCodeAt(0);
const BETWEEN_DIGITS = new Set(Array.from(' -()/', (sign) => sign.charCodeAt(0)));

/** Capitals and digits in one piece, as long as the numbers of people are that have both; digests are longer. */
function addCode(codes: Window[], text: string, start: number): void {
  if (isCodeSign(text.charCodeAt(start - 1))) return;
  let end = start;
  while (end - start <= LONGEST_CODE && isCodeSign(text.charCodeAt(end))) end += 1;
  const length = end - start;
  if (length >= SHORTEST_CODE && length <= LONGEST_CODE)
    codes.push({ start, end, digits: 1, dots: 0, sense: 0 });
}

const LONGEST_PREFIX = 6;
const SHORTEST_CODE = 4;
const LONGEST_CODE = 18;

/** ` 12`, `. 12`: what a house has behind the name of its street. */
function hasNumberBehind(text: string, end: number): boolean {
  const at = text.charCodeAt(end) === DOT ? end + 1 : end;
  return text.charCodeAt(at) === 32 && isDigit(text.charCodeAt(at + 1));
}

const SHORTEST_STREET = 3;

const isCodeSign = (code: number): boolean => isDigit(code) || isLetter(code);

const isCapitalLetter = (code: number): boolean => code >= 65 && code <= 90;

const isLetter = (code: number): boolean => (code | 32) >= 97 && (code | 32) <= 122;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

const isHex = (code: number): boolean => isDigit(code) || ((code | 32) >= 97 && (code | 32) <= 102);

const isAccount = (text: string, at: number): boolean =>
  isDigit(text.charCodeAt(at + 1)) &&
  isLetter(text.charCodeAt(at - 2)) &&
  !isLetter(text.charCodeAt(at - 3)) &&
  !isDigit(text.charCodeAt(at - 3));

/** `a:b` of hexadecimal digits or `::`; of hyphens only those that go on as the numbers of network cards do: dates have two. */
function isPair(text: string, at: number, code: number): boolean {
  const [before, after] = [text.charCodeAt(at - 1), text.charCodeAt(at + 1)];
  if (code === 58)
    return (
      (isHex(before) && (isHex(after) || after === 58)) ||
      (before !== 58 && after === 58 && isHex(text.charCodeAt(at + 2)))
    );
  return (
    isHex(before) &&
    isHex(text.charCodeAt(at - 2)) &&
    isHex(after) &&
    isHex(text.charCodeAt(at + 2)) &&
    text.charCodeAt(at + 3) === 45 &&
    text.charCodeAt(at + 6) === 45
  );
}

const isOfPairs = (code: number): boolean => isHex(code) || code === 58 || code === 45 || code === 46;

function backOver(text: string, from: number): number {
  let at = from;
  while (at > 0 && from - at < MAX_PAIRS && isOfPairs(text.charCodeAt(at - 1))) at -= 1;
  return at;
}

function over(text: string, from: number): number {
  let at = from;
  while (at < text.length && at - from < MAX_PAIRS && isOfPairs(text.charCodeAt(at))) at += 1;
  return at;
}
