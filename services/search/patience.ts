import { setTimeout as pause } from 'node:timers/promises';

/** How long what passes by itself is waited for. */
export const PATIENCE_MS = 30_000;

/** One try at once, and others after pauses that grow, until the time is up; nobody's at the moment of everybody else's. */
export async function* tries(milliseconds: number, signal?: AbortSignal): AsyncGenerator<void> {
  const end = performance.now() + milliseconds;
  yield;
  for (let wait = 50; performance.now() < end; wait = Math.min(2 * wait, 2_000)) {
    const longest = Math.max(0, end - performance.now());
    await pause(Math.min(wait * (0.5 + Math.random()), longest), undefined, signal && { signal });
    yield;
  }
}
