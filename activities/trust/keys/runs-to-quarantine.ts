import { CertusError } from '../../../contracts/errors.ts';
import type { QuarantineInput } from '../../../contracts/quarantine.ts';
import { findOrder } from '../../../services/database/orders.ts';
import { type TaintedCursor, taintedRuns } from '../../../services/database/tainted.ts';
import type { TrustDeps } from '../deps.ts';
import { openEarlierOrder } from '../enrol/signed-order.ts';
import { policiesInForce } from '../permit/policies-in-force.ts';

export type RevokedBy = { readonly tenant: string; readonly orderId: string; readonly after?: TaintedCursor };
export type RunsToQuarantine = { readonly runs: QuarantineInput[]; readonly next: TaintedCursor | undefined };

const PAGE = 50;

/**
 * A page of what a revocation has marked and what the policy of its workspace wants taken away. Also runs that are not
 * published yet: one of them may be on its way.
 */
export async function runsToQuarantine(
  deps: TrustDeps,
  { tenant, orderId, after }: RevokedBy,
): Promise<RunsToQuarantine> {
  const { key_id: keyId, reason } = await revocation(deps, tenant, orderId);
  const page = await taintedRuns(deps.database, tenant, keyId, { limit: PAGE, after, published: false });
  const runs: QuarantineInput[] = [];
  for (const run of page.runs) {
    const scope = { tenant, workspace: run.workspace_id };
    if ((await policiesInForce(deps, scope)).enforced.policy.on_revocation !== 'quarantine') continue;
    runs.push({
      scope,
      component: run.component,
      assessment: run.assessment,
      testId: run.test_id,
      permitId: run.permit_id,
      bundleDigest: run.bundle_digest,
      cause: { orderId, keyId, reason },
    });
  }
  return { runs, next: page.next };
}

/** Which key, and why, stands in the order itself. */
async function revocation(deps: TrustDeps, tenant: string, orderId: string) {
  const row = await findOrder(deps.database, tenant, orderId);
  if (row === undefined) throw new CertusError('order_invalid', `there is no order ${orderId}`);
  return openEarlierOrder(deps, row.statement, { tenant, id: orderId, kind: 'revoke_key' }).action;
}
