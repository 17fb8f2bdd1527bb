import { CertusError } from '../../contracts/errors.ts';
import type { IngestionInput, IngestionProgress, IngestionState } from '../../contracts/ingestion.ts';
import type { Notice } from '../../contracts/scan.ts';
import { originOf } from '../../domain/ingest/origin.ts';
import { forgetItems, unseenItems } from '../../services/database/ingested-items.ts';
import { recordCheckpoint } from '../../services/database/ingestion-sources.ts';
import { changeIngestion, findIngestion, type IngestionRecord } from '../../services/database/ingestions.ts';
import { isListed } from './listed.ts';
import type { SourceDeps } from './source-deps.ts';
import { FILTER_VALUES } from './take-page.ts';

/**
 * Takes out of the index what the source has no more, and says where the next ingestion is to begin. Only a listing that came
 * to its end says what is gone.
 */
export async function finishIngestion(
  deps: SourceDeps,
  { scope, ingestionId }: IngestionInput,
  signal: AbortSignal,
): Promise<IngestionProgress> {
  const { database } = deps;
  const run = await findIngestion(database, scope, ingestionId);
  if (run === undefined) throw new CertusError('not_found', `there is no ingestion ${ingestionId}`);
  if (run.endedAt !== null) return run.progress;
  if (!isListed(run.cursor))
    throw new CertusError('internal_error', `${ingestionId} is not listed to its end`);
  const place = { scope, origin: originOf(run.sourceId, run.config) };
  const removed = run.cursor.all ? await removeUnseen(deps, place, ingestionId, signal) : 0;
  await deps.search.refresh();
  if (run.config.kind === 'golden') await forgetIfHidden(deps, run, run.config.test_id, signal);
  if (run.sourceId !== null) await recordCheckpoint(database, scope, run.sourceId, run.cursor.checkpoint);
  const progress = { ...run.progress, removed: run.progress.removed + removed };
  await changeIngestion(database, scope, ingestionId, { state: 'done', progress, endedAt: deps.now() });
  return progress;
}

/** Of a run that was taken away while it was being indexed nothing may stay behind. */
async function forgetIfHidden(
  { connect, search }: SourceDeps,
  { scope, config }: IngestionRecord,
  testId: string,
  signal: AbortSignal,
): Promise<void> {
  const golden = await connect(config, scope);
  try {
    await golden.page({ cursor: null, checkpoint: null, limit: 1, signal });
  } catch (error) {
    if (error instanceof CertusError && !error.retryable) await search.remove(scope, { test_id: [testId] });
    throw error;
  } finally {
    await golden.close();
  }
}

async function removeUnseen(
  { database, search }: SourceDeps,
  place: Parameters<typeof unseenItems>[1],
  ingestionId: string,
  signal: AbortSignal,
): Promise<number> {
  for (let removed = 0; ; ) {
    signal.throwIfAborted();
    const gone = await unseenItems(database, place, ingestionId, FILTER_VALUES);
    if (gone.length === 0) return removed;
    await search.remove(place.scope, { document_id: gone.map(({ documentId }) => documentId) });
    await forgetItems(
      database,
      place,
      gone.map(({ key }) => key),
    );
    removed += gone.length;
  }
}

/** Says on the row how a run stands that did not come to its end by itself. */
export async function recordStanding(
  { database, now }: Pick<SourceDeps, 'database' | 'now'>,
  { scope, ingestionId }: IngestionInput,
  state: IngestionState,
  error: Notice | null,
): Promise<void> {
  const ended = state === 'failed' || state === 'cancelled' ? { endedAt: now() } : {};
  const fault = error === null ? {} : { error: { code: error.code, message: error.message } };
  await changeIngestion(database, scope, ingestionId, { state, ...ended, ...fault });
}
