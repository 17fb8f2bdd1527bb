import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { NewScanEvent, ScanEvent } from '../../contracts/scan-event.ts';
import type { Database } from '../database/database.ts';
import { appendEvents } from './append.ts';
import { Listener } from './listener.ts';
import { parseNotification, streamName } from './notification.ts';
import { Pages } from './pages.ts';
import { readEvents, streamState } from './read.ts';
import { Tails } from './tails.ts';

/** The highest place there can be: what is asked for beyond it is answered as if it were this one. */
export const LAST_PLACE = 2_147_483_647;

export type Following = { readonly after: number; readonly signal: AbortSignal };

/** What runs tell while they go on, kept in the order in which it was told. */
export interface EventLog {
  /** Adds at the end; after `scan_complete` nothing is added any more. Lines that are too long or too many say so. */
  append(scope: Scope, testId: string, events: readonly NewScanEvent[]): Promise<void>;
  /** `ended` when nothing will ever follow what was read. */
  read(
    scope: Scope,
    testId: string,
    page: { readonly after: number; readonly limit: number },
  ): Promise<{ events: ScanEvent[]; ended: boolean }>;
  /**
   * Everything after this place, once and in order: what is there, then what comes, until `scan_complete` or the
   * signal. Whoever reads slowly reads late, from the database; nothing is kept for them here. Throws
   * `dependency_unavailable` when the log is closed or the database is away: go on after the last event that was read.
   */
  follow(scope: Scope, testId: string, following: Following): AsyncIterable<ScanEvent>;
  /** The same, as many at a time as there are. */
  followBatches(scope: Scope, testId: string, following: Following): AsyncIterable<readonly ScanEvent[]>;
  /** How many follow something through this process. */
  followers(): number;
  close(): Promise<void>;
}

export type EventLogOptions = {
  /** Told when the connection that listens was lost, or a look at the streams failed; both are tried again. */
  readonly trouble?: (error: unknown) => void;
  /** How often streams are looked at, in case a writer's word was lost on the way. */
  readonly pollMs?: number;
};

/** Nothing connects before it is used, and the connection that listens only once somebody follows. */
export function openEventLog(database: Database, options: EventLogOptions = {}): EventLog {
  const { trouble = () => undefined, pollMs = 5_000 } = options;
  const closing = new AbortController();
  const tails = new Tails();
  const pages = new Pages();
  const refreshAll = () => void tails.refreshAll().catch(trouble);
  const listener = new Listener({
    session: database.session,
    connected: refreshAll,
    lost: trouble,
    heard: (payload) => {
      const told = parseNotification(payload);
      if (told) tails.grown(told.stream, told.length);
    },
  });
  let poll: NodeJS.Timeout | undefined;

  async function* followBatches(
    scope: Scope,
    testId: string,
    { after, signal }: Following,
  ): AsyncGenerator<readonly ScanEvent[]> {
    const either = AbortSignal.any([signal, closing.signal]);
    const tail = tails.enter(streamName(scope, testId), () => streamState(database, scope, testId));
    try {
      poll ??= setInterval(refreshAll, pollMs).unref();
      // Listening comes first: what is written between the two is told or seen.
      await listener.start();
      await tails.refresh(tail.stream);
      for (let place = after; !either.aborted; ) {
        if (place < tail.length) {
          const events = await pages.after(tail.stream, place, (range) =>
            readEvents(database, scope, testId, range),
          );
          yield events;
          const last = events.at(-1);
          if (last === undefined || last.type === 'scan_complete') return;
          place = last.seq;
        } else if (tail.ended) return;
        else await tail.bell.wait(either);
      }
    } finally {
      tails.leave(tail);
    }
    if (!signal.aborted) throw new CertusError('dependency_unavailable', 'this process is about to stop');
  }

  return {
    append: (scope, testId, events) => appendEvents(database, scope, testId, events),
    read: async (scope, testId, { after, limit }) => {
      const through = Math.min(after + limit, LAST_PLACE);
      const events = await readEvents(database, scope, testId, { after, through });
      const last = events.at(-1);
      if (last) return { events, ended: last.type === 'scan_complete' };
      // Asked second: what was written in between must not be taken for the end of what was read.
      const { length, ended } = await streamState(database, scope, testId);
      return { events, ended: ended && length <= after };
    },
    followBatches,
    follow: async function* (scope, testId, following) {
      for await (const events of followBatches(scope, testId, following)) yield* events;
    },
    followers: () => tails.followers,
    close: async () => {
      closing.abort();
      clearInterval(poll);
      await listener.stop();
    },
  };
}
