import type { KeySet } from '../../contracts/keys.ts';
import { TrustPolicy } from '../../contracts/trust-policy.ts';
import { openSetting, type StoredSetting } from '../custody/setting-order.ts';
import { type PolicyInForce, policyDigest } from './default-policy.ts';

/** A row of the table, and the order that it says it comes from. */
export type StoredPolicy = StoredSetting & { readonly mode: string };

export type OpenedPolicy = PolicyInForce & { readonly givenAt: number };

/** A policy is one when an administrator's signed order sets the very same, in the same mode. */
export function openPolicy(stored: StoredPolicy, tenant: string, keySet: KeySet): OpenedPolicy {
  const opened = openSetting(
    stored,
    { tenant, keySet },
    {
      schema: TrustPolicy,
      setBy: (action) => (action.kind === 'set_policy' && action.mode === stored.mode ? action : undefined),
    },
  );
  return { ...opened, digest: policyDigest(opened.policy) };
}
