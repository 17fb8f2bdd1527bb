import { DRAFT_DEFAULTS, type FindingDraft } from '../draft.ts';
import { identifiersIn } from '../reading/identifiers.ts';
import {
  isObject,
  type JsonObject,
  listOf,
  numberOf,
  objectOf,
  positionOf,
  textOf,
} from '../reading/json-values.ts';
import { scoreOf, severityOfWord } from '../reading/severity-scale.ts';
import { draftsOf, inFile, lines, type NativeReader, type ReaderContext, unlike } from './native-reader.ts';

export const readTrivy: NativeReader = (report, context) => {
  if (!isObject(report) || numberOf(report.SchemaVersion) === undefined) throw unlike('trivy');
  const drafts = listOf(report.Results).flatMap((part, at) => {
    if (!isObject(part)) {
      context.problems.add('malformed_result', 'the result is no object', `Results[${at}]`);
      return [];
    }
    const place = (list: string) => `Results[${at}].${list}`;
    const [vulnerabilities, misconfigurations, secrets, licenses] = LISTS.map((list) => part[list]);
    return [
      ...draftsOf(vulnerabilities, place('Vulnerabilities'), context, (entry) =>
        vulnerability(entry, part, context),
      ),
      ...draftsOf(misconfigurations, place('Misconfigurations'), context, (entry) =>
        misconfiguration(entry, part, context),
      ),
      ...draftsOf(secrets, place('Secrets'), context, (entry) => secret(entry, part, context)),
      ...draftsOf(licenses, place('Licenses'), context, (entry) => license(entry, part, context)),
    ];
  });
  return { drafts, toolVersion: textOf(objectOf(report.Trivy).Version) ?? null };
};

const LISTS = ['Vulnerabilities', 'Misconfigurations', 'Secrets', 'Licenses'] as const;

/** Targets of a whole image or language ("Node.js", "app (debian 12)") are no paths; a package may then say its own. */
function fileOf(entry: JsonObject, part: JsonObject, { path }: ReaderContext): string | undefined {
  const own = textOf(entry.PkgPath) ?? textOf(entry.FilePath);
  if (own !== undefined) return path(own);
  const target = textOf(part.Target);
  if (target === undefined || part.Class === 'os-pkgs' || target === 'Node.js' || target.includes(' ('))
    return undefined;
  const isFile = part.Class !== 'lang-pkgs' || /[./]/.test(target);
  return isFile ? path(target) : undefined;
}

function vulnerability(
  entry: JsonObject,
  part: JsonObject,
  context: ReaderContext,
): FindingDraft | undefined {
  const [rule, name] = [textOf(entry.VulnerabilityID), textOf(entry.PkgName)];
  if (rule === undefined || name === undefined) return undefined;
  const file = fileOf(entry, part, context);
  const fixed = textOf(entry.FixedVersion);
  const version = textOf(entry.InstalledVersion);
  return {
    ...weigh(entry),
    kind: 'vulnerability',
    tool: context.tool,
    rule,
    title: `${rule} in ${name}`,
    score: bestScore(entry),
    message:
      textOf(entry.Title) ?? textOf(entry.Description) ?? `${name} has the known vulnerability ${rule}`,
    location: file === undefined ? null : inFile(file),
    identifiers: identifiersIn(strings([rule, entry.VendorIDs, entry.CweIDs])),
    package: { name, version: version ?? null, purl: textOf(objectOf(entry.PkgIdentifier).PURL) ?? null },
    fix: fixed === undefined ? null : `Upgrade ${name} to ${fixed}`,
  };
}

function misconfiguration(
  entry: JsonObject,
  part: JsonObject,
  context: ReaderContext,
): FindingDraft | undefined {
  const rule = textOf(entry.AVDID) ?? textOf(entry.ID);
  if (rule === undefined) return undefined;
  const file = fileOf(entry, part, context);
  const cause = objectOf(entry.CauseMetadata);
  return {
    ...weigh(entry),
    kind: 'config',
    tool: context.tool,
    rule,
    title: textOf(entry.Title) ?? rule,
    message: textOf(entry.Message) ?? textOf(entry.Description) ?? rule,
    location: file === undefined ? null : lines(file, cause.StartLine, cause.EndLine),
    snippet: lineOf(cause),
    fix: textOf(entry.Resolution) ?? null,
    suppressed: entry.Status === 'EXCEPTION' ? { kind: 'external', justification: null } : null,
  };
}

function secret(entry: JsonObject, part: JsonObject, context: ReaderContext): FindingDraft | undefined {
  const rule = textOf(entry.RuleID);
  const file = fileOf(entry, part, context);
  if (rule === undefined || file === undefined) return undefined;
  return {
    ...weigh(entry),
    kind: 'secret',
    tool: context.tool,
    rule,
    title: textOf(entry.Title) ?? rule,
    message: `${textOf(entry.Title) ?? rule} found`,
    location: lines(file, entry.StartLine, entry.EndLine),
    snippet: textOf(entry.Match) ?? null,
  };
}

function license(entry: JsonObject, part: JsonObject, context: ReaderContext): FindingDraft | undefined {
  const [name, license] = [textOf(entry.PkgName), textOf(entry.Name)];
  if (license === undefined) return undefined;
  const file = fileOf(entry, part, context);
  return {
    ...weigh(entry),
    kind: 'license',
    tool: context.tool,
    rule: license,
    title: `Licence ${license}`,
    message: `${name ?? file ?? 'the source'} is licensed under ${license}`,
    location: file === undefined ? null : inFile(file),
    package: name === undefined ? null : { name, version: null, purl: null },
  };
}

const weigh = (entry: JsonObject) => ({
  ...DRAFT_DEFAULTS,
  // UNKNOWN is no "info": nobody has weighed it yet
  severity: severityOfWord(textOf(entry.Severity)) ?? ('medium' as const),
  source_severity: textOf(entry.Severity) ?? null,
});

function bestScore(entry: JsonObject): number | null {
  const scores = Object.values(objectOf(entry.CVSS)).map((vendor) => {
    const { V40Score, V3Score, V2Score } = objectOf(vendor);
    return scoreOf(numberOf(V3Score) ?? numberOf(V40Score) ?? numberOf(V2Score));
  });
  const known = scores.filter((score) => score !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function lineOf(cause: JsonObject): string | null {
  const first = positionOf(cause.StartLine);
  const line = listOf(objectOf(cause.Code).Lines)
    .map(objectOf)
    .find(({ Number: number }) => number === first);
  return textOf(line?.Content) ?? null;
}

const strings = (values: readonly unknown[]): string[] =>
  values.flat().filter((text): text is string => typeof text === 'string');
