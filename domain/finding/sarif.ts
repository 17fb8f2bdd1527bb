import type { Finding, Location, Severity } from '../../contracts/finding.ts';

const LEVEL: Readonly<Record<Severity, string>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};
/** The scores that code hosts sort by, in the middle of each band. */
const SCORE: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  info: '0.0',
};

/** The findings of one tool as SARIF 2.1.0, which every code host and viewer reads. */
export function toSarif(
  tool: { readonly name: string; readonly version: string },
  findings: readonly Finding[],
): object {
  const rules = [...new Map(findings.map((finding) => [finding.rule, finding])).values()];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: tool.name, version: tool.version, rules: rules.map(toRule) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map(toResult),
      },
    ],
  };
}

const toRule = ({ rule, title, severity }: Finding) => ({
  id: rule,
  shortDescription: { text: title },
  defaultConfiguration: { level: LEVEL[severity] },
  properties: { 'security-severity': SCORE[severity], tags: ['security'] },
});

const toResult = ({ rule, severity, message, location, snippet, fingerprint }: Finding) => ({
  ruleId: rule,
  level: LEVEL[severity],
  message: { text: message },
  locations: location === null ? [] : [{ physicalLocation: toPhysicalLocation(location, snippet) }],
  partialFingerprints: { 'certus/v1': fingerprint },
});

const toPhysicalLocation = (location: Location, snippet: string | null) => ({
  artifactLocation: { uri: location.path.toWellFormed().split('/').map(encodeURIComponent).join('/') },
  ...(location.start_line === null ? {} : { region: toRegion(location, location.start_line, snippet) }),
});

const toRegion = (location: Location, startLine: number, snippet: string | null) => ({
  startLine,
  ...(location.start_column === null ? {} : { startColumn: location.start_column }),
  ...(location.end_line === null ? {} : { endLine: location.end_line }),
  ...(location.end_column === null ? {} : { endColumn: location.end_column }),
  ...(snippet === null ? {} : { snippet: { text: snippet } }),
});
