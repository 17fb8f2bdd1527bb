import type { Finding, SeverityCounts } from '../../contracts/finding.ts';
import type { ToolRun } from '../../contracts/tool-run.ts';

/** What a rule may ask of the scan; every name here is also what a manifest's author is told when a name is wrong. */
export type RuleFacts = {
  readonly findings: readonly RuleFinding[];
  readonly new_findings: readonly RuleFinding[];
  readonly counts: Readonly<Record<keyof SeverityCounts, bigint>>;
  readonly new_counts: Readonly<Record<keyof SeverityCounts, bigint>>;
  readonly tools: readonly RuleTool[];
  /** Null without a bill of materials: a rule about components then has nothing to say, and has not passed. */
  readonly components: readonly RuleComponent[] | null;
  readonly scan: RuleScan;
};

/** Nothing is null, so that rules compare without asking first: what is not known is empty or nought. */
export type RuleFinding = {
  readonly fingerprint: string;
  readonly kind: string;
  readonly tool: string;
  readonly tools: readonly string[];
  readonly rule: string;
  readonly title: string;
  readonly severity: string;
  readonly score: number;
  readonly confidence: string;
  readonly message: string;
  readonly path: string;
  readonly line: bigint;
  readonly identifiers: readonly string[];
  readonly package: string;
  readonly package_version: string;
  readonly purl: string;
  readonly fixable: boolean;
  readonly suppressed: boolean;
  readonly is_new: boolean;
};

export type RuleTool = {
  readonly id: string;
  readonly version: string;
  readonly outcome: string;
  readonly required: boolean;
  readonly findings: bigint;
};

export type RuleComponent = {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly string[];
};

export type RuleScan = {
  readonly workspace: string;
  readonly component: string;
  readonly assessment: string;
  readonly profile: string;
  readonly source_type: string;
  readonly source: string;
  readonly branch: string;
  readonly tag: string;
  readonly commit: string;
  readonly requested_by: string;
};

/** A scan as a rule may meet it; also the list of what each thing has. */
export const EXAMPLE: RuleFacts = {
  findings: [exampleFinding()],
  new_findings: [exampleFinding()],
  counts: exampleCounts(),
  new_counts: exampleCounts(),
  tools: [{ id: 'secrets', version: '1', outcome: 'completed', required: false, findings: 1n }],
  components: [{ name: 'left-pad', version: '1.3.0', purl: 'pkg:npm/left-pad@1.3.0', licenses: ['MIT'] }],
  scan: {
    workspace: 'default',
    component: 'shop',
    assessment: 'default',
    profile: 'light',
    source_type: 'git',
    source: 'https://git.example/shop',
    branch: 'main',
    tag: '',
    commit: 'a'.repeat(40),
    requested_by: '',
  },
};

/** Messages may be long, and rules are many. */
const MAX_TEXT = 2000;

export const ruleFinding = (finding: Finding, isNew: boolean): RuleFinding => ({
  fingerprint: finding.fingerprint,
  kind: finding.kind,
  tool: finding.tool,
  tools: [...new Set(finding.sources.map(({ tool }) => tool))],
  rule: finding.rule,
  title: finding.title.slice(0, MAX_TEXT),
  severity: finding.severity,
  score: finding.score ?? 0,
  confidence: finding.confidence ?? '',
  message: finding.message.slice(0, MAX_TEXT),
  path: finding.location?.path ?? '',
  line: BigInt(finding.location?.start_line ?? 0),
  identifiers: finding.identifiers,
  package: finding.package?.name ?? '',
  package_version: finding.package?.version ?? '',
  purl: finding.package?.purl ?? '',
  fixable: finding.fix !== null,
  suppressed: finding.suppressed !== null,
  is_new: isNew,
});

export const ruleTool = ({ tool, version, outcome, required, findings }: ToolRun): RuleTool => ({
  id: tool,
  version: version ?? '',
  outcome,
  required,
  findings: BigInt(findings),
});

export const ruleCounts = (counts: SeverityCounts): RuleFacts['counts'] => ({
  critical: BigInt(counts.critical),
  high: BigInt(counts.high),
  medium: BigInt(counts.medium),
  low: BigInt(counts.low),
  info: BigInt(counts.info),
});

function exampleCounts(): RuleFacts['counts'] {
  return { critical: 0n, high: 1n, medium: 0n, low: 0n, info: 0n };
}

function exampleFinding(): RuleFinding {
  return {
    fingerprint: '0'.repeat(64),
    kind: 'vulnerability',
    tool: 'vulnerabilities',
    tools: ['vulnerabilities'],
    rule: 'GHSA-0000-0000-0000',
    title: 'title',
    severity: 'high',
    score: 7.5,
    confidence: 'high',
    message: 'message',
    path: 'package-lock.json',
    line: 1n,
    identifiers: ['CVE-2024-1'],
    package: 'left-pad',
    package_version: '1.3.0',
    purl: 'pkg:npm/left-pad@1.3.0',
    fixable: true,
    suppressed: false,
    is_new: true,
  };
}
