import { PrivacyPolicy } from '../../contracts/privacy.ts';
import { requireUsablePrivacyPolicy } from '../../domain/sanitize/usable-privacy-policy.ts';
import type { AgentConfiguration } from './configuration.ts';

/** How personal data is looked for here. */
export function policyOf({ sanitizer }: AgentConfiguration): PrivacyPolicy {
  const policy = PrivacyPolicy.parse({
    schema: 'https://certus.dev/privacy-policy/v1',
    name: 'agent',
    documents: { min_confidence: sanitizer.min_confidence },
    allow: sanitizer.allow,
    custom: sanitizer.custom,
  });
  requireUsablePrivacyPolicy(policy);
  return policy;
}
