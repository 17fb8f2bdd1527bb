import type { Span } from './excerpts.ts';
import type { Term } from './query.ts';
import { WORD } from './words.ts';

/** Whether a word of a text is the one that was asked for; engines know that words have endings. */
export type SameWord = (asked: string, found: string) => boolean;

/** The words of a text that a query found: those of a phrase only where they stand together. */
export function matchesIn(text: string, terms: readonly Term[], same: SameWord): Span[] {
  const words = [...text.slice(0, LONGEST_TEXT).matchAll(WORD)].map((match) => ({
    word: match[0].toLowerCase(),
    start: match.index,
    end: match.index + match[0].length,
  }));
  const spans: Span[] = [];
  for (let at = 0; at < words.length; ) {
    const length = Math.max(0, ...terms.map((term) => (begins(term, at) ? term.words.length : 0)));
    spans.push(...words.slice(at, at + length).map(({ start, end }) => ({ start, end })));
    at += Math.max(1, length);
  }
  return spans;

  function begins(term: Term, at: number): boolean {
    return term.words.every((asked, n) => {
      const found = words[at + n]?.word;
      if (found === undefined) return false;
      const open = term.prefix && n === term.words.length - 1;
      return (open && found.startsWith(asked)) || same(asked, found);
    });
  }
}

/** Beyond this nobody reads an excerpt, and a page of long documents would take seconds. */
const LONGEST_TEXT = 64 * 1024;
