import type { JsonObject } from '../../finding/reading/json-values.ts';
import type { CycloneDx } from './cyclonedx.ts';
import { child, stated, textIn, type XmlElement, xmlTree } from './xml-value.ts';

const NAMESPACE = 'http://cyclonedx.org/schema/bom/';

export const looksLikeCycloneDxXml = (head: string): boolean =>
  head.includes(NAMESPACE) && /<(?:\w+:)?bom[\s>]/.test(head);

/** The same as its JSON says, out of its XML. Undefined where it is none. */
export function cycloneDxOfXml(xml: string): CycloneDx | undefined {
  const bom = xmlTree(xml);
  if (bom?.name !== 'bom') return undefined;
  const space = Object.values(bom.attributes).find((value) => value.startsWith(NAMESPACE));
  if (space === undefined) return undefined;
  const metadata = child(bom, 'metadata');
  const about = child(metadata, 'component');
  const list = (element: XmlElement | undefined, read: (one: XmlElement) => JsonObject) =>
    (element?.children ?? []).map(read);
  return {
    rest: stated({
      bomFormat: 'CycloneDX',
      specVersion: space.slice(NAMESPACE.length),
      serialNumber: bom.attributes.serialNumber,
      metadata: stated({
        timestamp: textIn(metadata, 'timestamp'),
        component: about === undefined ? undefined : componentOf(about),
        tools: toolsOf(child(metadata, 'tools')),
      }),
    }),
    components: list(child(bom, 'components'), componentOf),
    services: list(child(bom, 'services'), componentOf),
    vulnerabilities: () => list(child(bom, 'vulnerabilities'), vulnerabilityOf),
  };
}

function componentOf(element: XmlElement): JsonObject {
  const inner = [
    ...(child(element, 'components')?.children ?? []),
    ...(child(element, 'services')?.children ?? []),
  ];
  return stated({
    type: element.attributes.type,
    'bom-ref': element.attributes['bom-ref'],
    group: textIn(element, 'group'),
    name: textIn(element, 'name'),
    version: textIn(element, 'version'),
    description: textIn(element, 'description'),
    scope: textIn(element, 'scope'),
    purl: textIn(element, 'purl'),
    cpe: textIn(element, 'cpe'),
    publisher: textIn(element, 'publisher'),
    supplier: stated({ name: textIn(child(element, 'supplier'), 'name') }),
    licenses: (child(element, 'licenses')?.children ?? []).map((one) =>
      one.name === 'expression'
        ? { expression: one.text.trim() }
        : { license: stated({ id: textIn(one, 'id'), name: textIn(one, 'name') }) },
    ),
    hashes: (child(element, 'hashes')?.children ?? []).map((one) =>
      stated({ alg: one.attributes.alg, content: one.text.trim() }),
    ),
    externalReferences: (child(element, 'externalReferences')?.children ?? []).map((one) =>
      stated({ url: textIn(one, 'url') }),
    ),
    components: inner.map(componentOf),
  });
}

/** Of old a list of tools, now components like others. */
function toolsOf(tools: XmlElement | undefined): JsonObject[] {
  const all = tools?.children.flatMap((one) => (one.name === 'tool' ? [one] : one.children)) ?? [];
  return all.map((one) => stated({ name: textIn(one, 'name'), version: textIn(one, 'version') }));
}

function vulnerabilityOf(element: XmlElement): JsonObject {
  const analysis = child(element, 'analysis');
  return stated({
    id: textIn(element, 'id'),
    source: stated({ name: textIn(child(element, 'source'), 'name') }),
    references: (child(element, 'references')?.children ?? []).map((one) =>
      stated({ id: textIn(one, 'id') }),
    ),
    ratings: (child(element, 'ratings')?.children ?? []).map((one) =>
      stated({ score: textIn(one, 'score'), severity: textIn(one, 'severity') }),
    ),
    cwes: (child(element, 'cwes')?.children ?? []).map((one) => Number(one.text) || 0),
    description: textIn(element, 'description'),
    detail: textIn(element, 'detail'),
    recommendation: textIn(element, 'recommendation'),
    workaround: textIn(element, 'workaround'),
    analysis: stated({
      state: textIn(analysis, 'state'),
      justification: textIn(analysis, 'justification'),
      detail: textIn(analysis, 'detail'),
    }),
    affects: (child(element, 'affects')?.children ?? []).map((one) => stated({ ref: textIn(one, 'ref') })),
  });
}
