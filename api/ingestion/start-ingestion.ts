import { randomBytes } from 'node:crypto';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { IngestionInput, IngestionSource, Reading } from '../../contracts/ingestion.ts';
import { locationOf } from '../../contracts/source-location.ts';
import { ingestionWorkflowId, WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { findIngestion, type IngestionRecord, openIngestion } from '../../services/database/ingestions.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { endedWithin } from '../ended-within.ts';
import { searchAttributesOf } from './search-attributes.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal'>;

export type IngestionToStart = {
  readonly source: IngestionSource;
  readonly sourceId?: string;
  readonly reading: Reading;
  readonly labels: readonly string[];
  readonly component?: string;
};

const START_MS = 5_000;

/** The row first: it says what is to be ingested, and the run finds there how far it is. */
export async function startIngestion(
  { database, temporal }: Deps,
  principal: Principal,
  scope: Scope,
  { source, sourceId, reading, labels, component }: IngestionToStart,
): Promise<IngestionRecord> {
  const id = `ing_${randomBytes(12).toString('hex')}`;
  const input: IngestionInput = {
    scope,
    ingestionId: id,
    sourceId: sourceId ?? null,
    kind: source.kind,
    component: component ?? null,
  };
  const record = await openIngestion(database, scope, {
    id,
    sourceId: input.sourceId,
    kind: source.kind,
    location: locationOf(source),
    config: source,
    reading,
    labels,
    component: input.component,
    requestedBy: principal.subject,
    startedAt: new Date(),
  });
  await temporal.withDeadline(Date.now() + START_MS, () =>
    temporal.workflow.start(WORKFLOWS.ingestSource, {
      workflowId: ingestionWorkflowId(scope.workspace, id),
      taskQueue: taskQueue('ingest'),
      args: [input],
      typedSearchAttributes: searchAttributesOf(scope),
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    }),
  );
  return record;
}

/** How it stands after a moment's wait: at its end, if that came by then. */
export async function ingestedWithin(
  { database, temporal }: Deps,
  scope: Scope,
  id: string,
  milliseconds: number,
): Promise<IngestionRecord> {
  const handle = temporal.workflow.getHandle(ingestionWorkflowId(scope.workspace, id));
  try {
    await endedWithin(temporal, handle, milliseconds);
  } catch (error) {
    // why it failed stands on its row
    if (!(error instanceof CertusError)) throw error;
  }
  const record = await findIngestion(database, scope, id);
  if (record === undefined) throw new CertusError('not_found', `there is no ingestion ${id}`);
  return record;
}
