import { executeChild, proxyActivities } from '@temporalio/workflow';
import type { PublishActivities } from '../activities/publish/create-publish-activities.ts';
import { WORKFLOWS, workflowId } from '../contracts/workflow-names.ts';
import type { Publication, PublishInput } from '../contracts/workflows.ts';
import { taskQueue } from '../contracts/zones.ts';
import type { ingestWorkflow } from './ingest-workflow.ts';
import { inZone } from './options.ts';
import { belongsTo } from './search-attributes.ts';

const { promote, publishOci } = proxyActivities<PublishActivities>(inZone('transform', '1 hour'));

/**
 * Takes a permitted bundle from raw to golden, and from there to the registry and to the index side by side: a registry
 * that is away keeps nobody from finding what golden holds. Each step checks for itself what it is given.
 */
export async function publishWorkflow(input: PublishInput): Promise<Publication> {
  const { manifest, bundle } = await promote(input);
  const [ociReference, ingestion] = await Promise.all([publishOci(input), ingest(input)]);
  return { goldenManifest: manifest, goldenBundle: bundle, ociReference, ingestion };
}

const ingest = ({ scope, component, assessment, testId }: PublishInput) =>
  executeChild<typeof ingestWorkflow>(WORKFLOWS.ingest, {
    workflowId: workflowId('ingest', { scope, component, testId }),
    taskQueue: taskQueue('ingest'),
    typedSearchAttributes: belongsTo({ scope, component }),
    args: [{ scope, component, assessment, testId }],
  });
