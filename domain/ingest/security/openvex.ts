import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../finding/reading/json-values.ts';
import type { Draft } from '../draft.ts';
import type { Desk } from './desk.ts';
import { reportRecord } from './report-record.ts';
import { vexRecord } from './vex-record.ts';

export const isOpenVex = (value: JsonObject): boolean =>
  typeof value['@context'] === 'string' && value['@context'].startsWith('https://openvex.dev/ns');

export function* openVexRecords(
  rest: JsonObject,
  statements: Iterable<unknown>,
  desk: Desk,
): Generator<Draft> {
  const counts = new Map<string, number>();
  for (const statement of statements) {
    const names = isObject(statement) ? namesOf(statement.vulnerability) : [];
    const status = isObject(statement) ? textOf(statement.status) : undefined;
    if (!isObject(statement) || names[0] === undefined || status === undefined) {
      desk.lost('damaged', 'statements');
      continue;
    }
    const products = productsOf(statement.products);
    if (products.length > MOST_PRODUCTS) desk.lost('too_large', 'products');
    for (const product of products.length === 0 ? [undefined] : products.slice(0, MOST_PRODUCTS)) {
      counts.set('info', (counts.get('info') ?? 0) + 1);
      yield vexRecord(
        {
          ...{ tool: 'openvex', vulnerability: names[0], names, status, product },
          justification: textOf(statement.justification),
          said: [
            textOf(objectOf(statement.vulnerability).description),
            textOf(statement.impact_statement),
            textOf(statement.action_statement),
            textOf(statement.status_notes),
          ],
        },
        desk,
      );
    }
  }
  yield reportRecord(
    {
      ...{ tool: 'openvex', version: null, format: 'vex', findings: counts, notices: [] },
      about: stated({
        Document: textOf(rest['@id']),
        Author: textOf(rest.author),
        Made: textOf(rest.timestamp),
      }),
    },
    desk,
  );
}

const MOST_PRODUCTS = 1000;

function namesOf(vulnerability: unknown): string[] {
  if (typeof vulnerability === 'string') return [vulnerability];
  const { name, aliases } = objectOf(vulnerability);
  const id = objectOf(vulnerability)['@id'];
  return [textOf(name) ?? textOf(id), ...listOf(aliases).slice(0, 50).map(textOf)].filter(
    (text) => text !== undefined,
  );
}

/** What is part of a product is named rather than the product, for it is what others look for. */
function productsOf(products: unknown): string[] {
  return listOf(products).flatMap((product) => {
    if (typeof product === 'string') return [product];
    const parts = productsOf(objectOf(product).subcomponents);
    if (parts.length > 0) return parts;
    const named = textOf(objectOf(objectOf(product).identifiers).purl) ?? textOf(objectOf(product)['@id']);
    return named === undefined ? [] : [named];
  });
}

const stated = (values: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
