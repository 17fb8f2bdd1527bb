import { setImmediate as breathe } from 'node:timers/promises';
import type { z } from 'zod';
import { Bypass, DenialReason, Violation } from '../../contracts/denial.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { KeySet } from '../../contracts/keys.ts';
import { PermitFacts } from '../../contracts/permission.ts';
import {
  type EvaluatePolicy,
  type PolicyEvaluation,
  Tier,
  type TrustPolicy,
} from '../../contracts/trust-policy.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { openAttached } from '../../domain/permit/attached-statement.ts';
import { requireUsablePolicy } from '../../domain/permit/check-policy.ts';
import { judge } from '../../domain/permit/judge.ts';
import { attachedStatements } from '../../services/database/attached-statements.ts';
import { decisionsWithFacts, type PermitRecord } from '../../services/database/permits.ts';
import { tenantKeys } from '../../services/keys/tenant-keys.ts';
import type { ApiDeps } from '../deps.ts';

type Deps = Pick<ApiDeps, 'database' | 'trust'>;
type Tried = PolicyEvaluation['bundles'][number];

/** What a policy would have said about bundles that were decided about, on the facts that were found then. */
export async function evaluatePolicy(
  deps: Deps,
  tenant: string,
  { workspace_id, policy, component_id, limit }: z.infer<typeof EvaluatePolicy>,
): Promise<PolicyEvaluation> {
  requireUsablePolicy(policy);
  const scope: Scope = { tenant, workspace: workspace_id };
  const rows = await decisionsWithFacts(deps.database, scope, { component: component_id, limit });
  const keySet = await tenantKeys(deps.database, deps.trust.keySet, tenant);
  const bundles: Tried[] = [];
  for (const row of rows) bundles.push(await tried(deps, scope, keySet, policy, row));
  return {
    evaluated: bundles.length,
    changed: bundles.filter(({ decided, would_be }) => decided.permitted !== would_be.permitted).length,
    bundles,
  };
}

async function tried(
  deps: Deps,
  scope: Scope,
  keySet: KeySet,
  policy: TrustPolicy,
  row: PermitRecord,
): Promise<Tried> {
  const facts = PermitFacts.parse(row.facts);
  const predicates = await predicatesOf(deps, scope, keySet, row, lookedInto(policy, facts));
  const bypassed = Bypass.safeParse(row.bypass).success;
  const asked = {
    // a bypass has the tier of what was checked, and not of what was asked
    tier: bypassed ? ('verified' as const) : Tier.parse(row.tier),
    destinations: ['golden', 'oci'] as const,
    at: row.decidedAt,
  };
  const { permitted, reason, violations } = judge(policy, { facts, predicates }, asked);
  return {
    test_id: row.testId,
    component_id: facts.component,
    permit_id: row.id,
    bundle_digest: row.bundleDigest,
    decided_at: row.decidedAt.toISOString(),
    decided: {
      permitted: row.permitted,
      reason: DenialReason.nullable().catch(null).parse(row.reason),
      violations: Violation.array().catch([]).parse(row.violations),
      bypassed,
    },
    would_be: { permitted, reason, violations: [...violations] },
  };
}

/** Digests of the statements that a schema of the policy asks about. */
function lookedInto({ required_statements }: TrustPolicy, { statements }: PermitFacts): ReadonlySet<string> {
  const types = new Set(
    required_statements
      .filter(({ json_schema }) => json_schema !== undefined)
      .map(({ predicate_type }) => predicate_type),
  );
  const asked = statements.filter(
    ({ predicate_type, from }) => from === 'attached' && types.has(predicate_type),
  );
  return new Set(asked.map(({ digest }) => digest));
}

/** What the statements say is not kept with the facts: it is read from them again, where they still hold. */
async function predicatesOf(
  { database }: Deps,
  scope: Scope,
  keySet: KeySet,
  { testId, bundleDigest, decidedAt }: PermitRecord,
  digests: ReadonlySet<string>,
): Promise<Map<string, unknown>> {
  const predicates = new Map<string, unknown>();
  if (digests.size === 0) return predicates;
  for (const { digest: known, statement } of await attachedStatements(database, scope, testId)) {
    if (!digests.has(known)) continue;
    await breathe(); // each may be a megabyte, and others wait for this process
    try {
      const about = { tenant: scope.tenant, bundleDigest, keySet, at: decidedAt };
      const { digest, predicate } = openAttached(statement, about);
      predicates.set(digest, predicate);
    } catch (error) {
      if (!(error instanceof CustodyError)) throw error; // one that holds no longer says nothing
    }
  }
  return predicates;
}
