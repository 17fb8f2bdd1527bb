import { log, sleep } from '@temporalio/workflow';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 10 * 60_000;

/**
 * Asks until the answer is one. What somebody else put into a zone's queue, or a release that is broken, must neither be
 * booked as an answer nor end the run: it waits, as it does for a zone that is away.
 */
export async function soundAnswer<T>(
  ask: () => Promise<T>,
  isSound: (answer: unknown) => boolean,
): Promise<T> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const answer = await ask();
    if (isSound(answer)) return answer;
    log.warn('an answer is none, and is asked for again');
    await sleep(pause);
  }
}
