import type { Scope } from '../../contracts/identifiers.ts';
import type { PromotionView } from '../../contracts/promotion.ts';
import type { PromotionRecord } from '../../services/database/document-promotions.ts';
import { releasedSince, reviewStates } from '../../services/database/held-standing.ts';
import { promotionItems } from '../../services/database/promotion-items.ts';
import { encodeCursor } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { promotionView } from './promotion-view.ts';

const FIRST = { from: 0, limit: 200 };

/** With a page of its documents, and what people have said about those that were held back. */
export async function promotionWithItems(
  { database }: Pick<ApiDeps, 'database'>,
  scope: Scope,
  record: PromotionRecord,
  { from, limit }: { readonly from: number; readonly limit: number } = FIRST,
): Promise<PromotionView> {
  const { testId } = record;
  const found = await promotionItems(database, scope, testId, { from, limit: limit + 1 });
  const items = found.slice(0, limit);
  const following = found.length > limit ? found[limit]?.ordinal : undefined;
  const next = following === undefined ? null : encodeCursor(following);
  const [reviews, released] = await Promise.all([
    reviewStates(database, scope, items),
    releasedSince(database, scope, [testId]),
  ]);
  return promotionView(scope, record, released.get(testId) ?? 0, { items, reviews, next });
}
