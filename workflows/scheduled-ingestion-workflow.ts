import { executeChild, proxyActivities, uuid4 } from '@temporalio/workflow';
import type { SourceActivities } from '../activities/ingest/create-source-activities.ts';
import type { ScheduledIngestion } from '../contracts/ingestion.ts';
import { ingestionWorkflowId, WORKFLOWS } from '../contracts/workflow-names.ts';
import type { ingestSourceWorkflow } from './ingest-source-workflow.ts';
import { inZone } from './options.ts';
import { inWorkspace } from './search-attributes.ts';

const { openScheduledIngestion } = proxyActivities<SourceActivities>(inZone('ingest', '10 minutes'));

/**
 * What a schedule starts: an ingestion like any other, with an id of its own. It lasts as long as that does, so that the
 * schedule's rule for overlaps is about ingestions. Of a source that was removed meanwhile there is none.
 */
export async function scheduledIngestionWorkflow(
  plan: ScheduledIngestion,
): Promise<{ ingestionId: string | null }> {
  const input = await openScheduledIngestion(plan, `ing_${uuid4().replaceAll('-', '').slice(0, 24)}`);
  if (input === null) return { ingestionId: null };
  await executeChild<typeof ingestSourceWorkflow>(WORKFLOWS.ingestSource, {
    workflowId: ingestionWorkflowId(input.scope.workspace, input.ingestionId),
    typedSearchAttributes: inWorkspace(input.scope),
    args: [input],
  });
  return { ingestionId: input.ingestionId };
}
