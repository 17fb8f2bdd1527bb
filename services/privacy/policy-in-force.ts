import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { KeySet } from '../../contracts/keys.ts';
import { PrivacyPolicy } from '../../contracts/privacy.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { openSetting, settingInForce } from '../../domain/custody/setting-order.ts';
import { DEFAULT_PRIVACY_POLICY, privacyPolicyDigest } from '../../domain/sanitize/default-privacy-policy.ts';
import type { Database } from '../database/database.ts';
import { privacyPolicies } from '../database/privacy-policies.ts';

export type PolicyInForce = {
  readonly policy: PrivacyPolicy;
  readonly digest: string;
  readonly workspace: string;
  /** 0 is the built-in one. */
  readonly version: number;
};

type Deps = { readonly database: Pick<Database, 'sql'>; readonly keySet: KeySet };

/**
 * The policy of the workspace, else the tenant's own, else the built-in one. One that no order set stops whatever asks for
 * it: to go on under another would let out what its author wanted held back.
 */
export async function policyInForce(
  { database, keySet }: Deps,
  { tenant, workspace }: Scope,
): Promise<PolicyInForce> {
  const rows = await privacyPolicies.newest(database, tenant, workspace);
  const set = held(() =>
    settingInForce(rows, workspace, (row) => openSetting(row, { tenant, keySet }, PRIVACY_POLICY)),
  );
  const { policy, version, workspace: of } = set ?? BUILT_IN;
  return { policy, digest: privacyPolicyDigest(policy), workspace: of, version };
}

const BUILT_IN = { policy: DEFAULT_PRIVACY_POLICY, workspace: '*', version: 0 };

const PRIVACY_POLICY: Parameters<typeof openSetting<PrivacyPolicy>>[2] = {
  schema: PrivacyPolicy,
  setBy: (action) => (action.kind === 'set_privacy_policy' ? action : undefined),
};

function held<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    throw new CertusError('privacy_policy_invalid', `nothing is let out, ${error.code}: ${error.message}`, {
      cause: error,
    });
  }
}
