import type { PrivacyPolicy } from '../../contracts/privacy.ts';
import { DEFAULT_PRIVACY_POLICY } from './default-privacy-policy.ts';

/** Where nobody has set another: a mask too many does no harm, so firms, cities and given names that stand alone go, too. */
export const SANITIZING_POLICY: PrivacyPolicy = {
  ...DEFAULT_PRIVACY_POLICY,
  documents: { ...DEFAULT_PRIVACY_POLICY.documents, min_confidence: 0.4 },
};
