import { CUES } from './cues.ts';
import { FAMILY_NAMES, NO_FAMILY_NAMES } from './family-names.ts';
import { DOUBTFUL_GIVEN_NAMES, GIVEN_NAMES } from './given-names.ts';
import { CITIES, COUNTRIES } from './places.ts';

/** What a word can speak of; a word may speak of several things. */
export const SENSE = {
  given: 1,
  doubtful: 2,
  family: 4,
  title: 8,
  greeting: 16,
  signOff: 32,
  role: 64,
  home: 128,
  street: 256,
  company: 512,
  birth: 1024,
  password: 2048,
  at: 8192,
  city: 16384,
  country: 32768,
  /** Begins what an official number is called by. */
  label: 65536,
  doing: 131072,
} as const;

/** Only with a capital: the same letters are words of the language otherwise. */
const NAMES = SENSE.given | SENSE.doubtful | SENSE.family | SENSE.city | SENSE.country;

export type Lexicon = {
  /** What a word speaks of, as it stands in the text; 0 for most. `hash` is that of its letters. */
  senseOf(hash: number, text: string, start: number, end: number): number;
};

export const isGiven = (word: string): boolean => GIVEN.has(word.toLowerCase());
export const isDoubtful = (word: string): boolean => DOUBTFUL.has(word.toLowerCase());
export const isFamily = (word: string): boolean => FAMILY.has(word.toLowerCase());
export const isNoFamily = (word: string): boolean => NO_FAMILY.has(word.toLowerCase());
export const isCue = (word: string): boolean => CUE.has(word.toLowerCase());
export const isCity = (word: string): boolean => CITY.has(word.toLowerCase());
export const isCountry = (word: string): boolean => COUNTRY.has(word.toLowerCase());

export function lexiconOf(labels: Iterable<string>): Lexicon {
  const senses = new Map<string, number>();
  const add = (words: Iterable<string>, sense: number) => {
    for (const word of words) senses.set(word, (senses.get(word) ?? 0) | sense);
  };
  add(GIVEN, SENSE.given);
  add(DOUBTFUL, SENSE.doubtful);
  add(FAMILY, SENSE.family);
  add(CITY, SENSE.city);
  add(COUNTRY, SENSE.country);
  for (const [sense, words] of Object.entries(CUES)) add(wordsOf(words), SENSE[sense as keyof typeof CUES]);
  add(labels, SENSE.label);
  // one bit for each hash: nearly all words are told by it to be none of these, without being taken out of the text
  const bits = new Uint32Array(BITS / 32);
  for (const word of senses.keys()) {
    const at = hashOf(word) & (BITS - 1);
    bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
  }
  return {
    senseOf: (hash, text, start, end) => {
      const at = hash & (BITS - 1);
      if ((((bits[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 0 || end - start > LONGEST) return 0;
      const sense = senses.get(text.slice(start, end).toLowerCase()) ?? 0;
      return (sense & NAMES) !== 0 && isSmall(text.charCodeAt(start)) ? sense & ~NAMES : sense;
    },
  };
}

const BITS = 1 << 18;
const LONGEST = 40;

/** Letters as they are compared: those of the alphabets that have small ones, in small; 0 is no letter. */
const FOLDED = new Uint16Array(0x250);
for (let code = 0; code < FOLDED.length; code += 1) {
  const small = String.fromCharCode(code).toLowerCase();
  if (/^\p{L}$/u.test(small)) FOLDED[code] = small.charCodeAt(0);
}

export const foldedLetter = (code: number): number =>
  code < 0x250 ? (FOLDED[code] as number) : isLetterAbove(code) ? code : 0;

const isLetterAbove = (code: number): boolean =>
  (code >= 0x370 && code <= 0x60b) ||
  (code >= 0x620 && code <= 0x65f) ||
  (code >= 0x66e && code <= 0x6d3) ||
  (code >= 0x1e00 && code <= 0x1fff) ||
  (code >= 0x3040 && code <= 0xd7ff);

const isSmall = (code: number): boolean => code < 0x250 && FOLDED[code] === code;

export const addToHash = (hash: number, folded: number): number => (Math.imul(hash, 31) + folded) | 0;

function hashOf(word: string): number {
  let hash = 0;
  for (let at = 0; at < word.length; at += 1) hash = addToHash(hash, foldedLetter(word.charCodeAt(at)));
  return hash ^ (hash >>> 15);
}

export const finished = (hash: number): number => hash ^ (hash >>> 15);

function wordsOf(list: string): Set<string> {
  const words = list.split(/\s+/).filter((word) => word !== '');
  // as those write who have no accents on their keyboard
  return new Set(words.flatMap((word) => [word, word.normalize('NFD').replace(/[\u0300-\u036f]/g, '')]));
}

const GIVEN = wordsOf(GIVEN_NAMES);
const DOUBTFUL = wordsOf(DOUBTFUL_GIVEN_NAMES);
const FAMILY = wordsOf(FAMILY_NAMES);
const NO_FAMILY = wordsOf(NO_FAMILY_NAMES);
/** What a field of a form is called. */
const CUE = wordsOf(`${CUES.role} ${CUES.birth} ${CUES.home} ${CUES.password} ${CUES.street}`);
const CITY = wordsOf(CITIES);
const COUNTRY = wordsOf(COUNTRIES);
