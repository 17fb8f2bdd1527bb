import { canonicalJson } from '../../contracts/canonical-json.ts';
import type { KeySet } from '../../contracts/keys.ts';
import { TrustPolicy } from '../../contracts/trust-policy.ts';
import { CustodyError } from '../custody/custody-error.ts';
import { openOrder } from '../custody/order-statement.ts';
import { type PolicyInForce, policyDigest } from './default-policy.ts';

/** A row of the table, and the order that it says it comes from. */
export type StoredPolicy = {
  readonly workspace: string;
  readonly version: number;
  readonly mode: string;
  readonly setAt: Date;
  readonly document: unknown;
  readonly orderId: string;
  readonly order: Uint8Array | undefined;
};

export type OpenedPolicy = PolicyInForce & { readonly givenAt: number };

/** A policy is one when an administrator's signed order says the very same: a row can be written by others too. */
export function openPolicy(stored: StoredPolicy, tenant: string, keySet: KeySet): OpenedPolicy {
  const { workspace, version, mode, orderId } = stored;
  if (stored.order === undefined)
    throw new CustodyError('untrusted_signer', `there is no order ${orderId}, which set the policy`);
  const { action, given_at } = openOrder(stored.order, { tenant, id: orderId, keySet });
  const parsed = TrustPolicy.safeParse(stored.document);
  if (!parsed.success) throw new CustodyError('malformed', 'the stored policy is none');
  const policy = parsed.data;
  if (
    action.kind !== 'set_policy' ||
    action.workspace !== workspace ||
    action.mode !== mode ||
    stored.setAt.getTime() !== Date.parse(given_at) ||
    canonicalJson(action.policy) !== canonicalJson(policy)
  )
    throw new CustodyError('wrong_scope', `the order ${orderId} did not set this policy`);
  return { policy, workspace, version, digest: policyDigest(policy), givenAt: Date.parse(given_at) };
}

/**
 * The one of the highest version counts, and it must be the one that was ordered last as well: an old order that was put on
 * top again, however often, would bring back what it had allowed.
 */
export function requireLastOrdered(highest: OpenedPolicy, lastOrdered: OpenedPolicy): OpenedPolicy {
  if (lastOrdered.givenAt > highest.givenAt)
    throw new CustodyError(
      'wrong_scope',
      `version ${highest.version} was ordered before version ${lastOrdered.version}`,
    );
  return highest;
}
