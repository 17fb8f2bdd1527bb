import { randomBytes } from 'node:crypto';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { IngestionInput, IngestionSource, RunReading } from '../../contracts/ingestion.ts';
import { locationOf } from '../../contracts/source-location.ts';
import { ingestionWorkflowId, WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { openDelivery } from '../../services/database/deliveries.ts';
import { findIngestion, type IngestionRecord, openIngestion } from '../../services/database/ingestions.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { endedWithin } from '../ended-within.ts';
import { searchAttributesOf } from './search-attributes.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal'>;

export type IngestionToStart = {
  readonly source: IngestionSource;
  readonly sourceId?: string;
  readonly reading: RunReading;
  readonly labels: readonly string[];
  readonly component?: string;
  /** Of what must not begin twice: by what it is; anything else gets one of its own. */
  readonly id?: string;
};

/** The row first: it says what is to be ingested, and the run finds there how far it is. */
export async function startIngestion(
  { database, temporal }: Deps,
  principal: Pick<Principal, 'subject'>,
  scope: Scope,
  { source, sourceId, reading, labels, component, id = newId() }: IngestionToStart,
): Promise<IngestionRecord> {
  const ingestion = {
    ...{ id, location: locationOf(source), reading, labels, component: component ?? null },
    ...{ requestedBy: principal.subject, startedAt: new Date() },
  };
  const record =
    source.kind === 'agent'
      ? await openDelivery(database, scope, { ...ingestion, config: source })
      : await openIngestion(database, scope, {
          ...{ ...ingestion, kind: source.kind, sourceId: sourceId ?? null, config: source },
        });
  if (record.endedAt === null) await ensureRunning(temporal, record);
  return record;
}

const newId = (): string => `ing_${randomBytes(12).toString('hex')}`;

/** What is under way goes on as it is; what was told to begin and did not, or was ended from outside, does so now. */
export async function ensureRunning(
  temporal: Client,
  { id, scope, sourceId, config, component }: IngestionRecord,
): Promise<void> {
  const input: IngestionInput = { scope, ingestionId: id, sourceId, kind: config.kind, component };
  try {
    await temporal.withDeadline(Date.now() + START_MS, () =>
      temporal.workflow.start(WORKFLOWS.ingestSource, {
        workflowId: ingestionWorkflowId(scope.workspace, id),
        taskQueue: taskQueue('ingest'),
        args: [input],
        typedSearchAttributes: searchAttributesOf(scope),
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error; // it has just ended: its row tells
  }
}

const START_MS = 5_000;

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
