/**
 * What counts as a word, for documents and queries alike and in every engine: a run of letters, marks and digits.
 * An identifier (`src/payment/keys.ts`, `CVE-2024-1234`) thereby is the phrase of its parts, found by any of them
 * and, as a phrase, by the whole.
 */
export const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/** The same as a separator, in the notation of Java. */
export const WORD_SEPARATOR = '[^\\p{L}\\p{M}\\p{N}]+';

/** Engines refuse or drop very long words; nobody types one. */
export const LONGEST_WORD = 255;

export function wordsOf(text: string): string[] {
  const words = text.match(WORD) ?? [];
  return words.map((word) => word.toLowerCase()).filter((word) => word.length <= LONGEST_WORD);
}
