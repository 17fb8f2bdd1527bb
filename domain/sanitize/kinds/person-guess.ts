import { arabicNameAt, isArabic, isPlace, type Name, nameAt } from '../names.ts';

/** Where somebody's name may stand, and how sure that is. */
export type Guess = { readonly start: number; readonly end: number; readonly likelihood: number };

export const guess = (
  { start, end }: { readonly start: number; readonly end: number },
  likelihood: number,
): Guess => ({
  start,
  end,
  likelihood,
});

/** The name that begins there, in whatever writing. */
export const behind = (text: string, at: number): Name | undefined =>
  isArabic(text, at) ? arabicNameAt(text, at) : nameAt(text, at);

/** A place, a firm, or shouted: no list has the name, so nothing may speak against it. */
export const isSomething = (words: readonly string[]): boolean =>
  words.some(
    (word) => isPlace(word) || OF_A_FIRM.test(word) || (word.length > 2 && word === word.toUpperCase()),
  );

const OF_A_FIRM =
  /^(?:The|Group|Bank|Corp|Inc|Systems?|Software|Labs?|Cloud|Team|Services?|Company|Technologies|Solutions|Foundation|Project|University|Institute|Committee|Court|House|Times|Post|News|Studio|Partners|Media|Network|Security|Support)$/;
