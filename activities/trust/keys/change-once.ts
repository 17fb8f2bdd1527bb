import type { TrustedKey } from '../../../contracts/keys.ts';
import { changeKeys, type KeyChange } from '../../../services/database/change-keys.ts';
import { findTrustEvent, recordTrustEvent } from '../../../services/database/trust-events.ts';
import type { TrustDeps } from '../deps.ts';
import { issueKeySet, listedKeys, logKeySet, type Under } from './key-list.ts';

/** What a change comes to: the list as it shall be from now on, and what is told of it. */
export type Outcome = {
  readonly keys: readonly TrustedKey[];
  readonly type: string;
  readonly about: string;
  readonly result: Record<string, unknown>;
};

/**
 * Changes a tenant's keys for an order, once: rows, list and the event that tells of it in one transaction, then the log.
 * A second run finds the event and does what is left.
 */
export async function changeOnce(
  deps: TrustDeps,
  under: Under,
  work: (change: KeyChange, listed: readonly TrustedKey[], at: Date) => Promise<Outcome>,
): Promise<Record<string, unknown>> {
  const { tenant, orderId } = under;
  const done = await changeKeys(deps.database, tenant, async (change) => {
    const before = await findTrustEvent(change, tenant, orderId);
    if (before !== undefined) return before.data as Told;
    const at = deps.now();
    const { keys, type, about, result } = await work(change, await listedKeys(deps, change, tenant), at);
    const { version } = await issueKeySet(deps, change, under, keys);
    const told: Told = { result: { ...result, key_set_version: version }, key_set_version: version };
    await recordTrustEvent(change, { tenant, type, about, data: told, once: orderId, at });
    return told;
  });
  await logKeySet(deps, under, done.key_set_version);
  return done.result;
}

type Told = { readonly result: Record<string, unknown>; readonly key_set_version: number };
