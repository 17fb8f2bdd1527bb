import { canonicalJson } from '../../contracts/canonical-json.ts';
import { TrustPolicy } from '../../contracts/trust-policy.ts';
import { sha256 } from '../custody/digest.ts';

/** A policy and where it comes from; version 0 is built in. */
export type PolicyInForce = {
  readonly policy: TrustPolicy;
  readonly workspace: string;
  readonly version: number;
  readonly digest: string;
};

/** By its content: two policies that ask for the same have the same digest. */
export const policyDigest = (policy: TrustPolicy): string => sha256(canonicalJson(policy));

/** Where nobody has set one: whole evidence of a key that the tenant may sign with, whatever the gate said. */
export const DEFAULT_POLICY: TrustPolicy = TrustPolicy.parse({
  schema: 'https://certus.dev/trust-policy/v1',
  name: 'default',
  signers: { environments: ['sandbox', 'production'] },
});

export const BUILT_IN: PolicyInForce = {
  policy: DEFAULT_POLICY,
  workspace: '*',
  version: 0,
  digest: policyDigest(DEFAULT_POLICY),
};

export const policyUri = ({ workspace, version }: PolicyInForce, tenant: string): string =>
  version === 0
    ? 'https://certus.dev/trust-policy/default'
    : `certus:${tenant}/trust-policies/${workspace}/${version}`;
