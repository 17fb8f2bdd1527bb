import type { Bypass } from '../../../contracts/denial.ts';
import { CertusError } from '../../../contracts/errors.ts';
import { permitStatement } from '../../../domain/custody/permit-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { type PolicyInForce, policyUri } from '../../../domain/permit/default-policy.ts';
import type { Judgement } from '../../../domain/permit/judge.ts';
import type { NewPermit } from '../../../services/database/permits.ts';
import type { TrustDeps } from '../deps.ts';
import type { Gathered, Question } from './gather-facts.ts';

export type Decision = {
  readonly id: string;
  readonly ground: string;
  readonly question: Question;
  readonly gathered: Gathered;
  readonly policy: PolicyInForce;
  readonly judgement: Judgement;
  readonly bypass?: Bypass;
  readonly decidedAt: Date;
  readonly expiresAt: Date;
};

/** The row of a decision, with the signed statement when it is a yes. */
export async function toRecord(deps: TrustDeps, decision: Decision): Promise<NewPermit> {
  const { id, ground, question, gathered, policy, judgement, bypass = null, decidedAt } = decision;
  const statement = judgement.permitted ? await sealed(deps, decision) : null;
  return {
    id,
    ground,
    testId: question.testId,
    bundleDigest: question.digest,
    tier: judgement.tier,
    permitted: judgement.permitted,
    reason: judgement.reason,
    detail: judgement.detail,
    violations: judgement.violations,
    facts: gathered.facts,
    shadow: null,
    bypass,
    policyDigest: policy.digest,
    statement,
    decidedAt,
    expiresAt: statement === null ? null : decision.expiresAt,
  };
}

function sealed(deps: TrustDeps, decision: Decision): Promise<Uint8Array> {
  const { gathered, question, judgement, policy } = decision;
  // the hashes are asked for whatever the policy, the tier or the administrator says
  if (gathered.bundle === undefined || gathered.facts.integrity !== null)
    throw new CertusError('internal_error', 'a permit was about to be given for what does not hold');
  const statement = permitStatement({
    id: decision.id,
    evidence: gathered.bundle,
    tier: judgement.tier,
    bypass: decision.bypass,
    destinations: judgement.destinations,
    policy: { uri: policyUri(policy, question.scope.tenant), digest: policy.digest },
    counted: judgement.tier === 'verified' ? gathered.counted : [],
    version: deps.version,
    decidedAt: decision.decidedAt,
    expiresAt: decision.expiresAt,
  });
  return sealStatement(statement, deps.permitSigner);
}
