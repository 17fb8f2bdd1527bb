import { type Finding, SEVERITIES } from '../../../contracts/finding.ts';

/** Several findings of one issue as one: the first speaks, the others fill what it leaves unsaid, the worst weighs. */
export function oneOf(members: readonly Finding[]): Finding {
  const [first] = members as readonly [Finding, ...Finding[]];
  if (members.length === 1) return first;
  const worst = members.reduce((a, b) =>
    SEVERITIES.indexOf(b.severity) < SEVERITIES.indexOf(a.severity) ? b : a,
  );
  const given = <K extends keyof Finding>(key: K): Finding[K] =>
    members.map((member) => member[key]).find((value) => value !== null) ?? first[key];
  const longest = <K extends 'flows' | 'related_locations'>(key: K): Finding[K] =>
    members.map((member) => member[key]).find((list) => list.length > 0) ?? first[key];
  const scores = members.map(({ score }) => score).filter((score) => score !== null);
  return {
    ...first,
    severity: worst.severity,
    source_severity: worst.source_severity,
    score: scores.length === 0 ? null : Math.max(...scores),
    confidence: given('confidence'),
    location: given('location'),
    snippet: given('snippet'),
    related_locations: longest('related_locations'),
    flows: longest('flows'),
    identifiers: [...new Set(members.flatMap(({ identifiers }) => identifiers))].sort(),
    package: packageOf(members),
    fix: given('fix'),
    // one tool's "meant to be so" does not speak for another that still complains
    suppressed: members.every(({ suppressed }) => suppressed !== null) ? first.suppressed : null,
    sources: sourcesOf(members),
  };
}

function packageOf(members: readonly Finding[]): Finding['package'] {
  const known = members.map((member) => member.package).filter((packaged) => packaged !== null);
  const [first] = known;
  if (first === undefined) return null;
  return {
    name: first.name,
    version: known.find(({ version }) => version !== null)?.version ?? null,
    purl: known.find(({ purl }) => purl !== null)?.purl ?? null,
  };
}

function sourcesOf(members: readonly Finding[]): Finding['sources'] {
  const sources = new Map(
    members
      .flatMap((member) => member.sources)
      .map((source) => [JSON.stringify([source.tool, source.rule, source.fingerprint]), source] as const),
  );
  return [...sources.values()];
}
