import { CertusError } from '../../../contracts/errors.ts';
import { rawPrefix } from '../../../contracts/object-keys.ts';
import type { Order } from '../../../contracts/orders.ts';
import type { BreakGlass } from '../../../contracts/permission.ts';
import { judge } from '../../../domain/permit/judge.ts';
import { permitIdOf } from '../../../domain/permit/permit-id.ts';
import { findDecision, type NewPermit, recordPermit } from '../../../services/database/permits.ts';
import { tenantKeys } from '../../../services/keys/tenant-keys.ts';
import type { TrustDeps } from '../deps.ts';
import type { ActionHandler } from '../orders/action-handler.ts';
import { gatherFacts } from './gather-facts.ts';
import { toRecord } from './give-permit.ts';
import { logDecision } from './log-decision.ts';
import { policiesInForce } from './policies-in-force.ts';

/**
 * An administrator takes it upon themselves. What cannot be waived is that the files are the ones the bundle lists; what
 * the rules would have said stands in the permit, for everybody who meets the bundle.
 */
export const breakGlass: ActionHandler<'break_glass'> = async (deps, order, action) => {
  const scope = { tenant: order.tenant, workspace: action.workspace };
  const { test_id: testId, bundle_digest: bundleDigest } = action;
  const known = await findDecision(deps.database, scope, { testId, bundleDigest, ground: order.id });
  const row = known ?? (await recordPermit(deps.database, scope, await bypass(deps, order, action)));
  await logDecision(deps, scope, row);
  return {
    permit_id: row.id,
    test_id: row.testId,
    bundle_digest: row.bundleDigest,
    expires_at: row.expiresAt?.toISOString() ?? null,
  };
};

const LONGEST_MS = 30 * 24 * 3_600_000;

async function bypass(deps: TrustDeps, order: Order, action: BreakGlass): Promise<NewPermit> {
  const { tenant } = order;
  const scope = { tenant, workspace: action.workspace };
  const decidedAt = deps.now();
  const expiresAt = new Date(action.until);
  const lasts = expiresAt.getTime() - decidedAt.getTime();
  if (lasts <= 0) throw new CertusError('order_expired', 'the time until which it was meant has passed');
  if (lasts > LONGEST_MS) throw new CertusError('order_invalid', 'no bypass lasts longer than 30 days');
  const [keySet, { enforced }] = await Promise.all([
    tenantKeys(deps.database, deps.keySet, tenant),
    policiesInForce(deps, scope),
  ]);
  const question = {
    scope,
    testId: action.test_id,
    prefix: rawPrefix(scope, action.test_id),
    digest: action.bundle_digest,
    ask: undefined,
  };
  const gathered = await gatherFacts(deps, keySet, question, decidedAt);
  const { facts, bundle } = gathered;
  if (facts.integrity !== null || bundle === undefined)
    throw new CertusError('digest_mismatch', `no bypass for what does not hold: ${facts.integrity?.message}`);
  const asked = { tier: 'verified', destinations: action.destinations, at: decidedAt } as const;
  const { reason, violations } = judge(enforced.policy, gathered, asked);
  return toRecord(deps, {
    id: permitIdOf(scope, action.test_id, bundle.bundleDigest, order.id),
    ground: order.id,
    question,
    gathered,
    policy: enforced,
    judgement: {
      permitted: true,
      tier: 'basic',
      destinations: [...new Set(action.destinations)],
      reason: null,
      detail: null,
      violations: [],
    },
    bypass: {
      order_id: order.id,
      by: order.by,
      reason: action.reason,
      until: action.until,
      instead_of: { reason, violations: [...violations] },
    },
    decidedAt,
    expiresAt,
  });
}
