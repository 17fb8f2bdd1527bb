import { DOCUMENTS } from '../../contracts/documents.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { goldenPrefix } from '../../contracts/object-keys.ts';
import type { PromotionItemView, PromotionView } from '../../contracts/promotion.ts';
import type { ReviewState } from '../../contracts/review.ts';
import type { PromotionRecord } from '../../services/database/document-promotions.ts';
import type { PromotionItem } from '../../services/database/promotion-items.ts';

type Page = {
  readonly items: readonly PromotionItem[];
  readonly reviews: ReadonlyMap<string, ReviewState>;
  readonly next: string | null;
};

/** The same keys in every state; in a list without its documents. `released` are those that people have let go since. */
export function promotionView(
  scope: Scope,
  record: PromotionRecord,
  released: number,
  { items, reviews, next }: Page = { items: [], reviews: new Map(), next: null },
): PromotionView {
  const views = items.map((item) => itemView(scope, record, item, reviews));
  return {
    promotion_id: record.testId,
    workspace_id: scope.workspace,
    kind: record.kind,
    component_id: record.component,
    state: record.state,
    documents: record.documents,
    bytes: record.bytes,
    clean: record.clean,
    masked: record.masked,
    withheld: record.withheld,
    outstanding: Math.max(0, record.withheld - released),
    permit_id: record.permitId,
    denial: record.denial,
    golden_manifest: record.goldenManifest,
    oci_reference: record.ociReference,
    transparency_index: record.logIndex,
    requested_by: record.requestedBy,
    created_at: record.createdAt.toISOString(),
    ended_at: record.endedAt?.toISOString() ?? null,
    error: record.error,
    promoted: views.flatMap(({ golden_key }) => golden_key ?? []),
    items: views,
    next_cursor: next,
  };
}

function itemView(
  scope: Scope,
  { testId, state }: PromotionRecord,
  { name, sha256, size, outcome, kinds, after, reviewId }: PromotionItem,
  reviews: Page['reviews'],
): PromotionItemView {
  const path = pathInGolden({ name, outcome, after });
  // what lies there before the golden manifest does is nobody's copy yet
  const shown = state === 'promoted' && path !== null;
  return {
    name,
    sha256,
    size,
    outcome,
    kinds,
    golden_key: shown ? `${goldenPrefix(scope, testId)}${path}` : null,
    review_id: reviewId,
    review_state: reviewId === null ? null : (reviews.get(reviewId) ?? null),
  };
}

function pathInGolden({
  name,
  outcome,
  after,
}: Pick<PromotionItem, 'name' | 'outcome' | 'after'>): string | null {
  if (outcome === 'masked') return after?.path ?? null;
  return outcome === 'clean' || outcome === 'released' ? `${DOCUMENTS}${name}` : null;
}
