const FIRST_MS = 250;
const LONGEST_MS = 30_000;
/** A program that worked for this long has earned a fresh start. */
const SOUND_MS = 60_000;

/** How long to wait before the given restart (1 is the first): doubling, never longer than half a minute. */
export function backoff(restart: number): number {
  return Math.min(FIRST_MS * 2 ** (restart - 1), LONGEST_MS);
}

/** The number of the next restart, from the number of the last one and how long the program was healthy since. */
export function nextRestart(last: number, healthyMs: number): number {
  return healthyMs >= SOUND_MS ? 1 : last + 1;
}
