import { PolicyMode, type PolicyView, TrustPolicy } from '../../contracts/trust-policy.ts';
import { BUILT_IN } from '../../domain/permit/default-policy.ts';
import type { PolicyRecord } from '../../services/database/trust-policies.ts';

/** As it was set. Whether it counts, Trust tells by the order that it names. */
export const policyView = (record: PolicyRecord): PolicyView => ({
  workspace: record.workspace,
  version: record.version,
  mode: PolicyMode.parse(record.mode),
  digest: record.digest,
  policy: TrustPolicy.parse(record.document),
  set_by: record.setBy,
  set_at: record.setAt.toISOString(),
  order_id: record.orderId,
});

export const builtInView: PolicyView = {
  workspace: '*',
  version: 0,
  mode: 'enforced',
  digest: BUILT_IN.digest,
  policy: BUILT_IN.policy,
  set_by: null,
  set_at: null,
  order_id: null,
};
