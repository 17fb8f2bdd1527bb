import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { ExpiringKey, KeyCareActivities } from '../activities/trust/keys/check-key-expiry.ts';
import { inZone } from './options.ts';

const { checkKeyExpiry } = proxyActivities<KeyCareActivities>(inZone('trust', '10 minutes'));

/** Once a day: warns of keys that end soon, and gives back what was told. */
export async function keyCareWorkflow(): Promise<ExpiringKey[]> {
  return checkKeyExpiry(workflowInfo().startTime.toISOString());
}
