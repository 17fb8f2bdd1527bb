import type { Scope } from '../../contracts/identifiers.ts';
import type { NewScanEvent } from '../../contracts/scan-event.ts';
import type { Database } from '../database/database.ts';
import { reachable } from '../database/errors.ts';
import { storable } from '../database/storable.ts';
import { admit } from './admit.ts';
import { CHANNEL, notification } from './notification.ts';
import { streamState } from './read.ts';

/** So that one statement stays small, whatever a writer hands over at once. */
const BATCH = 1_000;

/**
 * Adds events at the end of a run's stream. Places are given out by the statement that writes the events, and only
 * if the stream is still as long as it was: so there are no gaps, and events become visible in the order of their places.
 */
export async function appendEvents(
  database: Database,
  scope: Scope,
  testId: string,
  events: readonly NewScanEvent[],
): Promise<void> {
  for (let start = 0; start < events.length; start += BATCH)
    await appendBatch(database, scope, testId, events.slice(start, start + BATCH));
}

async function appendBatch(
  database: Database,
  scope: Scope,
  testId: string,
  events: readonly NewScanEvent[],
): Promise<void> {
  for (;;) {
    const { length, ended } = await streamState(database, scope, testId);
    const kept = admit(length, ended, events);
    if (kept.length === 0 || (await write(database, scope, testId, length, kept))) return;
    // Another writer has taken these places: its events come first.
  }
}

/** One statement, and so one transaction: the row of the stream stays locked until the events are there. */
async function write(
  { client }: Database,
  { tenant, workspace }: Scope,
  testId: string,
  length: number,
  events: readonly NewScanEvent[],
): Promise<boolean> {
  const rows = events.map(({ type, at, data }) => ({
    type,
    at: new Date(at).toISOString(),
    data: storable(data),
  }));
  const added = events.length;
  const written = await reachable(client.$queryRaw<unknown[]>`
    WITH place AS (
      INSERT INTO scan_streams AS stream (tenant, workspace, test_id, length)
      VALUES (${tenant}, ${workspace}, ${testId}, ${added}::int)
      ON CONFLICT (tenant, workspace, test_id) DO UPDATE SET length = stream.length + ${added}::int
        WHERE stream.length = ${length}::int
      RETURNING stream.length
    ), events AS (
      INSERT INTO scan_events (tenant, workspace, test_id, seq, type, at, data)
      SELECT ${tenant}, ${workspace}, ${testId}, place.length - ${added}::int + given.place,
        given.event ->> 'type', (given.event ->> 'at')::timestamptz, given.event -> 'data'
      FROM place, jsonb_array_elements(${JSON.stringify(rows)}::jsonb) WITH ORDINALITY AS given (event, place)
    )
    SELECT pg_notify(${CHANNEL}, ${notification({ tenant, workspace }, testId, length + added)})::text FROM place`);
  return written.length > 0;
}
