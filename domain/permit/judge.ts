import type { DenialReason, Violation } from '../../contracts/denial.ts';
import type { Fault, PermitFacts } from '../../contracts/permission.ts';
import type { Destination, Tier, TrustPolicy } from '../../contracts/trust-policy.ts';
import { CLOCK_TOLERANCE_MS } from '../custody/clock-tolerance.ts';
import { oneLine } from '../text/one-line.ts';
import { fault } from './denial-reason.ts';
import { brokenRules, type Considered } from './policy-rules.ts';

export type Asked = {
  readonly tier: Tier;
  readonly destinations: readonly Destination[];
  readonly at: Date;
};

export type Judgement = {
  readonly permitted: boolean;
  readonly tier: Tier;
  readonly destinations: readonly Destination[];
  readonly reason: DenialReason | null;
  readonly detail: string | null;
  readonly violations: readonly Violation[];
};

/**
 * The answer of a policy to the facts. A tier that is asked for is only ever raised, and what always holds is asked before
 * any rule: no policy and no exception lets through what is not what it claims to be.
 */
export function judge(policy: TrustPolicy, considered: Considered, asked: Asked): Judgement {
  const tier = policy.minimum_tier === 'verified' ? 'verified' : asked.tier;
  const destinations = asked.destinations.filter((it) => policy.destinations.includes(it));
  const answer = { tier, destinations, violations: [] };
  const stands = faultFor(tier, policy, considered.facts, asked.at);
  if (stands !== null) return { ...answer, permitted: false, reason: stands.reason, detail: stands.message };
  const violations = [
    ...(destinations.length > 0 ? [] : [NOWHERE]),
    ...(tier === 'verified' ? brokenRules(policy, considered, asked.at) : []),
  ];
  if (violations.length === 0) return { ...answer, permitted: true, reason: null, detail: null };
  const detail = oneLine(violations.map(({ message }) => message).join('; '), 1000);
  return { ...answer, permitted: false, reason: 'policy_violation', detail, violations };
}

const NOWHERE: Violation = {
  rule: 'destinations',
  message: 'the policy allows no destination that was asked for',
};

function faultFor(tier: Tier, policy: TrustPolicy, facts: PermitFacts, at: Date): Fault | null {
  const hashes = facts.integrity ?? facts.request;
  if (hashes !== null || tier === 'basic') return hashes;
  return facts.signature ?? ageFault(facts, policy, at);
}

function ageFault({ finished_on, max_age_hours }: PermitFacts, policy: TrustPolicy, at: Date): Fault | null {
  if (finished_on === null) return fault('evidence_invalid', 'the evidence does not say when it was made');
  const age = at.getTime() - Date.parse(finished_on);
  if (age < -CLOCK_TOLERANCE_MS)
    return fault('evidence_expired', 'the evidence claims to be from the future');
  const limit = policy.max_age_hours ?? max_age_hours;
  return age > limit * HOUR ? fault('evidence_expired', `the evidence is older than ${limit} hours`) : null;
}

const HOUR = 3_600_000;
