import { type PolicyInForce, policyInForce } from '../../services/privacy/policy-in-force.ts';

export type PrivacyPolicyInForce = PolicyInForce;

/** The API asks for it as well, and by the same proof. */
export const privacyPolicyInForce = policyInForce;
