import { CertusError } from '../../../contracts/errors.ts';
import type { Scope } from '../../../contracts/identifiers.ts';
import type { PolicyMode } from '../../../contracts/trust-policy.ts';
import { CustodyError } from '../../../domain/custody/custody-error.ts';
import { BUILT_IN, type PolicyInForce } from '../../../domain/permit/default-policy.ts';
import { type OpenedPolicy, openPolicy, requireLastOrdered } from '../../../domain/permit/policy-order.ts';
import { findOrder } from '../../../services/database/orders.ts';
import { newestPolicies, type PolicyRecord } from '../../../services/database/trust-policies.ts';
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
    const rows = await newestPolicies(deps.database, tenant, place, mode);
    if (rows === undefined) continue;
    const [highest, last] = await Promise.all([
      opened(deps, tenant, rows.highestVersion),
      opened(deps, tenant, rows.lastSet),
    ]);
    return held(() => requireLastOrdered(highest, last));
  }
  return undefined;
}

async function opened({ database, keySet }: Deps, tenant: string, row: PolicyRecord): Promise<OpenedPolicy> {
  const order = await findOrder(database, tenant, row.orderId);
  return held(() => openPolicy({ ...row, order: order?.statement }, tenant, keySet));
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
