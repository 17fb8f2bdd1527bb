import { CertusError } from '../../contracts/errors.ts';
import type { IngestionInput, IngestionProgress, IngestionState } from '../../contracts/ingestion.ts';
import type { Notice } from '../../contracts/scan.ts';
import { originOf } from '../../domain/ingest/origin.ts';
import { forgetItems, type Origin, unseenItems } from '../../services/database/ingested-items.ts';
import { recordCheckpoint } from '../../services/database/ingestion-sources.ts';
import { changeIngestion, findIngestion, type IngestionRecord } from '../../services/database/ingestions.ts';
import { forgetful } from '../../services/embeddings/forgetful.ts';
import { forgetIfRemoved, sourceOf } from './forget-removed.ts';
import { isListed } from './listed.ts';
import { FILTER_VALUES } from './record-items.ts';
import type { SourceDeps } from './source-deps.ts';
import { removeLeft } from './under-way.ts';

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
  const removed = run.cursor.all ? await removeUnseen(deps, place, run, signal) : 0;
  await removeLeft(deps, place, run, signal);
  await deps.search.refresh();
  const hidden = await forgetIfHidden(deps, run, signal);
  if (hidden !== undefined) throw hidden;
  await sourceOf(deps, run);
  // what could not be read is listed again the next time; what is known then is skipped by its version
  if (run.sourceId !== null && run.progress.failed === 0)
    await recordCheckpoint(database, scope, run.sourceId, run.cursor.checkpoint);
  const progress = { ...run.progress, removed: run.progress.removed + removed };
  await changeIngestion(database, scope, ingestionId, { state: 'done', progress, endedAt: deps.now() });
  return progress;
}

/** Of a run that was taken away while it was being indexed nothing may stay behind; answers why it is not shown. */
async function forgetIfHidden(
  { connect, search, database }: Pick<SourceDeps, 'connect' | 'search' | 'database'>,
  { scope, config }: IngestionRecord,
  signal: AbortSignal,
): Promise<CertusError | undefined> {
  if (config.kind !== 'golden') return undefined;
  const golden = await connect(config, scope);
  try {
    await golden.page({ cursor: null, checkpoint: null, limit: 1, signal });
    return undefined;
  } catch (error) {
    if (!(error instanceof CertusError) || error.retryable) throw error;
    await forgetful(search, database).remove(scope, { test_id: [config.test_id] });
    return error;
  } finally {
    await golden.close();
  }
}

async function removeUnseen(
  { database, search }: SourceDeps,
  place: Origin,
  { id: seenBy, startedAt: since }: IngestionRecord,
  signal: AbortSignal,
): Promise<number> {
  for (let removed = 0; ; ) {
    signal.throwIfAborted();
    const gone = await unseenItems(database, place, { seenBy, since }, FILTER_VALUES);
    if (gone.length === 0) return removed;
    await forgetful(search, database).remove(place.scope, {
      document_id: gone.map(({ documentId }) => documentId),
    });
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
  deps: Pick<SourceDeps, 'database' | 'now' | 'connect' | 'search'>,
  { scope, ingestionId }: IngestionInput,
  state: IngestionState,
  error: Notice | null,
  signal: AbortSignal,
): Promise<void> {
  const hasEnded = state === 'failed' || state === 'cancelled';
  if (hasEnded) await forgetIfLeft(deps, { scope, ingestionId }, signal);
  const ended = hasEnded ? { endedAt: deps.now() } : {};
  const fault = error === null ? {} : { error: { code: error.code, message: error.message } };
  await changeIngestion(deps.database, scope, ingestionId, { state, ...ended, ...fault });
}

/** A run that is taken away between two pages ends its ingestion: what the first of them brought would be found for ever. */
async function forgetIfLeft(
  deps: Pick<SourceDeps, 'database' | 'connect' | 'search'>,
  { scope, ingestionId }: Pick<IngestionInput, 'scope' | 'ingestionId'>,
  signal: AbortSignal,
): Promise<void> {
  const run = await findIngestion(deps.database, scope, ingestionId);
  if (run === undefined) return;
  await removeLeft(deps, { scope, origin: originOf(run.sourceId, run.config) }, run, signal);
  await forgetIfRemoved(deps, run);
  if (run.config.kind !== 'golden') return;
  await deps.search.refresh();
  await forgetIfHidden(deps, run, signal);
}
