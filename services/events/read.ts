import type { Scope } from '../../contracts/identifiers.ts';
import { ScanEvent } from '../../contracts/scan-event.ts';
import type { Database } from '../database/database.ts';
import { reachable } from '../database/errors.ts';

export type StreamState = {
  readonly length: number;
  /** `scan_complete` is there, and so nothing will follow. */
  readonly ended: boolean;
};

/** A stream nobody has written to yet is an empty one. */
export async function streamState(
  { client }: Database,
  { tenant, workspace }: Scope,
  testId: string,
): Promise<StreamState> {
  const [state] = await reachable(client.$queryRaw<StreamState[]>`
    SELECT stream.length, EXISTS (
      SELECT 1 FROM scan_events AS event
      WHERE event.tenant = stream.tenant AND event.workspace = stream.workspace
        AND event.test_id = stream.test_id AND event.seq = stream.length AND event.type = 'scan_complete'
    ) AS ended
    FROM scan_streams AS stream
    WHERE tenant = ${tenant} AND workspace = ${workspace} AND test_id = ${testId}`);
  return state ?? { length: 0, ended: false };
}

/** The events at the places after `after`, up to `through`, in order. */
export async function readEvents(
  { client }: Database,
  { tenant, workspace }: Scope,
  testId: string,
  { after, through }: { readonly after: number; readonly through: number },
): Promise<ScanEvent[]> {
  const rows = await reachable(
    client.scanEvent.findMany({
      where: { tenant, workspace, testId, seq: { gt: after, lte: through } },
      orderBy: { seq: 'asc' },
      select: { seq: true, type: true, at: true, data: true },
    }),
  );
  // What a writer put into `data` must not pass for what the store says.
  return rows.map(({ seq, type, at, data }) =>
    ScanEvent.parse({ ...(data as object), seq, type, timestamp: at.getTime() / 1000 }),
  );
}
