import type { IngestionView } from '../../contracts/ingestion.ts';
import type { IngestionRecord } from '../../services/database/ingestions.ts';

/** The same keys in every state. */
export function ingestionView(record: IngestionRecord, now = Date.now()): IngestionView {
  const { id, scope, sourceId, kind, location, state, progress, requestedBy, startedAt, endedAt, error } =
    record;
  return {
    ingestion_id: id,
    workspace_id: scope.workspace,
    source_id: sourceId,
    source: kind,
    source_location: location,
    state,
    ...progress,
    eta_seconds: etaOf(record, now),
    requested_by: requestedBy,
    started_at: startedAt.toISOString(),
    ended_at: endedAt?.toISOString() ?? null,
    error,
  };
}

/** How much there is, a source tells page by page only: there is an estimate where the cursor says how much is left. */
function etaOf({ state, progress, cursor, startedAt }: IngestionRecord, now: number): number | null {
  const left =
    typeof cursor === 'object' && cursor !== null && 'left' in cursor && typeof cursor.left === 'number'
      ? cursor.left
      : undefined;
  if (state !== 'running' || left === undefined || progress.listed === 0) return null;
  return Math.round(((now - startedAt.getTime()) / 1000 / progress.listed) * left);
}
