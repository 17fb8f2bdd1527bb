import { randomBytes } from 'node:crypto';
import { CertusError } from '../../../contracts/errors.ts';
import type { ShadowJudgement } from '../../../contracts/permission.ts';
import type {
  BundleReference,
  PermitAsk,
  PermitDecision,
  RunIdentity,
} from '../../../contracts/workflows.ts';
import type { PolicyInForce } from '../../../domain/permit/default-policy.ts';
import { type Asked, judge } from '../../../domain/permit/judge.ts';
import { permitIdOf, RUN_GROUND } from '../../../domain/permit/permit-id.ts';
import { findDecision, type NewPermit, recordPermit } from '../../../services/database/permits.ts';
import { tenantKeys } from '../../../services/keys/tenant-keys.ts';
import type { TrustDeps } from '../deps.ts';
import { noteDigests } from '../known/note-digests.ts';
import { type Gathered, gatherFacts, type Question } from './gather-facts.ts';
import { toRecord } from './give-permit.ts';
import { logDecision } from './log-decision.ts';
import { policiesInForce } from './policies-in-force.ts';

/**
 * Verifies everything itself and decides once: asked again on the same ground, it answers with its first decision. A crash
 * between the decision, its row and the log is completed by the next attempt. A yes of the run's own that expires before it
 * is used stays its answer; the way on is to ask on another ground.
 */
export async function decidePermit(
  deps: TrustDeps,
  { scope, testId }: RunIdentity,
  bundle: BundleReference,
  ask?: PermitAsk,
): Promise<PermitDecision> {
  const ground = groundOf(ask);
  const known = await findDecision(deps.database, scope, { testId, bundleDigest: bundle.digest, ground });
  const question = { scope, testId, ...bundle, ask };
  const row = known ?? (await recordPermit(deps.database, scope, await decide(deps, question, ground)));
  await logDecision(deps, scope, row);
  return { permitId: row.id, permitted: row.permitted, reason: row.reason };
}

/** A question of somebody else must not be answered where a run or an administrator will look for their own answer. */
function groundOf(ask: PermitAsk | undefined): string {
  if (ask === undefined) return RUN_GROUND;
  if (ask.ground === RUN_GROUND || ask.ground.startsWith('order_'))
    throw new CertusError('invalid_request', `${ask.ground} is not the ground of a request`);
  return ask.ground;
}

const HOUR = 3_600_000;

async function decide(
  deps: TrustDeps,
  question: Question & { readonly digest: string },
  ground: string,
): Promise<NewPermit> {
  const { scope, testId, ask } = question;
  const decidedAt = deps.now();
  const keys = tenantKeys(deps.database, deps.keySet, scope.tenant);
  const [{ enforced, shadow }, gathered] = await Promise.all([
    policiesInForce(deps, scope),
    gatherFacts(deps, keys, question, decidedAt),
  ]);
  await noteDigests(deps, question, gathered);
  const asked: Asked = {
    tier: ask?.tier ?? 'verified',
    destinations: ask?.destinations ?? ['golden', 'oci'],
    at: decidedAt,
  };
  const hours = enforced.policy.permit_hours;
  const lifetime = hours === undefined ? deps.permitLifetimeMs : hours * HOUR;
  const record = await toRecord(deps, {
    // of a question that somebody asked the id was known before
    id:
      ask === undefined
        ? `permit_${randomBytes(16).toString('hex')}`
        : permitIdOf(scope, testId, question.digest, ground),
    ground,
    question,
    gathered,
    policy: enforced,
    judgement: judge(enforced.policy, gathered, asked),
    decidedAt,
    expiresAt: new Date(decidedAt.getTime() + lifetime),
  });
  return { ...record, shadow: shadow === undefined ? null : inShadow(shadow, gathered, asked) };
}

/** What a policy that is only tried would have said. */
function inShadow({ policy, digest }: PolicyInForce, gathered: Gathered, asked: Asked): ShadowJudgement {
  const { permitted, reason, violations } = judge(policy, gathered, asked);
  return { policy_digest: digest, permitted, reason, violations: [...violations] };
}
