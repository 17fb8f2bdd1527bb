import type { Scope } from '../../contracts/identifiers.ts';
import type { ScanEvent } from '../../contracts/scan-event.ts';
import { findScan } from '../../services/database/scans.ts';
import type { Following } from '../../services/events/event-log.ts';
import type { ApiDeps } from '../deps.ts';
import { logError } from '../log-error.ts';
import { settleScan } from '../scans/settle-scan.ts';
import { settleStream } from './settle-stream.ts';

/** How often somebody who follows a run has it checked that the run still lives. */
const CHECK = 60_000;

type Deps = Pick<ApiDeps, 'database' | 'temporal' | 'events' | 'log'>;

/** The events of a run, also when it dies without a word. */
export async function* followScan(
  deps: Deps,
  scope: Scope,
  testId: string,
  following: Following,
): AsyncGenerator<readonly ScanEvent[]> {
  const check = setInterval(() => {
    // What fails now is tried again; until then the stream is merely silent.
    settle(deps, scope, testId).catch((error: unknown) =>
      deps.log.warn({ test_id: testId, err: logError(error) }, 'cannot tell whether the run lives'),
    );
  }, CHECK).unref();
  try {
    yield* deps.events.followBatches(scope, testId, following);
  } finally {
    clearInterval(check);
  }
}

async function settle(deps: Deps, scope: Scope, testId: string): Promise<void> {
  const row = await findScan(deps.database, scope, testId);
  if (row) await settleStream(deps, scope, row.completedAt ? row : await settleScan(deps, scope, row));
}
