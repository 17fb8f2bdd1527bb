import type { PolicyResult, RuleResult } from '../../contracts/bundle.ts';
import type { Finding } from '../../contracts/finding.ts';
import { SEVERITIES, type SeverityCounts } from '../../contracts/finding.ts';
import type { Profile, Thresholds } from '../../contracts/manifest.ts';
import type { Notice } from '../../contracts/scan.ts';
import type { ToolRun } from '../../contracts/tool-run.ts';
import type { Change, ChangeCounts, Triage } from '../../contracts/triage.ts';
import { countSeverities } from './count-severities.ts';
import { deniedLicenses } from './denied-licenses.ts';
import { missingTools } from './required-tools.ts';
import { sortOut } from './sort-out.ts';

/** The scan that tells new findings from old ones, and how today's stand to it. */
export type ComparedWith = {
  readonly testId: string;
  readonly changes: ReadonlyMap<string, Change>;
  readonly counts: ChangeCounts;
};

export type GateFacts = {
  readonly findings: readonly Finding[];
  readonly profile: Profile;
  readonly toolRuns: readonly ToolRun[];
  readonly baseline: ComparedWith | null;
  readonly triage: ReadonlyMap<string, Triage>;
  /** The time that decisions with an end are held against. */
  readonly now: string;
};

export type Judgement = { readonly policy: PolicyResult; readonly notices: readonly Notice[] };

/** Holds what was found against the profile. The scan itself completes either way: the verdict is data. */
export function gate({ findings, profile, toolRuns, baseline, triage, now }: GateFacts): Judgement {
  const sorted = sortOut({ findings, profile, changes: baseline?.changes ?? null, triage, now });
  const counted = countSeverities(sorted.counted);
  const rules: RuleResult[] = [];
  const violations = [
    ...exceeded(counted, profile.thresholds),
    ...missingTools(profile, toolRuns),
    ...deniedLicenses(profile, sorted.inForce, toolRuns),
    ...rules.filter(({ passed }) => !passed).map(({ name, message }) => `rule ${name}: ${message}`),
  ];
  const policy: PolicyResult = {
    passed: violations.length === 0,
    profile: profile.name,
    gate_on: profile.gateOn,
    suppressions: profile.suppressions,
    thresholds: profile.thresholds,
    counts: countSeverities(findings),
    counted,
    set_aside: sorted.setAside,
    baseline: baseline?.testId ?? null,
    changes: baseline?.counts ?? null,
    rules,
    violations,
  };
  return { policy, notices: sorted.notices };
}

/** What is over its limit, worst first. */
export function exceeded(counts: SeverityCounts, thresholds: Thresholds): string[] {
  return SEVERITIES.flatMap((severity) => {
    const limit = severity === 'info' ? undefined : thresholds[severity];
    const count = counts[severity];
    return limit !== undefined && count > limit
      ? [`${severity} findings exceeded threshold (${count} > ${limit})`]
      : [];
  });
}
