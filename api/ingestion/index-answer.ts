import type { Scope } from '../../contracts/identifiers.ts';
import type { IndexAnswer } from '../../contracts/index-routes.ts';
import { listFailedItems } from '../../services/database/failed-items.ts';
import type { IngestionRecord } from '../../services/database/ingestions.ts';
import type { ApiDeps } from '../deps.ts';

const MOST_FAILED = 20;
const PREVIEW = 3;

/** What became of it, as far as it is known by now; nothing that was not indexed is called so. */
export async function indexAnswer(
  { database, search }: Pick<ApiDeps, 'database' | 'search'>,
  scope: Scope,
  { id, state, location, progress, error }: IngestionRecord,
  requestId: string,
): Promise<IndexAnswer> {
  const filters = { ingestion_id: [id] };
  const [failed, found, findings] = await Promise.all([
    listFailedItems(database, scope, id, { limit: MOST_FAILED }),
    search.search(scope, { filters, limit: PREVIEW }),
    search.count(scope, { ...filters, kind: ['finding', 'package'] }),
  ]);
  return {
    request_id: requestId,
    ingestion_id: id,
    message: messageOf(state, location, progress, error),
    state,
    document_count: progress.records,
    findings_indexed: findings,
    processed_files: progress.done,
    failed_files: progress.failed,
    skipped_files: progress.skipped,
    failed: failed.items.map(({ item: _, ...fault }) => fault),
    metadata_preview: found.hits.flatMap(({ document }) => document.envelope ?? []),
  };
}

function messageOf(
  state: IngestionRecord['state'],
  location: string,
  { done, failed, skipped }: IngestionRecord['progress'],
  error: IngestionRecord['error'],
): string {
  if (error !== null) return `Not indexed: ${error.code}: ${error.message}`;
  if (state === 'running' || state === 'paused') return `Indexing ${location}`;
  if (done === 0 && failed > 0) return `Nothing of ${location} could be indexed`;
  if (done === 0 && skipped > 0) return `Unchanged: ${location}`;
  return failed > 0 ? `Indexed ${location}, without ${failed} items` : `Indexed document ${location}`;
}
