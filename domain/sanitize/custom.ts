import { RE2JS } from '@bufbuild/re2';
import type { CustomPattern } from '../../contracts/privacy.ts';
import { searchFor } from './linear-search.ts';
import type { Match, Recogniser } from './recogniser.ts';

/** A kind of the tenant's own. The engine's time grows with the text and the pattern, and with nothing else. */
export function customRecogniser({ type, pattern, confidence, context }: CustomPattern): Recogniser {
  const search = searchFor(RE2JS.compile(pattern));
  const words = context.map((word) => word.toLowerCase());
  return {
    type,
    where: 'text',
    find: (text, _, around) => {
      const matches: Match[] = [];
      for (const { start, end } of search(text)) {
        const { before, after, heading } = around.at(start, end);
        const near = () => `${before(BEFORE)} ${after(AFTER)} ${heading()}`;
        if (words.length > 0 && !isIn(near(), words)) continue;
        matches.push({ start, end, likelihood: confidence, nobodys: false });
      }
      return matches;
    },
  };
}

const BEFORE = 100;
const AFTER = 50;

const isIn = (text: string, words: readonly string[]): boolean => words.some((word) => text.includes(word));
