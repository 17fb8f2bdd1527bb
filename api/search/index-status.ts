import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { CertusError } from '../../contracts/errors.ts';
import type { IndexStatusView } from '../../contracts/reindex.ts';
import { REINDEX_WORKFLOW_ID } from '../../contracts/workflow-names.ts';
import type { ApiDeps } from '../deps.ts';
import { endedWithin } from '../ended-within.ts';

const ASK_MS = 5_000;

export async function indexStatus({
  search,
  temporal,
}: Pick<ApiDeps, 'search' | 'temporal'>): Promise<IndexStatusView> {
  const [{ wantedVersion, kept, ...status }, run] = await Promise.all([
    search.upkeep.status(),
    lastRun(temporal),
  ]);
  return { ...status, wanted_version: wantedVersion, kept: [...kept], run };
}

async function lastRun(temporal: Client): Promise<IndexStatusView['run']> {
  const handle = temporal.workflow.getHandle(REINDEX_WORKFLOW_ID);
  try {
    const found = await temporal.withDeadline(Date.now() + ASK_MS, () => handle.describe());
    const started_at = found.startTime.toISOString();
    if (found.status.name === 'RUNNING') return { state: 'running', started_at, error: null };
    if (found.status.name === 'COMPLETED') return { state: 'done', started_at, error: null };
    return { state: 'failed', started_at, error: await reasonOf(temporal, handle) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

async function reasonOf(
  temporal: Client,
  handle: { result(): Promise<unknown> },
): Promise<{ code: string; message: string } | null> {
  try {
    await endedWithin(temporal, handle, ASK_MS);
    return null;
  } catch (error) {
    if (!(error instanceof CertusError)) throw error;
    return { code: error.code, message: error.message };
  }
}
