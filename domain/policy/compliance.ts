import type {
  ComplianceDocument,
  ComplianceOutcome,
  ControlResult,
  ControlTestResult,
} from '../../contracts/compliance.ts';
import type { Finding, SeverityCounts } from '../../contracts/finding.ts';
import type { Compliance, ControlTest } from '../../contracts/manifest.ts';
import { sameName } from '../../contracts/profile-name.ts';
import { hasLooked, type ToolRun } from '../../contracts/tool-run.ts';
import { countSeverities } from './count-severities.ts';
import { exceeded } from './exceeded.ts';
import { why } from './required-tools.ts';

export type ComplianceFacts = {
  readonly testId: string;
  readonly profile: string;
  readonly gatePassed: boolean;
  /** Every finding that nobody has answered for: a control speaks of the product, not of what is new in it. */
  readonly findings: readonly Finding[];
  readonly toolRuns: readonly ToolRun[];
  /** Every file of the bundle. */
  readonly paths: ReadonlySet<string>;
  readonly generatedAt: string;
};

/** What the scan says about each control that the manifest names. */
export function complianceOutcome(
  compliance: readonly Compliance[],
  facts: ComplianceFacts,
): ComplianceDocument {
  return {
    schema: 'https://certus.dev/compliance/v1',
    test_id: facts.testId,
    profile: facts.profile,
    generated_at: facts.generatedAt,
    outcomes: compliance.map(({ name, description, controls }) => {
      const results = controls.map(({ framework, controlId, tests }): ControlResult => {
        const tested = tests.map((test) => runTest(test, facts));
        return { framework, control_id: controlId, outcome: worst(tested), tests: tested };
      });
      return { name, description: description ?? null, outcome: worst(results), controls: results };
    }),
  };
}

const worst = (results: readonly { outcome: ComplianceOutcome }[]): ComplianceOutcome =>
  (['failed', 'not_evaluated'] as const).find((bad) => results.some(({ outcome }) => outcome === bad)) ??
  'passed';

function runTest(test: ControlTest, facts: ComplianceFacts): ControlTestResult {
  const evidence = test.evidence.map((name) => ({ name, ...find(name, facts) }));
  const judged = judge(test, evidence, facts);
  return {
    name: test.name,
    description: test.description ?? null,
    ...judged,
    linked_profile: test.linkedProfile ?? null,
    threshold: test.threshold ?? null,
    evidence: evidence.map(({ name, present }) => ({ name, present })),
  };
}

type Found = { readonly present: boolean; readonly reason: string };

function judge(
  { linkedProfile, threshold, evidence: names }: ControlTest,
  evidence: readonly Found[],
  facts: ComplianceFacts,
): Pick<ControlTestResult, 'outcome' | 'reasons'> {
  if (linkedProfile !== undefined && sameName(linkedProfile) !== sameName(facts.profile))
    return {
      outcome: 'not_evaluated',
      reasons: [`profile ${linkedProfile} did not run; this was ${facts.profile}`],
    };
  const faults = [
    ...exceeded(counted(names, facts), threshold ?? {}),
    ...evidence.filter(({ present }) => !present).map(({ reason }) => reason),
  ];
  if (faults.length > 0) return { outcome: 'failed', reasons: faults };
  if (threshold !== undefined || evidence.length > 0) return { outcome: 'passed', reasons: [] };
  if (linkedProfile === undefined)
    return { outcome: 'not_evaluated', reasons: ['the test names no threshold, no evidence and no profile'] };
  return facts.gatePassed
    ? { outcome: 'passed', reasons: [] }
    : { outcome: 'failed', reasons: [`the gate of profile ${facts.profile} failed`] };
}

/** A test that rests on tools counts what these saw; one that names none, everything. */
function counted(evidence: readonly string[], { findings, toolRuns }: ComplianceFacts): SeverityCounts {
  const tools = new Set<string>(toolRuns.map(({ tool }) => tool).filter((tool) => evidence.includes(tool)));
  if (tools.size === 0) return countSeverities(findings);
  return countSeverities(findings.filter(({ sources }) => sources.some(({ tool }) => tools.has(tool))));
}

/** Evidence is a tool that has looked, or a file of the bundle. */
function find(name: string, { toolRuns, paths }: ComplianceFacts): Found {
  const run = toolRuns.find(({ tool }) => tool === name);
  if (run !== undefined) return { present: hasLooked(run), reason: `${name} ${run.outcome}: ${why(run)}` };
  return { present: paths.has(name), reason: `no tool ran and no file of the bundle lies at ${name}` };
}
