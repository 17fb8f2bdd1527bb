import { executeChild, proxyActivities, sleep } from '@temporalio/workflow';
import type { SourceActivities } from '../activities/ingest/create-source-activities.ts';
import { ingestionWorkflowId, WORKFLOWS } from '../contracts/workflow-names.ts';
import type { RunIdentity } from '../contracts/workflows.ts';
import type { ingestSourceWorkflow } from './ingest-source-workflow.ts';
import { inZone } from './options.ts';
import { belongsTo } from './search-attributes.ts';

const { openGoldenIngestion } = proxyActivities<SourceActivities>(inZone('ingest', '10 minutes'));

/**
 * Has what golden shows of a run indexed: an ingestion like any other, which nobody has asked for by hand. `afterMs`: so long
 * the machine is left to the run itself, which somebody waits for.
 */
export async function goldenIngestionWorkflow(
  run: Pick<RunIdentity, 'scope' | 'testId' | 'component'>,
  afterMs?: number,
): Promise<void> {
  if (afterMs !== undefined) await sleep(afterMs);
  const input = await openGoldenIngestion(run);
  if (input === null) return;
  await executeChild<typeof ingestSourceWorkflow>(WORKFLOWS.ingestSource, {
    workflowId: ingestionWorkflowId(run.scope.workspace, input.ingestionId),
    typedSearchAttributes: belongsTo(run),
    args: [input],
  });
}
