import { type Finding, type Location, SEVERITIES, type Severity } from '../../contracts/finding.ts';
import type { ToolRun } from '../../contracts/tool-run.ts';

/** What the log says of a tool besides its findings; one that found nothing has looked all the same. */
export type SarifTool = Pick<ToolRun, 'tool' | 'version' | 'outcome' | 'reason'>;

/**
 * Findings as SARIF 2.1.0, which every code host and viewer reads: one run a tool, each finding once, in the run of the
 * tool that speaks for it. Tools that did not complete say so in their invocation. Only what the standard's schema has a
 * place for, the rest as properties.
 */
export function toSarif(findings: readonly Finding[], tools: readonly SarifTool[] = []): object {
  const byTool = new Map<string, Finding[]>(tools.map(({ tool }) => [tool, []]));
  for (const finding of findings) {
    const others = byTool.get(finding.tool);
    if (others === undefined) byTool.set(finding.tool, [finding]);
    else others.push(finding);
  }
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [...byTool].map(([name, own]) =>
      toRun(
        name,
        own,
        tools.find(({ tool }) => tool === name),
      ),
    ),
  };
}

function toRun(name: string, findings: readonly Finding[], tool: SarifTool | undefined) {
  const rules = worstByRule(findings);
  const places = new Map([...rules.keys()].map((rule, at) => [rule, at]));
  return {
    tool: {
      driver: {
        name,
        ...(tool?.version == null ? {} : { version: tool.version }),
        rules: [...rules.values()].map(toRule),
      },
    },
    ...(tool === undefined ? {} : { invocations: [toInvocation(tool)] }),
    columnKind: 'utf16CodeUnits',
    results: findings.map((finding) => toResult(finding, places.get(finding.rule) ?? 0)),
  };
}

function worstByRule(findings: readonly Finding[]): Map<string, Finding> {
  const rules = new Map<string, Finding>();
  for (const finding of findings) {
    const known = rules.get(finding.rule);
    if (known === undefined || SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(known.severity))
      rules.set(finding.rule, finding);
  }
  return rules;
}

const toInvocation = ({ outcome, reason }: SarifTool) => ({
  executionSuccessful: outcome === 'completed' || outcome === 'not_relevant',
  ...(outcome === 'completed'
    ? {}
    : {
        toolExecutionNotifications: [
          { level: outcome === 'not_relevant' ? 'note' : 'error', message: { text: reason ?? outcome } },
        ],
      }),
});

const toRule = ({ rule, title, severity, score, identifiers, confidence }: Finding) => ({
  id: rule,
  shortDescription: { text: title },
  defaultConfiguration: { level: LEVEL[severity] },
  properties: {
    'security-severity': scoreText(score, severity),
    ...(confidence === null ? {} : { precision: confidence }),
    tags: [
      'security',
      ...identifiers.filter((id) => id.startsWith('CWE-')).map((id) => `external/cwe/${id.toLowerCase()}`),
    ],
  },
});

const LEVEL: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};
/** The bands that code hosts sort by, each with its middle. */
const BAND: Readonly<
  Record<Severity, { readonly from: number; readonly below: number; readonly middle: string }>
> = {
  critical: { from: 9, below: 11, middle: '9.5' },
  high: { from: 7, below: 9, middle: '8.0' },
  medium: { from: 4, below: 7, middle: '5.5' },
  low: { from: 0.1, below: 4, middle: '2.0' },
  info: { from: 0, below: 0.1, middle: '0.0' },
};

/** The tool's own score where it says the same as the severity, which several tools may have decided together. */
function scoreText(score: number | null, severity: Severity): string {
  const { from, below, middle } = BAND[severity];
  return score !== null && score >= from && score < below ? score.toFixed(1) : middle;
}

function toResult(finding: Finding, ruleIndex: number) {
  const { location, snippet, suppressed, flows, related_locations: related } = finding;
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: LEVEL[finding.severity],
    message: { text: finding.message },
    locations: location === null ? [] : [{ physicalLocation: toPhysicalLocation(location, snippet) }],
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((place, id) => ({
            id,
            physicalLocation: toPhysicalLocation(place, null),
          })),
        }),
    ...(flows.length === 0 ? {} : { codeFlows: flows.map(toCodeFlow) }),
    ...(suppressed === null ? {} : { suppressions: [toSuppression(suppressed)] }),
    partialFingerprints: { 'certus/v1': finding.fingerprint },
    properties: toProperties(finding),
  };
}

const toSuppression = ({ kind, justification }: NonNullable<Finding['suppressed']>) => ({
  kind: kind === 'in_source' ? 'inSource' : 'external',
  status: 'accepted',
  ...(justification === null ? {} : { justification }),
});

const toCodeFlow = (steps: readonly Location[]) => ({
  threadFlows: [
    {
      locations: steps.map((place) => ({ location: { physicalLocation: toPhysicalLocation(place, null) } })),
    },
  ],
});

const toProperties = (finding: Finding) => ({
  'security-severity': scoreText(finding.score, finding.severity),
  severity: finding.severity,
  kind: finding.kind,
  ...(finding.confidence === null ? {} : { confidence: finding.confidence }),
  ...(finding.identifiers.length === 0 ? {} : { identifiers: finding.identifiers }),
  ...(finding.package === null ? {} : { package: finding.package }),
  ...(finding.fix === null ? {} : { fix: finding.fix }),
  ...(finding.sources.length < 2 ? {} : { sources: finding.sources }),
});

const toPhysicalLocation = (location: Location, snippet: string | null) => ({
  artifactLocation: { uri: toUri(location.path) },
  ...(location.start_line === null ? {} : { region: toRegion(location, location.start_line, snippet) }),
});

/** The target of a running scan is an address already; everything else is a path, whatever it looks like. */
const toUri = (path: string): string =>
  /^https?:\/\//.test(path) && URL.canParse(path)
    ? new URL(path).href
    : path.toWellFormed().split('/').map(encodeURIComponent).join('/');

const toRegion = (location: Location, startLine: number, snippet: string | null) => ({
  startLine,
  ...(location.start_column === null ? {} : { startColumn: location.start_column }),
  ...(location.end_line === null ? {} : { endLine: location.end_line }),
  ...(location.end_column === null ? {} : { endColumn: location.end_column }),
  ...(snippet === null ? {} : { snippet: { text: snippet } }),
});
