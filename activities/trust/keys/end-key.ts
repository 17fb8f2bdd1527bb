import { CertusError } from '../../../contracts/errors.ts';
import type { Revocation, TrustedKey } from '../../../contracts/keys.ts';
import type { Order } from '../../../contracts/orders.ts';
import { endedAt, revokedKey, withKey } from '../../../domain/keys/key-list-changes.ts';
import type { KeyChange } from '../../../services/database/change-keys.ts';
import { findKey, type SigningKeyRecord } from '../../../services/database/signing-keys.ts';
import type { TrustDeps } from '../deps.ts';
import type { ActionHandler } from '../orders/action-handler.ts';
import { changeOnce } from './change-once.ts';
import { deactivated, environmentOf, pinnedKeys, recordOfPinned } from './key-records.ts';

/** Nothing is signed with the key from now on; what it signed stays good. */
export const deactivateKey: ActionHandler<'deactivate_key'> = (deps, order, { key_id }) =>
  changeOnce(deps, under(order), async (change, listed, at) => {
    const { key, record } = await known(deps, change, order, listed, key_id);
    if (key.revoked !== undefined) throw new CertusError('key_revoked', `the key ${key_id} was revoked`);
    const ended = record.status === 'inactive' ? record : deactivated(record, at);
    await change.putKey(ended);
    return {
      keys: withKey(listed, endedAt(key, ended.deactivatedAt ?? at)),
      type: 'key_deactivated',
      about: key_id,
      result: { key_id, deactivated_at: (ended.deactivatedAt ?? at).toISOString() },
    };
  });

/** What the key signed is not believed any more, since a time or altogether. */
export const revokeKey: ActionHandler<'revoke_key'> = (deps, order, { key_id, reason, invalid_since }) =>
  changeOnce(deps, under(order), async (change, listed, at) => {
    const { key, record } = await known(deps, change, order, listed, key_id);
    const revocation: Revocation = { at: at.toISOString(), reason, invalid_since };
    const revoked = revokedKey(key, revocation);
    await change.putKey({
      ...record,
      status: 'revoked',
      signing: null,
      deactivatedAt: record.deactivatedAt ?? at,
      revokedAt: at,
      revocationReason: reason,
      invalidSince: invalid_since === null ? null : new Date(invalid_since),
    });
    return {
      keys: withKey(listed, revoked),
      type: 'key_revoked',
      about: key_id,
      result: { key_id, revoked_at: revocation.at, reason, invalid_since },
    };
  });

const under = ({ tenant, id }: Order) => ({ tenant, orderId: id });

/** A key counts as known by Trust's own list or the installation's file; a row alone is nothing. */
async function known(
  { keySet }: Pick<TrustDeps, 'keySet'>,
  change: KeyChange,
  order: Order,
  listed: readonly TrustedKey[],
  id: string,
): Promise<{ key: TrustedKey; record: SigningKeyRecord }> {
  const key = [...listed, ...pinnedKeys(keySet, order.tenant)].find((candidate) => candidate.id === id);
  if (key === undefined) throw new CertusError('key_not_found', `this tenant has no key ${id}`);
  const record = (await findKey(change, order.tenant, id)) ?? recordOfPinned(key, order.tenant, order.id);
  return { key: { ...key, environment: environmentOf(key) }, record };
}
