import type { BundleFile, BundleIndex } from '../../contracts/bundle.ts';
import { DOCUMENTS } from '../../contracts/documents.ts';
import type { KindCount } from '../../contracts/privacy.ts';
import type { PromotionItemOutcome } from '../../contracts/promotion.ts';
import type { SanitizedFile, SanitizeFacts } from '../custody/sanitize-statement.ts';
import type { Decision } from './released-by.ts';

export type PlacedDocument = {
  readonly name: string;
  readonly sha256: string;
  readonly outcome: PromotionItemOutcome;
  readonly kinds: readonly KindCount[];
  readonly after: BundleFile | null;
};

type Facts = {
  readonly index: BundleIndex;
  readonly bundleDigest: string;
  readonly policyDigest: string;
  readonly rules: string;
  readonly inspectedOn: string;
  readonly items: readonly PlacedDocument[];
  /** Who let the document pass, in the run of a release. */
  readonly decisions: readonly Decision[];
};

/** What became of the documents of a run, as it is signed: those that are as they were are not named. */
export const sanitizedDocuments = ({ index, items, decisions, ...facts }: Facts): SanitizeFacts => ({
  ...facts,
  tenant: index.tenant,
  workspace: index.workspace_id,
  testId: index.test_id,
  // a document that was let go was looked into when it was held back
  lookedAt: items.filter(({ outcome }) => outcome !== 'changed').length,
  kinds: sum(items.flatMap(({ kinds }) => kinds)),
  files: items.filter(({ outcome }) => outcome !== 'clean').map((item) => fileOf(item, decisions)),
});

function fileOf(
  { name, sha256, outcome, kinds, after }: PlacedDocument,
  decisions: readonly Decision[],
): SanitizedFile {
  const file = { path: `${DOCUMENTS}${name}`, before: { sha256 }, kinds: [...kinds] };
  const released = decisions.map(({ order_id: order, by, reason }) => ({ order, by, reason }));
  const passed = released.length === 0 ? {} : { released };
  if (outcome === 'released') return { ...file, outcome, ...passed };
  if (outcome !== 'masked' || after === null) return { ...file, outcome: 'withheld' };
  const { path, sha256: digest, size, media_type } = after;
  return { ...file, outcome, after: { path, digest: { sha256: digest }, size, media_type }, ...passed };
}

function sum(kinds: readonly KindCount[]): KindCount[] {
  const counts = new Map<string, number>();
  for (const { type, count } of kinds) counts.set(type, (counts.get(type) ?? 0) + count);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, count]) => ({ type, count }));
}
