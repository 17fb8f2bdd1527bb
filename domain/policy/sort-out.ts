import type { PolicyResult } from '../../contracts/bundle.ts';
import type { Finding } from '../../contracts/finding.ts';
import type { Profile } from '../../contracts/manifest.ts';
import type { Notice } from '../../contracts/scan.ts';
import type { Change, Triage } from '../../contracts/triage.ts';
import { newestDecision } from '../finding/newest-decision.ts';

export type Standing = {
  readonly findings: readonly Finding[];
  readonly profile: Pick<Profile, 'gateOn' | 'suppressions'>;
  /** How each finding stands to the baseline, by fingerprint; null when there is none, and everything is new. */
  readonly changes: ReadonlyMap<string, Change> | null;
  /** Those that the baseline had with a lesser severity, by fingerprint: what it let pass was something else. */
  readonly worsened: ReadonlySet<string>;
  /** Decisions in force by fingerprint, the newest first. */
  readonly triage: ReadonlyMap<string, Triage>;
  readonly now: string;
};

export type SortedOut = {
  /** Neither a person nor, where it may, the code has spoken for these. */
  readonly inForce: readonly Finding[];
  readonly isNew: (finding: Finding) => boolean;
  /** Of those in force, the ones that are held against the thresholds. */
  readonly counted: readonly Finding[];
  readonly setAside: PolicyResult['set_aside'];
  /** What somebody reading the verdict would otherwise stumble over. */
  readonly notices: readonly Notice[];
};

/** Tells the findings that a gate holds against the thresholds from those that somebody has answered for. */
export function sortOut({ findings, profile, changes, worsened, triage, now }: Standing): SortedOut {
  const setAside = { false_positive: 0, accepted: 0, suppressed: 0, not_new: 0 };
  const still = { suppressed: 0, lapsed: 0, notFixed: 0, worsened: 0 };
  const inForce: Finding[] = [];
  const counted: Finding[] = [];
  const isUnknown = ({ fingerprint }: Finding) => (changes?.get(fingerprint) ?? 'new') === 'new';
  const isNew = (finding: Finding) => isUnknown(finding) || worsened.has(finding.fingerprint);
  const decisionOn = newestDecision(triage.values());
  for (const finding of findings) {
    const decision = decisionOn(finding);
    if (decision?.state === 'false_positive') {
      setAside.false_positive += 1;
      continue;
    }
    if (decision?.state === 'accepted' && holds(decision, now)) {
      setAside.accepted += 1;
      continue;
    }
    if (finding.suppressed !== null && profile.suppressions === 'set_aside') {
      setAside.suppressed += 1;
      continue;
    }
    inForce.push(finding);
    // what a person has opened again, or accepted until a date that has passed, counts however old it is
    if (profile.gateOn === 'new' && !isNew(finding) && decision === undefined) {
      setAside.not_new += 1;
      continue;
    }
    counted.push(finding);
    if (profile.gateOn === 'new' && !isUnknown(finding)) still.worsened += 1;
    if (finding.suppressed !== null) still.suppressed += 1;
    if (decision?.state === 'accepted') still.lapsed += 1;
    if (decision?.state === 'fixed') still.notFixed += 1;
  }
  return { inForce, isNew, counted, setAside, notices: notices(still) };
}

/** A date that cannot be read is a date that has passed. */
const holds = ({ until }: Triage, now: string): boolean =>
  until === null || Date.parse(until) > Date.parse(now);

type Still = Record<'suppressed' | 'lapsed' | 'notFixed' | 'worsened', number>;

function notices(still: Still): Notice[] {
  const said: [number, string, string][] = [
    [still.suppressed, 'suppressions_counted', 'suppressed in the code or beside it, and count all the same'],
    [still.lapsed, 'acceptance_lapsed', 'accepted until a date that has passed, and count again'],
    [still.worsened, 'severity_rose', 'known, but are worse than they were, and count as new'],
    [still.notFixed, 'fixed_but_found', 'declared fixed, were found again, and count'],
  ];
  return said
    .filter(([count]) => count > 0)
    .map(([count, code, words]) => ({ code, message: `findings that were ${words}: ${count}` }));
}
