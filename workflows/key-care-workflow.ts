import { patched, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { OrderActivities } from '../activities/trust/create-order-activities.ts';
import type { ExpiringKey, KeyCareActivities } from '../activities/trust/keys/check-key-expiry.ts';
import { expiryOnce } from '../contracts/key-expiry.ts';
import type { NewPlatformEvent } from '../contracts/platform-event.ts';
import { announce } from './announce.ts';
import { inZone } from './options.ts';

const { checkKeyExpiry } = proxyActivities<KeyCareActivities>(inZone('trust', '10 minutes'));
const { refreshRevocationList } = proxyActivities<OrderActivities>(inZone('trust', '10 minutes'));

/**
 * Again and again: renews the list of revoked certificates before it ends, warns of keys that end soon, and says what it
 * told. Whatever is wrong with the one keeps nobody from the other.
 */
export async function keyCareWorkflow(): Promise<ExpiringKey[]> {
  const at = workflowInfo().startTime.toISOString();
  const care = [checkKeyExpiry(at), refreshRevocationList()] as const;
  const [warnings] = await Promise.allSettled(care);
  if (warnings.status === 'fulfilled' && warnings.value.length > 0 && patched('announce-expiring-keys'))
    await Promise.all(warnings.value.map((key) => announce(expiringEvent(key, at))));
  const [told] = await Promise.all(care);
  return told;
}

/** Under the name by which Trust has put it on record: it is that event of which others are told. */
const expiringEvent = (
  { tenant, keyId, environment, days, notAfter }: ExpiringKey,
  at: string,
): NewPlatformEvent => ({
  tenant,
  type: 'key_expiring',
  about: keyId,
  data: { environment, days, not_after: notAfter },
  once: expiryOnce(keyId, days),
  at,
});
