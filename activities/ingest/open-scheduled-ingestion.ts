import type { IngestionInput, ScheduledIngestion } from '../../contracts/ingestion.ts';
import { locationOf } from '../../contracts/source-location.ts';
import { findSource } from '../../services/database/ingestion-sources.ts';
import { openIngestion } from '../../services/database/ingestions.ts';
import type { SourceDeps } from './source-deps.ts';

/** Puts an ingestion on record that nobody has asked for by hand; null when its source is no more. */
export async function openScheduledIngestion(
  { database, now }: Pick<SourceDeps, 'database' | 'now'>,
  { scope, sourceId }: ScheduledIngestion,
  id: string,
): Promise<IngestionInput | null> {
  const source = await findSource(database, scope, sourceId);
  if (source === undefined || source.removedAt !== null) return null;
  await openIngestion(database, scope, {
    ...{ id, sourceId, kind: source.config.kind, location: locationOf(source.config), component: null },
    ...{ config: source.config, reading: source.reading, labels: source.labels },
    ...{ requestedBy: 'schedule', startedAt: now() },
  });
  return { scope, ingestionId: id, sourceId, kind: source.config.kind, component: null };
}
