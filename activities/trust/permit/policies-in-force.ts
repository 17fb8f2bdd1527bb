import { CertusError } from '../../../contracts/errors.ts';
import type { Scope } from '../../../contracts/identifiers.ts';
import type { PolicyMode } from '../../../contracts/trust-policy.ts';
import { CustodyError } from '../../../domain/custody/custody-error.ts';
import { BUILT_IN, type PolicyInForce } from '../../../domain/permit/default-policy.ts';
import { newestPolicy, type OpenedPolicy, openPolicy } from '../../../domain/permit/policy-order.ts';
import { findOrder } from '../../../services/database/orders.ts';
import { policyVersions } from '../../../services/database/trust-policies.ts';
import type { TrustDeps } from '../deps.ts';

type Deps = Pick<TrustDeps, 'database' | 'keySet'>;

export type Policies = { readonly enforced: PolicyInForce; readonly shadow: PolicyInForce | undefined };

/** The policy of the workspace, else the tenant's own, else the built-in one. One that does not hold stops the decision. */
export async function policiesInForce(deps: Deps, scope: Scope): Promise<Policies> {
  const [enforced, shadow] = await Promise.all([
    newestOf(deps, scope, 'enforced'),
    newestOf(deps, scope, 'shadow'),
  ]);
  const tried =
    shadow !== undefined && (enforced === undefined || shadow.givenAt > enforced.givenAt)
      ? shadow
      : undefined;
  return { enforced: enforced ?? BUILT_IN, shadow: tried };
}

async function newestOf(
  deps: Deps,
  { tenant, workspace }: Scope,
  mode: PolicyMode,
): Promise<OpenedPolicy | undefined> {
  for (const place of [workspace, '*']) {
    const rows = await policyVersions(deps.database, tenant, { workspace: place, mode, limit: 2 });
    const orders = await Promise.all(rows.map(({ orderId }) => findOrder(deps.database, tenant, orderId)));
    const newest = held(() =>
      newestPolicy(
        rows.map((row, at) => openPolicy({ ...row, order: orders[at]?.statement }, tenant, deps.keySet)),
      ),
    );
    if (newest !== undefined) return newest;
  }
  return undefined;
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
