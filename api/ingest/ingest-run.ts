import type { Client } from '@temporalio/client';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { IngestSecurityItem } from '../../contracts/ingest.ts';
import { WORKFLOWS, workflowId } from '../../contracts/workflow-names.ts';
import { type IngestInput, Ingestion } from '../../contracts/workflows.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { findScan } from '../../services/database/scans.ts';
import type { ApiDeps } from '../deps.ts';
import { endedWithin } from '../ended-within.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal'>;

const START_MS = 5_000;
const PATIENCE_MS = 10_000;

/** Has the published run that a golden key belongs to indexed again; what cannot be is told of this key alone. */
export async function ingestRun(deps: Deps, scope: Scope, key: string): Promise<IngestSecurityItem> {
  const testId = runOf(scope, key);
  const item = { key, test_id: testId ?? null, indexed: 0, error: null };
  const failed = (code: string, message: string) =>
    ({ ...item, state: 'failed', error: { code, message } }) as const;
  if (testId === undefined) return failed('invalid_key', 'it is no key of golden evidence in this workspace');
  try {
    const ingestion = await indexed(deps, await published(deps, scope, testId));
    if (ingestion === undefined) return { ...item, state: 'running' };
    return { ...item, state: 'indexed', indexed: ingestion.indexed };
  } catch (error) {
    if (!(error instanceof CertusError)) throw error;
    return failed(error.code, error.message);
  }
}

/** With the bucket before it or without, as different tools name objects. */
function runOf({ tenant, workspace }: Scope, key: string): string | undefined {
  const path = key.replace(/^s3:\/\/[a-z0-9-]+\//, '');
  const run = `${tenant}/${workspace}/security-scans/`;
  const [testId = '', ...rest] = path.startsWith(run) ? path.slice(run.length).split('/') : [];
  return /^test_[0-9a-f]{12,32}$/.test(testId) && rest.length > 0 ? testId : undefined;
}

async function published({ database }: Deps, scope: Scope, testId: string): Promise<IngestInput> {
  const scan = await findScan(database, scope, testId);
  if (scan === undefined) throw new CertusError('not_found', 'there is no such scan in this workspace');
  if (scan.uploadStatus !== 'uploaded')
    throw new CertusError('object_not_found', `golden does not show it: it is ${scan.uploadStatus}`);
  return { scope, component: scan.component, assessment: scan.assessment, testId };
}

/** One at a time of each run: who asks meanwhile gets the answer to the first. */
async function indexed({ temporal }: Deps, input: IngestInput): Promise<Ingestion | undefined> {
  const handle = await started(temporal, input);
  const { result } = (await endedWithin(temporal, handle, PATIENCE_MS)) ?? {};
  return result === undefined ? undefined : Ingestion.parse(result);
}

const started = (temporal: Client, input: IngestInput) =>
  temporal.withDeadline(Date.now() + START_MS, () =>
    temporal.workflow.start(WORKFLOWS.ingest, {
      workflowId: workflowId('ingest', input),
      taskQueue: taskQueue('ingest'),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [input],
    }),
  );
