import type { PolicyResult } from '../../contracts/bundle.ts';
import type { Finding } from '../../contracts/finding.ts';
import type { Profile } from '../../contracts/manifest.ts';
import type { ToolRun } from '../../contracts/tool-run.ts';
import type { Change, ChangeCounts, Triage } from '../../contracts/triage.ts';
import { countSeverities } from './count-severities.ts';
import { deniedLicenses } from './denied-licenses.ts';
import { exceeded } from './exceeded.ts';
import { missingTools } from './required-tools.ts';
import {
  type RuleComponent,
  type RuleFacts,
  type RuleScan,
  ruleCounts,
  ruleFinding,
  ruleTool,
} from './rule-facts.ts';
import { evaluateRules } from './rules.ts';
import { type SortedOut, sortOut } from './sort-out.ts';

/** The scan that tells new findings from old ones, and how today's stand to it. */
export type ComparedWith = {
  readonly testId: string;
  readonly changes: ReadonlyMap<string, Change>;
  /** By the name it has now: what was let pass when it was less severe. */
  readonly worsened: ReadonlySet<string>;
  readonly counts: ChangeCounts;
};

export type GateFacts = {
  readonly findings: readonly Finding[];
  readonly profile: Profile;
  readonly toolRuns: readonly ToolRun[];
  readonly baseline: ComparedWith | null;
  /** Decisions in force by fingerprint, the newest first. */
  readonly triage: ReadonlyMap<string, Triage>;
  /** The time that decisions with an end are held against. */
  readonly now: string;
  /** What rules may ask of the run besides its findings. */
  readonly scan: RuleScan;
  readonly components: readonly RuleComponent[] | null;
};

export type Judgement = SortedOut & {
  readonly policy: PolicyResult;
};

/** Holds what was found against the profile. The scan itself completes either way: the verdict is data. */
export function gate(facts: GateFacts): Judgement {
  const { findings, profile, toolRuns, baseline, triage, now } = facts;
  const { changes = null, worsened = new Set<string>() } = baseline ?? {};
  const sorted = sortOut({ findings, profile, changes, worsened, triage, now });
  const counted = countSeverities(sorted.counted);
  const rules = profile.rules.length === 0 ? [] : evaluateRules(profile.rules, ruleFacts(facts, sorted));
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
  return { ...sorted, policy };
}

function ruleFacts({ toolRuns, scan, components }: GateFacts, { inForce, isNew }: SortedOut): RuleFacts {
  const findings = inForce.map((finding) => ruleFinding(finding, isNew(finding)));
  const fresh = inForce.filter(isNew);
  return {
    findings,
    new_findings: findings.filter(({ is_new }) => is_new),
    counts: ruleCounts(countSeverities(inForce)),
    new_counts: ruleCounts(countSeverities(fresh)),
    tools: toolRuns.map(ruleTool),
    components,
    scan,
  };
}
