import type { Order } from '../../../contracts/orders.ts';
import type { SetPolicy } from '../../../contracts/trust-policy.ts';
import { requireUsablePolicy } from '../../../domain/permit/check-policy.ts';
import { policyDigest } from '../../../domain/permit/default-policy.ts';
import {
  addPolicyVersion,
  type PolicyRecord,
  policyOfOrder,
  policyVersions,
} from '../../../services/database/trust-policies.ts';
import type { TrustDeps } from '../deps.ts';
import type { ActionHandler } from '../orders/action-handler.ts';
import { addVersion } from './add-version.ts';

/** Adds a version; what was set before stays on record. The order itself is the proof that it was set. */
export const setPolicy: ActionHandler<'set_policy'> = async (deps, order, action) => {
  requireUsablePolicy(action.policy);
  const { workspace, version, mode, digest } = await versionOf(deps, order, action);
  await deps.log.append([
    {
      v: 1,
      kind: 'policy',
      tenant: order.tenant,
      workspace: workspace === '*' ? null : workspace,
      test_id: null,
      name: `${workspace}/${version}`,
      digest,
      subjects: [],
      signer: order.by,
      at: order.given_at,
      note: `${mode} by ${order.id}`,
    },
  ]);
  return { workspace, version, mode, digest };
};

function versionOf(deps: TrustDeps, order: Order, action: SetPolicy): Promise<PolicyRecord> {
  const { workspace, mode, policy } = action;
  return addVersion<PolicyRecord>(order, {
    ofOrder: () => policyOfOrder(deps.database, order.tenant, order.id),
    newest: async () => (await policyVersions(deps.database, order.tenant, { workspace, limit: 1 }))[0],
    add: async (added) => {
      const record = { ...added, workspace, mode, digest: policyDigest(policy), document: policy };
      return (await addPolicyVersion(deps.database, order.tenant, record)) ? record : undefined;
    },
  });
}
