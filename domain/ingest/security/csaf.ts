import {
  isObject,
  type JsonObject,
  listOf,
  numberOf,
  objectOf,
  textOf,
} from '../../finding/reading/json-values.ts';
import { severityOfScore } from '../../finding/reading/severity-scale.ts';
import type { Draft } from '../draft.ts';
import type { Desk } from './desk.ts';
import { reportRecord } from './report-record.ts';
import { vexRecord } from './vex-record.ts';

export const isCsaf = ({ document }: JsonObject): boolean =>
  textOf(objectOf(document).csaf_version) !== undefined;

/** What a vendor says of its products: of each vulnerability and each status which of them. */
export function* csafRecords(
  rest: JsonObject,
  vulnerabilities: Iterable<unknown>,
  desk: Desk,
): Generator<Draft> {
  const document = objectOf(rest.document);
  const names = productNames(objectOf(rest.product_tree), desk);
  const counts = new Map<string, number>();
  for (const one of vulnerabilities) {
    if (!isObject(one)) {
      desk.lost('damaged', 'vulnerabilities');
      continue;
    }
    const ids = listOf(one.ids).map((id) => textOf(objectOf(id).text));
    const vulnerability =
      textOf(one.cve) ?? ids.find((id) => id !== undefined) ?? textOf(one.title) ?? 'unnamed';
    const scores = listOf(one.scores).map(
      (score) => numberOf(objectOf(objectOf(score).cvss_v3).baseScore) ?? 0,
    );
    const score = Math.max(0, ...scores.slice(0, 100));
    const severity = score > 0 && score <= 10 ? severityOfScore(score) : undefined;
    const notes = listOf(one.notes).map((note) => textOf(objectOf(note).text));
    const remedies = listOf(one.remediations).map((remedy) => textOf(objectOf(remedy).details));
    const flags = listOf(one.flags).map((flag) => textOf(objectOf(flag).label));
    for (const status of STATUSES) {
      const products = listOf(objectOf(one.product_status)[status]);
      for (const reference of products.slice(0, MOST_PRODUCTS)) {
        const product = textOf(reference);
        if (product === undefined) continue;
        counts.set(severity ?? 'info', (counts.get(severity ?? 'info') ?? 0) + 1);
        yield vexRecord(
          {
            ...{ tool: 'csaf', vulnerability, status, severity },
            product: names.get(product) ?? product,
            justification:
              status === 'known_not_affected' ? flags.find((flag) => flag !== undefined) : undefined,
            names: [
              vulnerability,
              ...ids.filter((id) => id !== undefined),
              textOf(objectOf(one.cwe).id) ?? '',
            ],
            said: [textOf(one.title), ...notes.slice(0, 5), ...remedies.slice(0, 5)],
          },
          desk,
        );
      }
      if (products.length > MOST_PRODUCTS) desk.lost('too_large', 'products');
    }
  }
  const tracking = objectOf(document.tracking);
  const about = {
    Title: textOf(document.title),
    Category: textOf(document.category),
    Publisher: textOf(objectOf(document.publisher).name),
    Document: textOf(tracking.id),
    Status: textOf(tracking.status),
    Released: textOf(tracking.current_release_date),
  };
  yield reportRecord(
    {
      ...{
        tool: 'csaf',
        version: textOf(document.csaf_version) ?? null,
        format: 'vex',
        findings: counts,
        notices: [],
      },
      about: Object.fromEntries(
        Object.entries(about).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      ),
    },
    desk,
  );
}

const STATUSES = [
  ...['known_affected', 'known_not_affected', 'fixed', 'first_fixed', 'first_affected', 'last_affected'],
  ...['recommended', 'under_investigation'],
];

const MOST_PRODUCTS = 2000;
const DEEPEST = 30;

function productNames(tree: JsonObject, desk: Desk): Map<string, string> {
  const names = new Map<string, string>();
  const add = (product: unknown) => {
    const { name, product_id } = objectOf(product);
    const [id, shown] = [textOf(product_id), textOf(name)];
    if (id !== undefined && shown !== undefined) names.set(id, shown);
  };
  const visit = (branches: unknown, depth: number): void => {
    if (depth > DEEPEST) {
      desk.lost('too_deep', 'product tree');
      return;
    }
    for (const branch of listOf(branches).map(objectOf)) {
      add(branch.product);
      visit(branch.branches, depth + 1);
    }
  };
  for (const product of listOf(tree.full_product_names)) add(product);
  visit(tree.branches, 0);
  for (const relationship of listOf(tree.relationships)) add(objectOf(relationship).full_product_name);
  return names;
}
