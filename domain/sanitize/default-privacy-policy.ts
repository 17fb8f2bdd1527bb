import { canonicalJson } from '../../contracts/canonical-json.ts';
import { PrivacyPolicy } from '../../contracts/privacy.ts';
import { sha256 } from '../custody/digest.ts';

/** Where nobody has set one. */
export const DEFAULT_PRIVACY_POLICY: PrivacyPolicy = PrivacyPolicy.parse({
  schema: 'https://certus.dev/privacy-policy/v1',
  name: 'default',
});

/** By its content: two policies that ask for the same have the same digest. */
export const privacyPolicyDigest = (policy: PrivacyPolicy): string => sha256(canonicalJson(policy));
