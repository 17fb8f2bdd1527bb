import { PARTICLES } from './lexicon/cues.ts';
import { isCity, isCountry, isCue, isDoubtful, isFamily, isGiven, isNoFamily } from './lexicon/lexicon.ts';

/** A row of words that could be somebody's name. */
export type Name = { readonly start: number; readonly end: number; readonly words: readonly string[] };

const WORD =
  "\\p{Lu}[\\p{L}\\p{M}]{1,30}(?:[-'’]\\p{L}[\\p{L}\\p{M}]{1,30}){0,2}|[OD]['’]\\p{Lu}\\p{L}{1,30}";
const STEP = new RegExp(
  `(?:(?:${PARTICLES}|Van|Von|De(?: (?:der|den|la|las|los|La))?|Del|Della|Di|Da|Dos|Du|Des|Bin|Ben|Al|El|Abu|Le|La|Ter|Ten) ){0,2}(?:(?:Al|El|al|el|Abd|Abu|Ben)-)?(?:${WORD}|\\p{Lu}\\.(?:-?\\p{Lu}\\.)?)(?![\\p{L}\\p{N}_])`,
  'uy',
);

/** The name that begins there, as far as it goes in its line; a word that opens something else is no part of it. */
export function nameAt(text: string, start: number, most = MOST_WORDS): Name | undefined {
  const words: string[] = [];
  let end = start;
  for (let at = start; words.length < most; at += 1) {
    STEP.lastIndex = at;
    const step = STEP.exec(text)?.[0];
    if (step === undefined) break;
    const word = step.slice(step.lastIndexOf(' ') + 1);
    if (isNoFamily(word)) break;
    if (
      words.length > 0 &&
      opensField(text, at + step.length) &&
      (words.length > 1 || isCue(word)) &&
      !isKnown(word)
    )
      break;
    words.push(word);
    end = at + step.length;
    at = end;
    if (text[at] !== ' ') break;
  }
  // an initial at its end is the first letter of something else, or the end of the sentence
  return words.length === 0 || words.every((word) => word.endsWith('.')) ? undefined : { start, end, words };
}

const MOST_WORDS = 5;

/** `Maria Schneider Phone: …` on one line. */
const opensField = (text: string, at: number): boolean => {
  const after = text.charCodeAt(at);
  return (after === COLON && text.charCodeAt(at + 1) !== COLON) || after === EQUALS;
};
const COLON = ':'.charCodeAt(0);
const EQUALS = '='.charCodeAt(0);

/** The same in a writing without capitals: words of the lists, and those with the article of families. */
export function arabicNameAt(text: string, start: number, most = MOST_WORDS): Name | undefined {
  const words: string[] = [];
  let end = start;
  for (let at = start; words.length < most; ) {
    ARABIC_STEP.lastIndex = at;
    const step = ARABIC_STEP.exec(text)?.[0];
    if (step === undefined) break;
    const word = step.slice(step.lastIndexOf(' ') + 1);
    const isOne = isKnown(word) || (words.length > 0 && (word.startsWith('ال') || step.includes(' ')));
    if (!isOne && !(words.length === 0 && step.includes(' '))) break;
    words.push(word);
    end = at + step.length;
    if (text[end] !== ' ') break;
    at = end + 1;
  }
  return words.length === 0 ? undefined : { start, end, words };
}

const ARABIC_STEP = /(?:(?:بن|بنت|ابن|أبو|ابو|أم|آل|عبد) ){0,2}[\u0620-\u064a]{2,15}(?![\u0620-\u065f])/y;

export const isArabic = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= 0x620 && code <= 0x64a;
};

export const isKnown = (word: string): boolean => isGivenName(word) || isFamily(word);
export const isGivenName = (word: string): boolean => isGiven(word) || isDoubtful(word) || isDoubleName(word);
export const isSureGiven = (word: string): boolean =>
  (isGiven(word) && !isDoubtful(word)) || isDoubleName(word);
export const isPlace = (word: string): boolean => isCity(word) || isCountry(word);

/** `Jean-Luc`, `Hans-Peter`. */
const isDoubleName = (word: string): boolean => {
  const parts = word.split('-');
  return parts.length > 1 && parts.every((part) => isGiven(part));
};
