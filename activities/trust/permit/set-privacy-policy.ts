import { privacyPolicyDigest } from '../../../domain/sanitize/default-privacy-policy.ts';
import { requireUsablePrivacyPolicy } from '../../../domain/sanitize/usable-privacy-policy.ts';
import { privacyPolicies } from '../../../services/database/privacy-policies.ts';
import type { ActionHandler } from '../orders/action-handler.ts';
import { setSetting } from './set-setting.ts';

export const setPrivacyPolicy: ActionHandler<'set_privacy_policy'> = (deps, order, { workspace, policy }) => {
  requireUsablePrivacyPolicy(policy);
  const setting = { workspace, document: policy, digest: privacyPolicyDigest(policy) };
  return setSetting(deps, order, 'privacy', privacyPolicies, setting);
};
