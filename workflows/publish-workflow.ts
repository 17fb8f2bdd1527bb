import { proxyActivities } from '@temporalio/workflow';
import type { PublishActivities } from '../activities/publish/create-publish-activities.ts';
import type { Publication, PublishInput } from '../contracts/workflows.ts';
import { inZone } from './options.ts';

const { promote, publishOci } = proxyActivities<PublishActivities>(inZone('transform', '1 hour'));

/** Takes a permitted bundle from raw to golden and on to the registry. Each step checks the permit itself. */
export async function publishWorkflow(input: PublishInput): Promise<Publication> {
  const { manifestKey, manifest, bundle } = await promote(input);
  const ociReference = await publishOci(input);
  return { goldenManifestKey: manifestKey, goldenManifest: manifest, goldenBundle: bundle, ociReference };
}
