import { DRAFT_DEFAULTS } from '../../finding/draft.ts';
import { identifiersIn } from '../../finding/reading/identifiers.ts';
import {
  isObject,
  type JsonObject,
  listOf,
  numberOf,
  objectOf,
  textOf,
} from '../../finding/reading/json-values.ts';
import { scoreOf, severityOfScore, severityOfWord } from '../../finding/reading/severity-scale.ts';
import type { Draft } from '../draft.ts';
import { type Desk, recordsOf } from './desk.ts';
import { findingRecord } from './finding-record.ts';
import { billRecord, packageRecord } from './package-record.ts';

export type CycloneDx = {
  /** All but its lists of components and vulnerabilities. */
  readonly rest: JsonObject;
  readonly components: Iterable<unknown>;
  readonly services: Iterable<unknown>;
  readonly vulnerabilities: () => Iterable<unknown>;
};

export const isCycloneDx = ({ bomFormat }: JsonObject): boolean => bomFormat === 'CycloneDX';

/** Components however deep they lie in others, and what is known to be wrong with them, as it was judged. */
export function* cycloneDxRecords(bill: CycloneDx, desk: Desk): Generator<Draft> {
  const names = new Map<string, Named>();
  let [packages, findings] = [0, 0];
  const root = objectOf(objectOf(bill.rest.metadata).component);
  if (textOf(root.name) !== undefined) remember(names, root);
  const known = function* (components: Iterable<unknown>): Generator<JsonObject> {
    for (const component of inAll(components, desk)) {
      remember(names, component);
      packages += 1;
      yield component;
    }
  };
  yield* recordsOf(known(bill.components), (one) => packageRecord(componentFacts(one), desk), desk);
  const service = (one: JsonObject) => packageRecord({ ...componentFacts(one), type: 'service' }, desk);
  yield* recordsOf(known(bill.services), service, desk);
  for (const vulnerability of bill.vulnerabilities()) {
    if (!isObject(vulnerability)) {
      desk.lost('damaged', 'vulnerabilities');
      continue;
    }
    for (const record of vulnerabilityRecords(vulnerability, names, desk)) {
      findings += 1;
      yield record;
    }
  }
  const { metadata, specVersion, serialNumber } = bill.rest;
  yield billRecord(
    {
      format: 'cyclonedx',
      version: textOf(specVersion),
      name:
        [textOf(root.group), textOf(root.name), textOf(root.version)]
          .filter((part) => part !== undefined)
          .join(' ') || undefined,
      created: textOf(objectOf(metadata).timestamp),
      tools: toolsOf(objectOf(metadata).tools),
      namespace: textOf(serialNumber),
      ...{ packages, findings },
    },
    desk,
  );
}

type Named = { readonly name: string; readonly version: string | null; readonly purl: string | null };

/** What a vulnerability is of, it names by a reference. */
function remember(names: Map<string, Named>, component: JsonObject): void {
  const reference = textOf(component['bom-ref']);
  if (reference === undefined) return;
  const { name, version, purl } = componentFacts(component);
  names.set(reference, { name, version: version ?? null, purl: purl ?? null });
}

const DEEPEST = 50;

function* inAll(components: Iterable<unknown>, desk: Desk, depth = 0): Generator<JsonObject> {
  if (depth > DEEPEST) return desk.lost('too_deep', 'components');
  for (const component of components) {
    if (!isObject(component) || textOf(component.name) === undefined) {
      desk.lost('damaged', 'components');
      continue;
    }
    yield component;
    yield* inAll(listOf(component.components), desk, depth + 1);
    yield* inAll(listOf(component.services), desk, depth + 1);
  }
}

function componentFacts(component: JsonObject) {
  const { group, name, version, purl, description, type, scope, supplier, publisher } = component;
  const own = textOf(name) ?? '';
  return {
    name:
      textOf(group) === undefined
        ? own
        : `${String(group)}${String(group).startsWith('@') ? '/' : '.'}${own}`,
    version: textOf(version),
    licenses: licensesOf(component.licenses),
    purl: textOf(purl) ?? textOf(component.cpe),
    supplier: textOf(objectOf(supplier).name) ?? textOf(publisher),
    description: textOf(description),
    type: textOf(type),
    scope: textOf(scope),
    references: listOf(component.externalReferences)
      .map((reference) => textOf(objectOf(reference).url))
      .filter((url) => url !== undefined),
    digests: listOf(component.hashes)
      .map(objectOf)
      .map(({ alg, content }) => `${textOf(alg) ?? ''} ${textOf(content) ?? ''}`.trim())
      .filter((digest) => digest !== ''),
  };
}

const licensesOf = (licenses: unknown): string[] =>
  listOf(licenses)
    .map(objectOf)
    .map(
      ({ license, expression }) =>
        textOf(expression) ?? textOf(objectOf(license).id) ?? textOf(objectOf(license).name),
    )
    .filter((name) => name !== undefined);

function toolsOf(tools: unknown): string[] {
  const list = Array.isArray(tools)
    ? tools
    : [...listOf(objectOf(tools).components), ...listOf(objectOf(tools).services)];
  return list
    .map(objectOf)
    .map(({ name, version }) =>
      [textOf(name), textOf(version)].filter((part) => part !== undefined).join(' '),
    )
    .filter((tool) => tool !== '');
}

/** One for each component that it is in; one of none where it names none. */
function* vulnerabilityRecords(
  vulnerability: JsonObject,
  names: ReadonlyMap<string, Named>,
  desk: Desk,
): Generator<Draft> {
  const id = textOf(vulnerability.id) ?? 'unnamed';
  const texts = [
    id,
    ...listOf(vulnerability.references).map((reference) => textOf(objectOf(reference).id) ?? ''),
  ];
  const cwes = listOf(vulnerability.cwes).map((cwe) => `CWE-${numberOf(cwe) ?? 0}`);
  const ratings = listOf(vulnerability.ratings).map(objectOf);
  const scores = ratings.map(({ score }) => scoreOf(numberOf(score))).filter((score) => score !== null);
  const score = scores.length === 0 ? null : Math.max(...scores.slice(0, 100));
  const word = ratings
    .map(({ severity }) => textOf(severity))
    .find((said) => severityOfWord(said) !== undefined);
  const analysis = objectOf(vulnerability.analysis);
  const [state, justification] = [textOf(analysis.state), textOf(analysis.justification)];
  const said = [
    textOf(vulnerability.description) ?? textOf(vulnerability.detail) ?? `${id} is known`,
    ...(textOf(vulnerability.description) === undefined ? [] : [textOf(vulnerability.detail)]),
    state === undefined
      ? undefined
      : `Judged as ${state}${justification === undefined ? '' : ` (${justification})`}.`,
    textOf(analysis.detail),
    textOf(vulnerability.workaround),
  ].filter((text) => text !== undefined);
  const affects = listOf(vulnerability.affects).map((affected) => textOf(objectOf(affected).ref) ?? '');
  for (const reference of affects.length === 0 ? [undefined] : affects) {
    const held =
      reference === undefined
        ? null
        : (names.get(reference) ?? { name: reference, version: null, purl: null });
    const record = findingRecord(
      {
        ...DRAFT_DEFAULTS,
        kind: 'vulnerability',
        tool: textOf(objectOf(vulnerability.source).name) ?? 'cyclonedx',
        rule: id,
        title: held === null ? id : `${id} in ${held.name}`,
        severity: severityOfWord(word) ?? (score === null ? 'medium' : severityOfScore(score)),
        source_severity: word ?? null,
        score,
        message: said.join('\n\n'),
        identifiers: identifiersIn([...texts, ...cwes]),
        package: held,
        fix: textOf(vulnerability.recommendation) ?? null,
      },
      desk,
    );
    yield state === undefined
      ? record
      : {
          ...record,
          extra: {
            ...record.extra,
            vex_status: desk.line(state, 64),
            ...(justification === undefined ? {} : { vex_justification: desk.line(justification, 128) }),
          },
        };
  }
}
