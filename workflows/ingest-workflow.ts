import { proxyActivities } from '@temporalio/workflow';
import type { IngestActivities } from '../activities/ingest/create-ingest-activities.ts';
import type { IngestInput, Ingestion } from '../contracts/workflows.ts';
import { inZone } from './options.ts';

const { indexFindings } = proxyActivities<IngestActivities>(inZone('ingest', '1 hour'));

/** Makes what is in golden searchable. */
export async function ingestWorkflow(input: IngestInput): Promise<Ingestion> {
  return indexFindings(input);
}
