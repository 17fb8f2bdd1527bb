import { CertusError } from '../../../contracts/errors.ts';
import type { Scope } from '../../../contracts/identifiers.ts';
import type { PolicyMode } from '../../../contracts/trust-policy.ts';
import { CustodyError } from '../../../domain/custody/custody-error.ts';
import { settingInForce } from '../../../domain/custody/setting-order.ts';
import { BUILT_IN, type PolicyInForce } from '../../../domain/permit/default-policy.ts';
import { type OpenedPolicy, openPolicy } from '../../../domain/permit/policy-order.ts';
import { type NewestPolicy, newestPolicies } from '../../../services/database/trust-policies.ts';
import type { TrustDeps } from '../deps.ts';

type Deps = Pick<TrustDeps, 'database' | 'keySet'>;

export type Policies = { readonly enforced: PolicyInForce; readonly shadow: PolicyInForce | undefined };

/** The policy of the workspace, else the tenant's own, else the built-in one. One that does not hold stops the decision. */
export async function policiesInForce(deps: Deps, scope: Scope): Promise<Policies> {
  const rows = await newestPolicies(deps.database, scope.tenant, scope.workspace);
  const [enforced, shadow] = [newestOf(deps, scope, 'enforced', rows), newestOf(deps, scope, 'shadow', rows)];
  const tried =
    shadow !== undefined && (enforced === undefined || shadow.givenAt > enforced.givenAt)
      ? shadow
      : undefined;
  return { enforced: enforced ?? BUILT_IN, shadow: tried };
}

function newestOf(
  { keySet }: Deps,
  { tenant, workspace }: Scope,
  mode: PolicyMode,
  rows: readonly NewestPolicy[],
): OpenedPolicy | undefined {
  const ofMode = rows.filter((row) => row.mode === mode);
  return held(() => settingInForce(ofMode, workspace, (row) => openPolicy(row, tenant, keySet)));
}

function held<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    throw new CertusError('policy_invalid', `nothing is decided, ${error.code}: ${error.message}`, {
      cause: error,
    });
  }
}
