import type { Order } from '../../../contracts/orders.ts';
import type { SetPrivacyPolicy } from '../../../contracts/privacy.ts';
import { privacyPolicyDigest } from '../../../domain/sanitize/default-privacy-policy.ts';
import { requireUsablePrivacyPolicy } from '../../../domain/sanitize/usable-privacy-policy.ts';
import { privacyPolicies } from '../../../services/database/privacy-policies.ts';
import type { SettingRecord } from '../../../services/database/setting-versions.ts';
import type { TrustDeps } from '../deps.ts';
import type { ActionHandler } from '../orders/action-handler.ts';
import { addVersion } from './add-version.ts';

/** Adds a version; what was set before stays on record. The order itself is the proof that it was set. */
export const setPrivacyPolicy: ActionHandler<'set_privacy_policy'> = async (deps, order, action) => {
  requireUsablePrivacyPolicy(action.policy);
  const { workspace, version, digest } = await versionOf(deps, order, action);
  await deps.log.append([
    {
      v: 1,
      kind: 'policy',
      tenant: order.tenant,
      workspace: workspace === '*' ? null : workspace,
      test_id: null,
      name: `privacy/${workspace}/${version}`,
      digest,
      subjects: [],
      signer: order.by,
      at: order.given_at,
      note: `privacy by ${order.id}`,
    },
  ]);
  return { workspace, version, digest };
};

function versionOf(
  { database }: TrustDeps,
  order: Order,
  { workspace, policy }: SetPrivacyPolicy,
): Promise<SettingRecord> {
  const { tenant, id } = order;
  return addVersion<SettingRecord>(order, {
    ofOrder: () => privacyPolicies.ofOrder(database, tenant, id),
    newest: async () => (await privacyPolicies.list(database, tenant, { workspace, limit: 1 }))[0],
    add: async (added) => {
      const record = { ...added, workspace, digest: privacyPolicyDigest(policy), document: policy };
      return (await privacyPolicies.add(database, tenant, record)) ? record : undefined;
    },
  });
}
