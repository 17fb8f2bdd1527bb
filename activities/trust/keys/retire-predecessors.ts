import type { Environment, TrustedKey } from '../../../contracts/keys.ts';
import { endedAt, withKey } from '../../../domain/keys/key-list-changes.ts';
import type { KeyChange } from '../../../services/database/change-keys.ts';
import { findSigningKey } from '../../../services/database/signing-keys.ts';
import { recordTrustEvent } from '../../../services/database/trust-events.ts';
import type { TrustDeps } from '../deps.ts';
import { deactivated, environmentOf, pinnedKeys, recordOfPinned } from './key-records.ts';

type Succession = {
  readonly tenant: string;
  readonly orderId: string;
  readonly environment: Environment;
  readonly at: Date;
};

/**
 * Ends the key that Certus signed with until now, which still verifies what it signed: the registered one, and those of
 * the installation's file that nothing has happened to yet. Gives the list without anything else changed.
 */
export async function retirePredecessors(
  { keySet }: Pick<TrustDeps, 'keySet'>,
  change: KeyChange,
  { tenant, orderId, environment, at }: Succession,
  listed: readonly TrustedKey[],
): Promise<readonly TrustedKey[]> {
  const signing = await findSigningKey(change, tenant, environment);
  const pinned = pinnedKeys(keySet, tenant).filter(
    (key) => environmentOf(key) === environment && !listed.some(({ id }) => id === key.id),
  );
  const records = [
    ...(signing === undefined ? [] : [signing]),
    ...pinned.map((key) => recordOfPinned(key, tenant, orderId)),
  ];
  let keys = listed;
  for (const record of records) {
    const key = [...listed, ...pinned].find(({ id }) => id === record.id);
    if (key !== undefined) keys = withKey(keys, endedAt({ ...key, environment }, at));
    await change.putKey(deactivated(record, at));
    await recordTrustEvent(change, {
      tenant,
      type: 'key_deactivated',
      about: record.id,
      data: { environment, because_of: orderId },
      once: `${orderId}/ends/${record.id}`,
      at,
    });
  }
  return keys;
}
