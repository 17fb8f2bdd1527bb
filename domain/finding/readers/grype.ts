import { DRAFT_DEFAULTS, type FindingDraft } from '../draft.ts';
import { canonicalAdvisory, identifiersIn } from '../reading/identifiers.ts';
import { isObject, type JsonObject, listOf, numberOf, objectOf, textOf } from '../reading/json-values.ts';
import { scoreOf, severityOfScore, severityOfWord } from '../reading/severity-scale.ts';
import { draftsOf, inFile, type NativeReader, type ReaderContext, unlike } from './native-reader.ts';

export const readGrype: NativeReader = (report, context) => {
  if (!isObject(report) || !Array.isArray(report.matches)) throw unlike('grype');
  const drafts = [
    ...draftsOf(report.matches, 'matches', context, (match) => draftOf(match, context, false)),
    ...draftsOf(report.ignoredMatches, 'ignoredMatches', context, (match) => draftOf(match, context, true)),
  ];
  return { drafts, toolVersion: textOf(objectOf(report.descriptor).version) ?? null };
};

function draftOf(
  match: JsonObject,
  { tool, path }: ReaderContext,
  ignored: boolean,
): FindingDraft | undefined {
  const vulnerability = objectOf(match.vulnerability);
  const artifact = objectOf(match.artifact);
  const [id, name] = [textOf(vulnerability.id), textOf(artifact.name)];
  if (id === undefined || name === undefined) return undefined;
  const related = listOf(match.relatedVulnerabilities).map(objectOf);
  const identifiers = identifiersIn(
    [vulnerability, ...related].flatMap((entry) => [textOf(entry.id) ?? '', ...cwes(entry)]),
  );
  const rule = canonicalAdvisory(identifiers) ?? id;
  const file = textOf(objectOf(listOf(artifact.locations)[0]).path);
  const fixes = listOf(objectOf(vulnerability.fix).versions).filter((text) => typeof text === 'string');
  const [reason] = listOf(match.appliedIgnoreRules).map(objectOf);
  const severity = textOf(vulnerability.severity);
  const score = bestScore([vulnerability, ...related]);
  return {
    ...DRAFT_DEFAULTS,
    kind: 'vulnerability',
    tool,
    rule,
    title: `${rule} in ${name}`,
    severity: severityOfWord(severity) ?? (score === null ? 'medium' : severityOfScore(score)),
    source_severity: severity ?? null,
    score,
    message:
      textOf(vulnerability.description) ??
      related.map(({ description }) => textOf(description)).find((text) => text !== undefined) ??
      `${name} has the known vulnerability ${rule}`,
    // the leading slash is the root of what was looked at
    location: file === undefined ? null : inFile(path(file).replace(/^\/+/, '')),
    identifiers,
    package: { name, version: textOf(artifact.version) ?? null, purl: textOf(artifact.purl) ?? null },
    fix: fixes.length === 0 ? null : `Upgrade ${name} to ${fixes.join(' or ')}`,
    suppressed: ignored
      ? {
          kind: 'external',
          justification: textOf(reason?.reason) ?? textOf(reason?.['vex-justification']) ?? null,
        }
      : null,
  };
}

const cwes = (entry: JsonObject): string[] =>
  listOf(entry.cwes).map((cwe) => textOf(objectOf(cwe).cwe) ?? '');

function bestScore(entries: readonly JsonObject[]): number | null {
  const scores = entries
    .flatMap(({ cvss }) => listOf(cvss))
    .map((cvss) => scoreOf(numberOf(objectOf(objectOf(cvss).metrics).baseScore)))
    .filter((score) => score !== null);
  return scores.length === 0 ? null : Math.max(...scores);
}
