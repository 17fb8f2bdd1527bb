import { DRAFT_DEFAULTS, type FindingDraft } from '../draft.ts';
import { concealed } from '../reading/conceal.ts';
import { canonicalAdvisory, identifiersIn } from '../reading/identifiers.ts';
import { isObject, type JsonObject, listOf, numberOf, objectOf, textOf } from '../reading/json-values.ts';
import { scoreOf, severityOfScore, severityOfWord } from '../reading/severity-scale.ts';
import { inFile, type NativeReader, type ReaderContext, unlike } from './native-reader.ts';

/** Advisories of several databases about one vulnerability come as a group, which is one finding. */
export const readOsvScanner: NativeReader = (report, context) => {
  if (!isObject(report) || !(Array.isArray(report.results) || report.results === null))
    throw unlike('osv-scanner');
  const drafts = listOf(report.results).flatMap((result, at) => {
    const source = textOf(objectOf(objectOf(result).source).path);
    return listOf(objectOf(result).packages).flatMap((entry, index) => {
      const name = textOf(objectOf(objectOf(entry).package).name);
      if (source !== undefined && name !== undefined)
        return ofPackage(objectOf(entry), name, source, context);
      context.problems.add(
        'malformed_result',
        'the package has no name or no file',
        `results[${at}].packages[${index}]`,
      );
      return [];
    });
  });
  return { drafts, toolVersion: null };
};

function ofPackage(entry: JsonObject, name: string, source: string, context: ReaderContext): FindingDraft[] {
  const { version, ecosystem } = objectOf(entry.package);
  const advisories = listOf(entry.vulnerabilities).map(objectOf);
  const byId = new Map(advisories.map((advisory) => [advisory.id, advisory]));
  const grouped = listOf(entry.groups).map(objectOf);
  const named = new Set(grouped.flatMap(({ ids }) => listOf(ids)));
  const alone = advisories.filter(({ id }) => !named.has(id)).map(({ id }) => ({ ids: [id] }) as JsonObject);
  return [...grouped, ...alone].map((group) => {
    const members = listOf(group.ids)
      .map((id) => byId.get(id))
      .filter((member) => member !== undefined);
    const texts = [
      group.ids,
      group.aliases,
      ...members.flatMap(({ id, aliases, database_specific }) => [
        id,
        aliases,
        objectOf(database_specific).cwe_ids,
      ]),
    ];
    const identifiers = identifiersIn(
      texts.flat().filter((text): text is string => typeof text === 'string'),
    );
    const score = scoreOf(numberOf(group.max_severity));
    const word = members
      .map(({ database_specific }) => textOf(objectOf(database_specific).severity))
      .find((text) => severityOfWord(text) !== undefined);
    const summary = members
      .map((member) => textOf(member.summary) ?? textOf(member.details))
      .find((text) => text !== undefined);
    const rule = canonicalAdvisory(identifiers) ?? textOf(listOf(group.ids)[0]) ?? 'unnamed';
    const fixed = fixedVersion(members, name);
    return concealed({
      ...DRAFT_DEFAULTS,
      kind: 'vulnerability',
      tool: context.tool,
      rule,
      title: `${rule} in ${name}`,
      severity: score === null ? (severityOfWord(word) ?? 'medium') : severityOfScore(score),
      source_severity: word ?? (score === null ? null : String(score)),
      score,
      message: summary ?? `${name} ${textOf(version) ?? ''} has the known vulnerability ${rule}`,
      location: inFile(context.path(source)),
      identifiers,
      package: {
        name,
        version: textOf(version) ?? null,
        purl: purlOf(textOf(ecosystem), name, textOf(version)),
      },
      fix: fixed === undefined ? null : `Upgrade ${name} to ${fixed}`,
    });
  });
}

function fixedVersion(members: readonly JsonObject[], name: string): string | undefined {
  for (const member of members)
    for (const affected of listOf(member.affected).map(objectOf))
      if (objectOf(affected.package).name === name)
        for (const range of listOf(affected.ranges).map(objectOf))
          for (const event of listOf(range.events).map(objectOf))
            if (range.type !== 'GIT' && textOf(event.fixed) !== undefined) return textOf(event.fixed);
  return undefined;
}

const PURL_TYPES: ReadonlyMap<string, string> = new Map([
  ['npm', 'npm'],
  ['PyPI', 'pypi'],
  ['Go', 'golang'],
  ['crates.io', 'cargo'],
  ['RubyGems', 'gem'],
  ['Maven', 'maven'],
  ['NuGet', 'nuget'],
  ['Packagist', 'composer'],
  ['Hex', 'hex'],
  ['Pub', 'pub'],
]);

function purlOf(ecosystem: string | undefined, name: string, version: string | undefined): string | null {
  const type = PURL_TYPES.get(ecosystem?.split(':')[0] ?? '');
  if (type === undefined) return null;
  const path = name.replace(':', '/').split('/').map(encodeURIComponent).join('/');
  return `pkg:${type}/${path}${version === undefined ? '' : `@${encodeURIComponent(version)}`}`;
}
