import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../finding/reading/json-values.ts';
import type { Draft } from '../draft.ts';
import { type Desk, recordsOf } from './desk.ts';
import { billRecord, type PackageFacts, packageRecord } from './package-record.ts';

export const isSpdx3 = (value: JsonObject): boolean =>
  [value['@context']]
    .flat()
    .some((one) => typeof one === 'string' && /^https?:\/\/spdx\.org\/rdf\/3\./.test(one)) &&
  Array.isArray(value['@graph']);

/**
 * SPDX 3 is a graph: licences hang on packages by relationships, suppliers by references. It is gone through as often as is
 * needed to know them; `graph` gives it anew each time.
 */
export function* spdx3Records(graph: () => Iterable<unknown>, desk: Desk): Generator<Draft> {
  const links = linksIn(graph());
  let count = 0;
  const packages = function* (): Generator<JsonObject> {
    for (const element of graph()) {
      if (!isObject(element)) desk.lost('damaged', 'graph');
      else if (isPackage(element) && textOf(element.name) !== undefined) {
        count += 1;
        yield element;
      }
    }
  };
  yield* recordsOf(packages(), (element) => packageRecord(factsOf(element, links), desk), desk);
  const { document, tools } = links;
  yield billRecord(
    {
      format: 'spdx',
      version: textOf(document.specVersion),
      name: textOf(document.name),
      created: textOf(document.created),
      tools,
      namespace: textOf(document.id),
      packages: count,
    },
    desk,
  );
}

function factsOf(element: JsonObject, { licenses, agents }: ReturnType<typeof linksIn>): PackageFacts {
  const references = listOf(element.externalIdentifier ?? element.externalIdentifiers).map(objectOf);
  const supplier = textOf(element.suppliedBy) ?? textOf(listOf(element.originatedBy)[0]);
  const said = [element.summary, element.description, element.comment].map(textOf).filter(Boolean);
  return {
    name: textOf(element.name) ?? '',
    version: textOf(element.software_packageVersion) ?? textOf(element.packageVersion),
    licenses: licenses.get(idOf(element)) ?? [],
    purl:
      textOf(element.software_packageUrl) ??
      textOf(element.packageUrl) ??
      references.map(({ identifier }) => textOf(identifier)).find((found) => found?.startsWith('pkg:')),
    supplier: supplier === undefined ? undefined : agents.get(supplier),
    description: said.join('\n\n') || undefined,
    type: textOf(element.software_primaryPurpose) ?? textOf(element.primaryPurpose),
    references: [textOf(element.software_homePage), textOf(element.software_downloadLocation)].filter(
      (found) => found !== undefined,
    ),
    digests: listOf(element.verifiedUsing)
      .map(objectOf)
      .map(({ algorithm, hashValue }) => `${textOf(algorithm) ?? ''} ${textOf(hashValue) ?? ''}`.trim()),
  };
}

const typeOf = (element: JsonObject): string => textOf(element.type) ?? textOf(element['@type']) ?? '';
const idOf = (element: JsonObject): string => textOf(element.spdxId) ?? textOf(element['@id']) ?? '';
const isPackage = (element: JsonObject): boolean => /(?:^|_|\/)(?:software_)?Package$/.test(typeOf(element));

const MOST_LINKS = 1_000_000;

function linksIn(graph: Iterable<unknown>) {
  const expressions = new Map<string, string>();
  const agents = new Map<string, string>();
  const related: { readonly from: string; readonly to: readonly unknown[] }[] = [];
  const tools: string[] = [];
  const document: Record<string, unknown> = {};
  for (const element of graph) {
    if (!isObject(element)) continue;
    const [type, id, name] = [typeOf(element), idOf(element), textOf(element.name)];
    if (expressions.size + agents.size + related.length > MOST_LINKS) break;
    if (/LicenseExpression$/.test(type)) {
      const expression =
        textOf(element.simplelicensing_licenseExpression) ?? textOf(element.licenseExpression);
      if (expression !== undefined) expressions.set(id, expression);
    } else if (/License$/.test(type) && name !== undefined) expressions.set(id, name);
    else if (/Person$/.test(type)) agents.set(id, 'Person:');
    else if (/(?:Organization|Agent|SoftwareAgent)$/.test(type) && name !== undefined) agents.set(id, name);
    else if (/Tool$/.test(type) && name !== undefined) tools.push(name);
    else if (/CreationInfo$/.test(type))
      Object.assign(document, { specVersion: element.specVersion, created: element.created });
    else if (/SpdxDocument$/.test(type)) Object.assign(document, { name, id });
    else if (
      /Relationship$/.test(type) &&
      /^has(?:Declared|Concluded)License$/.test(String(element.relationshipType))
    )
      related.push({ from: textOf(element.from) ?? '', to: [element.to].flat() });
  }
  const licenses = new Map<string, string[]>();
  for (const { from, to } of related)
    for (const one of to.slice(0, 50)) {
      const expression = typeof one === 'string' ? (expressions.get(one) ?? shortName(one)) : undefined;
      if (expression !== undefined)
        licenses.set(from, [...(licenses.get(from) ?? []).slice(0, 50), expression]);
    }
  return { licenses, agents, tools, document };
}

/** Licences that everybody knows are named by their address. */
const shortName = (id: string): string | undefined =>
  /^https?:\/\/spdx\.org\/licenses\/([\w.+-]{1,100})$/.exec(id)?.[1];
