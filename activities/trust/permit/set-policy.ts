import { CertusError } from '../../../contracts/errors.ts';
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

async function versionOf(deps: TrustDeps, order: Order, action: SetPolicy): Promise<PolicyRecord> {
  const { workspace, mode, policy } = action;
  for (;;) {
    const known = await policyOfOrder(deps.database, order.tenant, order.id);
    if (known !== undefined) return known;
    const [newest] = await policyVersions(deps.database, order.tenant, { workspace, limit: 1 });
    const setAt = new Date(order.given_at);
    // two orders may overtake each other on their way: the one that was given last is the one that is meant
    if (newest !== undefined && newest.setAt > setAt)
      throw new CertusError('order_invalid', `version ${newest.version} was set after this was ordered`);
    const record = {
      workspace,
      version: (newest?.version ?? 0) + 1,
      mode,
      digest: policyDigest(policy),
      document: policy,
      setBy: order.by,
      setAt,
      orderId: order.id,
    };
    if (await addPolicyVersion(deps.database, order.tenant, record)) return record;
  }
}
