import { wordsOf } from './words.ts';

/** Adjacent words; with `prefix` the last one may go on. */
export type Term = { readonly words: readonly string[]; readonly prefix: boolean; readonly negated: boolean };

/** A document matches when it has everything of at least one alternative, and nothing of what is negated there. */
export type TextQuery = { readonly alternatives: readonly (readonly Term[])[] };

/**
 * Reads a query as search engines of the web do: words, "phrases", -negation, `or`, and `pre*`. Nothing is ever
 * an error: what is not a word is a separator. `undefined` when there is no word in it at all.
 */
export function parseQuery(text: string): TextQuery | undefined {
  const alternatives: Term[][] = [[]];
  let budget = MOST_WORDS;
  for (const [, minus, phrase, bare] of text.normalize('NFC').matchAll(TOKEN)) {
    if (minus === undefined && bare?.toLowerCase() === 'or') {
      alternatives.push([]);
      continue;
    }
    const words = wordsOf(phrase ?? bare ?? '').slice(0, budget);
    if (words.length === 0) continue;
    budget -= words.length;
    const prefix = bare !== undefined && PREFIX.test(bare);
    alternatives.at(-1)?.push({ words, prefix, negated: minus !== undefined });
  }
  const meant = alternatives.map(withoutFiller).filter((terms) => terms.length > 0);
  return meant.length === 0 ? undefined : { alternatives: meant };
}

/** What a hit was found for; worth marking in its text. */
export function positiveTerms(query: TextQuery): Term[] {
  return query.alternatives.flat().filter((term) => !term.negated);
}

/** A question of ten thousand words is an attack on the engine, not a question. */
const MOST_WORDS = 48;

/** An optional minus, then a phrase (which the end of the text closes as well) or anything up to the next space. */
const TOKEN = /(-)?(?:"([^"]*)"?|([^\s"]+))/gu;

const PREFIX = /[\p{L}\p{M}\p{N}]\*$/u;

/** `where is the key` asks for the key; but `the` alone asks for `the`, and a phrase means every word of it. */
function withoutFiller(terms: readonly Term[]): readonly Term[] {
  const telling = terms.filter(
    ({ words, prefix, negated }) => negated || prefix || words.length > 1 || !FILLER.has(words[0] ?? ''),
  );
  return telling.some((term) => !term.negated) ? telling : terms;
}

const FILLER = new Set(
  (
    'a an and are as at be but by do does for from how i if in into is it its me my no not of on or our such that the ' +
    'their then there these they this to was we were what when where which who why will with you your'
  ).split(' '),
);
