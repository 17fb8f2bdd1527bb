import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { SourceId, SourceView } from '../../contracts/ingestion.ts';
import { locationOf } from '../../contracts/source-location.ts';
import { findSource, type SourceRecord } from '../../services/database/ingestion-sources.ts';
import { listIngestions } from '../../services/database/ingestions.ts';
import type { ApiDeps } from '../deps.ts';
import { sourceExample } from './examples.ts';
import { ingestionView } from './ingestion-view.ts';
import { scheduleOf } from './source-schedule.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal'>;

export const SOURCE_PATH = '/v1/sources/{source_id}';
export const SourceParams = z.object({ source_id: SourceId });
/** Made once: the same answer of several routes is one schema of the document. */
export const Source = SourceView.meta({ id: 'IngestionSource' });
export const oneSource = { description: 'The source.', schema: Source, example: sourceExample };

/** One that was not removed. */
export async function knownSource(
  { database }: Pick<ApiDeps, 'database'>,
  scope: Scope,
  id: string,
): Promise<SourceRecord> {
  const source = await findSource(database, scope, id);
  if (source === undefined || source.removedAt !== null)
    throw new CertusError('not_found', `there is no source ${id} in this workspace`);
  return source;
}

export async function shownSource({ database, temporal }: Deps, source: SourceRecord): Promise<SourceView> {
  const { id, scope, name, kind, config, labels, createdBy, createdAt } = source;
  const [schedule, { ingestions }] = await Promise.all([
    scheduleOf(temporal, scope, id),
    listIngestions(database, scope, { sourceId: id, limit: 1 }),
  ]);
  return {
    source_id: id,
    workspace_id: scope.workspace,
    name,
    kind,
    location: locationOf(config),
    source: config,
    labels: [...labels],
    created_by: createdBy,
    created_at: createdAt.toISOString(),
    schedule,
    last: ingestions[0] === undefined ? null : ingestionView(ingestions[0]),
  };
}
