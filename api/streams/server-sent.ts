import { Readable } from 'node:stream';
import type { ScanEvent } from '../../contracts/scan-event.ts';
import { eventText } from './event-text.ts';

/** Proxies close connections that are silent for a minute. */
const HEARTBEAT = 15_000;

type Batches = AsyncIterable<readonly ScanEvent[]>;

/** The events as text/event-stream. Nothing is fetched faster than it is read; destroying it stops the following. */
export function serverSent(follow: (signal: AbortSignal) => Batches): Readable {
  const stop = new AbortController();
  const source = messages(follow(stop.signal));
  return new Readable({
    read() {
      source.next().then(
        ({ done, value }) => this.push(done ? null : value),
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, done) {
      stop.abort();
      done(error);
    },
  });
}

async function* messages(batches: Batches): AsyncGenerator<string> {
  yield 'retry: 2000\n\n';
  const events = batches[Symbol.asyncIterator]();
  let last = 0;
  for (let next = events.next(); ; ) {
    const batch = await withinHeartbeat(next);
    if (batch === undefined) yield ': still following\n\n';
    else if (batch.done) break;
    else {
      last = batch.value.at(-1)?.seq ?? last;
      yield batch.value.map((event) => `id: ${event.seq}\ndata: ${eventText(event)}\n\n`).join('');
      next = events.next();
    }
  }
  yield `event: end\ndata: {"last":${last}}\n\n`;
}

/** `undefined` when it is time to say that we are still there. */
async function withinHeartbeat<T>(next: Promise<T>): Promise<T | undefined> {
  const { promise: silence, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, HEARTBEAT, undefined);
  try {
    return await Promise.race([next, silence]);
  } finally {
    clearTimeout(timer);
  }
}
