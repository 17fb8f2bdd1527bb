import type { Finding, FindingKind, Location, Severity } from '../../../contracts/finding.ts';
import { DRAFT_DEFAULTS, type FindingDraft } from '../draft.ts';
import { cleanLine, MAX_TEXT } from '../reading/clean-text.ts';
import { concealed } from '../reading/conceal.ts';
import { identifiersIn } from '../reading/identifiers.ts';
import { indexOf, type JsonObject, listOf, objectOf, textOf } from '../reading/json-values.ts';
import { kindOf } from '../reading/kind-of.ts';
import { flowsOf, locationOf, logicalNameOf, MAX_PLACES, snippetOf } from './locations.ts';
import { messageOf } from './message.ts';
import { nativeFingerprintOf } from './native-fingerprint.ts';
import { packageOf } from './package.ts';
import type { RuleFacts } from './rule-facts.ts';
import type { Rule } from './rules.ts';
import type { Run } from './run.ts';
import { suppressionOf } from './suppression.ts';

/** One result as a draft; a sentence instead when it is none. */
export function resultDraft(result: JsonObject, run: Run): FindingDraft | string {
  const { id, rule } = run.rules(result);
  const message = messageOf(result.message, rule, MAX_TEXT.message + 512);
  if (message === undefined && id === undefined) return 'the result has neither a message nor a rule';
  const facts = run.factsOf(rule, () => ruleFacts(rule, run));
  const { primary, others } = placesOf(result, run);
  const weight = run.weightOf(result, rule);
  const logical = primary === null ? logicalNameOf(listOf(result.locations)[0], run.json) : undefined;
  const identifiers = identifiersIn([...facts.identifiers, ...identifyingTexts(result, id, run)]);
  const said = message ?? facts.title ?? id ?? '';
  const kind = kindOf({ tool: run.tool.name, rule: id ?? '', tags: facts.tags, identifiers });
  const draft: FindingDraft = {
    ...DRAFT_DEFAULTS,
    kind,
    tool: run.tool.name,
    rule: id ?? UNNAMED,
    title: facts.title ?? id ?? said,
    ...weight,
    severity: weight.source_severity === null ? severityUnsaid(kind, id) : weight.severity,
    confidence: weight.confidence ?? facts.confidence,
    message: logical === undefined ? said : `${said} (in ${logical})`,
    location: primary,
    snippet: snippetOf(listOf(result.locations)[0]),
    related_locations: others,
    flows: flowsOf(result, run.json, run.paths),
    identifiers,
    package: packageOf(result, rule),
    fix: fixOf(result, rule),
    suppressed: suppressionOf(result),
  };
  const native = nativeFingerprintOf(result);
  return concealed(native === undefined ? draft : { ...draft, nativeFingerprint: native });
}

/** A tool that says nothing means "warning", which for a key that lies open is too little. */
function severityUnsaid(kind: FindingKind, rule: string | undefined): Severity {
  if (kind !== 'secret') return 'medium';
  return /private[-_ ]?key/i.test(rule ?? '') ? 'critical' : 'high';
}

const UNNAMED = 'unnamed';

function ruleFacts(rule: Rule | undefined, run: Run): RuleFacts {
  const descriptor = objectOf(rule?.descriptor);
  const tags = listOf(objectOf(descriptor.properties).tags)
    .slice(0, MAX_TAGS)
    .filter((tag): tag is string => typeof tag === 'string');
  const described = [
    textOf(objectOf(descriptor.shortDescription).text),
    textOf(descriptor.name),
    firstSentence(descriptor),
  ].find((text) => text !== undefined && !onlyNames(text, textOf(descriptor.id)));
  const taxa = listOf(descriptor.relationships)
    .slice(0, MAX_TAGS)
    .map((relationship) => taxonName(objectOf(relationship).target, run.json));
  const cwe = objectOf(descriptor.properties).cwe;
  const words = [textOf(descriptor.id), ...tags, ...taxa, ...(Array.isArray(cwe) ? cwe : [cwe])];
  return {
    title: described === undefined ? undefined : cleanLine(described, MAX_TEXT.title),
    tags,
    identifiers: identifiersIn(words.filter((word): word is string => typeof word === 'string')),
    confidence: confidenceTag(tags),
  };
}

const MAX_TAGS = 200;

/** "Semgrep Finding: the.rule" and the like tell a person no more than the rule's id does. */
const onlyNames = (text: string, id: string | undefined): boolean =>
  id !== undefined && (text === id || text.endsWith(`: ${id}`));

const firstSentence = (descriptor: JsonObject): string | undefined =>
  textOf(objectOf(descriptor.fullDescription).text)
    ?.slice(0, MAX_TEXT.title)
    .split(/(?<=[.!?])\s/)[0];

/** As semgrep tags its rules: "HIGH CONFIDENCE". */
function confidenceTag(tags: readonly string[]): Finding['confidence'] {
  for (const level of ['high', 'medium', 'low'] as const)
    if (tags.includes(`${level.toUpperCase()} CONFIDENCE`)) return level;
  return null;
}

/** The name of an entry in a taxonomy such as the CWE, whose own id is often the bare number. */
function taxonName(reference: unknown, run: JsonObject): string | undefined {
  const { id, index, toolComponent } = objectOf(reference);
  const { name, index: componentIndex } = objectOf(toolComponent);
  const at = indexOf(componentIndex);
  const taxonomy = at === undefined ? undefined : objectOf(listOf(run.taxonomies)[at]);
  const family = textOf(name) ?? textOf(taxonomy?.name) ?? '';
  const place = indexOf(index);
  const taxon =
    textOf(id) ?? textOf(objectOf(place === undefined ? undefined : listOf(taxonomy?.taxa)[place]).id);
  if (taxon === undefined) return undefined;
  return /^cwe$/i.test(family.trim()) && /^\d{1,5}$/.test(taxon) ? `CWE-${taxon}` : taxon;
}

function* identifyingTexts(result: JsonObject, id: string | undefined, run: Run): Generator<string> {
  if (id !== undefined) yield id;
  const { tags, cwe, cve, identifiers } = objectOf(result.properties);
  const taxa = listOf(result.taxa)
    .slice(0, MAX_TAGS)
    .map((taxon) => taxonName(taxon, run.json));
  for (const text of [tags, cwe, cve, identifiers, taxa].flat().slice(0, MAX_TAGS))
    if (typeof text === 'string') yield text;
  // osv-scanner tells the other names of an advisory in its sentence alone
  const [, aliases] =
    /\(also known as ([^)]{1,1000})\)/.exec(textOf(objectOf(result.message).text) ?? '') ?? [];
  if (aliases !== undefined) yield aliases;
}

/** Where the finding is, first; the tool's target serves for results that name no place of their own. */
function placesOf(result: JsonObject, run: Run): { primary: Location | null; others: Location[] } {
  const places = (list: unknown): Location[] =>
    listOf(list)
      .slice(0, MAX_PLACES.related)
      .map((location) => locationOf(location, run.paths))
      .filter((location) => location !== null);
  const [own, ...others] = places(result.locations);
  const target = locationOf({ physicalLocation: { artifactLocation: result.analysisTarget } }, run.paths);
  return {
    primary: own ?? target,
    others: [...others, ...places(result.relatedLocations)].slice(0, MAX_PLACES.related),
  };
}

function fixOf(result: JsonObject, rule: Rule | undefined): string | null {
  for (const fix of listOf(result.fixes).slice(0, MAX_TAGS)) {
    const described = messageOf(objectOf(fix).description, rule, MAX_TEXT.message);
    if (described !== undefined) return described;
  }
  return textOf(objectOf(result.properties).fix) ?? null;
}
