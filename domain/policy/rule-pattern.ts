import { RE2JS } from '@bufbuild/re2';

const MAX_SIZE = 1000;

/** What is wrong with a pattern that `matches` is given. */
export function patternProblem(pattern: string): string | undefined {
  if (patternSize(pattern) > MAX_SIZE) return `the pattern "${pattern}" repeats too much`;
  try {
    RE2JS.compile(pattern);
  } catch (error) {
    return `the pattern "${pattern}" is not one: ${error instanceof Error ? error.message : ''}`;
  }
  return undefined;
}

/**
 * About how much work one letter of text may be. The engine needs no more than its program times the text, but a repeat
 * that is counted is as many programs as it counts to.
 */
export function patternSize(pattern: string): number {
  const counts = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].map(([, least, most]) =>
    Math.max(1, Number(least), Number(most ?? 0)),
  );
  return counts.reduce((size, count) => size * count, pattern.length + 1);
}
