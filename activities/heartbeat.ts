import { Context } from '@temporalio/activity';

/** Above what most activities take, and not longer than somebody who cancels a run wants to wait for it to be heard. */
const EVERY_MS = 1000;

/**
 * Runs the work of an activity and keeps Temporal sure that it lives. Only work that takes a while is heard of: each
 * heartbeat is a write on the server, which a step of a few milliseconds should not cost. Work that holds the event loop
 * calls `beat` itself, as often as it likes.
 */
export async function withHeartbeat<T>(
  work: (signal: AbortSignal, beat: () => void) => Promise<T>,
): Promise<T> {
  const context = Context.current();
  let last = performance.now();
  const beat = () => {
    if (performance.now() - last < EVERY_MS) return;
    last = performance.now();
    context.heartbeat();
  };
  const timer = setInterval(beat, EVERY_MS);
  try {
    return await work(context.cancellationSignal, beat);
  } finally {
    clearInterval(timer);
  }
}
