import type { DatalakeIngestAnswer } from '../../contracts/datalake.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { type IngestionSource, Reading } from '../../contracts/ingestion.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { ingestNow } from '../ingestion/ingest-now.ts';
import type { Answer } from '../route.ts';

/** Reads what lies in a bucket as a source is read: by the zone that may, and within what the operator allows. */
export async function ingestFromLake(
  deps: ApiDeps,
  principal: Principal,
  scope: Scope,
  source: IngestionSource,
  requestId: string,
): Promise<Answer> {
  const start = { source, reading: Reading.parse({}), labels: [] };
  const { body, ...answer } = await ingestNow(deps, principal, scope, start, requestId);
  return {
    ...answer,
    body: {
      message: body.message,
      ingestion_id: body.ingestion_id,
      state: body.state,
      ingested: body.processed_files,
      failed: body.failed_files,
      document_count: body.document_count,
    } satisfies DatalakeIngestAnswer,
  };
}
