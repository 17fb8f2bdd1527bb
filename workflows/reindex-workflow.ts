import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { ReindexActivities } from '../activities/ingest/reindex.ts';
import type { ReindexInput } from '../contracts/reindex.ts';
import { inZone } from './options.ts';

const { reindex } = proxyActivities<ReindexActivities>(inZone('ingest', '1 day'));
const { dropKeptIndexes } = proxyActivities<ReindexActivities>(inZone('ingest', '10 minutes'));

/** Brings the index into the form of this release while it is searched and written. */
export async function reindexWorkflow({ anew, dropKept }: ReindexInput): Promise<void> {
  await reindex({ request: workflowInfo().runId, anew });
  if (dropKept) await dropKeptIndexes();
}
