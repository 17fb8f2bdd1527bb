import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { OrderActivities } from '../activities/trust/create-order-activities.ts';
import type { ExpiringKey, KeyCareActivities } from '../activities/trust/keys/check-key-expiry.ts';
import { inZone } from './options.ts';

const { checkKeyExpiry } = proxyActivities<KeyCareActivities>(inZone('trust', '10 minutes'));
const { refreshRevocationList } = proxyActivities<OrderActivities>(inZone('trust', '10 minutes'));

/**
 * Again and again: renews the list of revoked certificates before it ends, warns of keys that end soon, and says what it
 * told. Whatever is wrong with the one keeps nobody from the other.
 */
export async function keyCareWorkflow(): Promise<ExpiringKey[]> {
  const care = [checkKeyExpiry(workflowInfo().startTime.toISOString()), refreshRevocationList()] as const;
  await Promise.allSettled(care);
  const [told] = await Promise.all(care);
  return told;
}
