import { CertusError } from '../../contracts/errors.ts';
import type { PrivacyPolicy } from '../../contracts/privacy.ts';
import { patternProblem } from '../policy/rule-pattern.ts';

/** Refuses a policy whose own patterns are none, or would cost more than they are worth. */
export function requireUsablePrivacyPolicy(policy: PrivacyPolicy): void {
  for (const { pattern } of policy.custom) {
    const problem = patternProblem(pattern);
    if (problem !== undefined) throw new CertusError('privacy_policy_invalid', problem);
  }
}
