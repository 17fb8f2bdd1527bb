import { retentionDigest } from '../../../domain/retention/default-retention.ts';
import { retentionPolicies } from '../../../services/database/retention-policies.ts';
import type { ActionHandler } from '../orders/action-handler.ts';
import { setSetting } from './set-setting.ts';

export const setRetention: ActionHandler<'set_retention'> = (deps, order, { workspace, policy }) =>
  setSetting(deps, order, 'retention', retentionPolicies, {
    workspace,
    document: policy,
    digest: retentionDigest(policy),
  });
