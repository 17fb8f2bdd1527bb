import { CertusError } from '../../contracts/errors.ts';
import { forgetWhere } from '../../services/database/ingested-items.ts';
import { findSource, type SourceRecord } from '../../services/database/ingestion-sources.ts';
import type { IngestionRecord } from '../../services/database/ingestions.ts';
import { forgetful } from '../../services/embeddings/forgetful.ts';
import type { SourceDeps } from './source-deps.ts';

type Deps = Pick<SourceDeps, 'database' | 'search'>;
type Run = Pick<IngestionRecord, 'scope' | 'sourceId'>;

/** The source of a run, unless somebody has removed it meanwhile: that ends the run. */
export async function sourceOf(deps: Deps, run: Run): Promise<SourceRecord | undefined> {
  const source = await found(deps, run);
  if (source === undefined || source.removedAt === null) return source;
  await forgetAll(deps, source);
  throw new CertusError('not_found', 'its source was removed');
}

export async function forgetIfRemoved(deps: Deps, run: Run): Promise<void> {
  const source = await found(deps, run);
  if (source !== undefined && source.removedAt !== null) await forgetAll(deps, source);
}

const found = async ({ database }: Deps, { scope, sourceId }: Run): Promise<SourceRecord | undefined> =>
  sourceId === null ? undefined : findSource(database, scope, sourceId);

/** What was under way when the source was removed, and came into the index after it. */
async function forgetAll({ database, search }: Deps, { scope, id }: SourceRecord): Promise<void> {
  await forgetful(search, database).remove(scope, { source_id: [id] });
  await forgetWhere(database, scope, { origin: id });
}
