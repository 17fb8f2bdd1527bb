import { PrivacyPolicy } from '../../contracts/privacy.ts';

/**
 * A policy as the index goes by it. An index is asked by many, and has no use for anything personal: every kind is masked
 * there, also those that documents may have, and what is half sure as well. Exceptions and patterns of the tenant's own count.
 */
export const indexPolicy = (policy: PrivacyPolicy): PrivacyPolicy =>
  PrivacyPolicy.parse({
    ...policy,
    documents: {
      ...policy.documents,
      action: 'mask',
      actions: {},
      min_confidence: Math.min(policy.documents.min_confidence, LEAST),
    },
  });

const LEAST = 0.4;
