import type { Counts, Outcome } from './jest.ts';

/** More files than these do not fail because a machine was slow for a moment. */
export const MOST_UNSTEADY = 5;

/**
 * What counts when the files that failed were run a second time: what they say then. One that passes by itself is named all the
 * same, for a test that fails now and then is to be mended. Unit tests have no second try.
 */
export function onceMore(first: Outcome, again: Outcome, say: (line: string) => void): Counts {
  for (const file of first.broken.keys())
    if (!again.broken.has(file)) say(`\nunsteady: ${file} failed among the others and passed by itself`);
  const before = [...first.broken.values()].reduce(sum);
  // what failed without being any file's own, such as a handle that keeps jest from ending, stays
  return {
    passed: first.passed - before.passed + again.passed,
    failed: Math.max(0, first.failed - before.failed) + again.failed,
    skipped: first.skipped - before.skipped + again.skipped,
  };
}

const sum = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});
