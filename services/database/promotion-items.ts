import { z } from 'zod';
import { BundleFile } from '../../contracts/bundle.ts';
import { ReceivedDocument } from '../../contracts/documents.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { KindCount } from '../../contracts/privacy.ts';
import { PromotionItemOutcome } from '../../contracts/promotion.ts';
import { ReviewId } from '../../contracts/review.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { Prisma } from './generated/client.ts';
import { storable } from './storable.ts';

/** What became of one document of a promotion; golden itself is asked whether that is so. */
export const PromotionItem = ReceivedDocument.extend({
  /** Its place in the list. */
  ordinal: z.number().int().min(0),
  outcome: PromotionItemOutcome,
  kinds: z.array(KindCount),
  /** Of a masked one: what stands in its place. */
  after: BundleFile.nullable(),
  reviewId: ReviewId.nullable(),
});
export type PromotionItem = z.infer<typeof PromotionItem>;

/** What was written of a document first stays: the step that wrote it has acted on it. */
export async function recordPromotionItems(
  { client }: Database,
  { tenant, workspace }: Scope,
  testId: string,
  items: readonly PromotionItem[],
): Promise<void> {
  if (items.length === 0) return;
  const data = items.map(({ media_type: mediaType, kinds, after, ...item }) => ({
    ...storable(item),
    ...{ tenant, workspace, testId, mediaType },
    kinds: kinds as Prisma.InputJsonArray,
    after: after === null ? Prisma.DbNull : (storable(after) as Prisma.InputJsonObject),
  }));
  await reachable(client.promotionItem.createMany({ data, skipDuplicates: true }));
}

type Part = { readonly from: number; readonly limit: number };

/** In the order of the list. */
export async function promotionItems(
  { client }: Database,
  { tenant, workspace }: Scope,
  testId: string,
  { from, limit }: Part,
): Promise<PromotionItem[]> {
  const rows = await reachable(
    client.promotionItem.findMany({
      where: { tenant, workspace, testId, ordinal: { gte: from } },
      orderBy: { ordinal: 'asc' },
      take: limit,
      omit: { tenant: true, workspace: true, testId: true },
    }),
  );
  return rows.map(({ mediaType, size, ...row }) =>
    PromotionItem.parse({ ...row, size: Number(size), media_type: mediaType }),
  );
}

const PAGE = 2000;

export async function allPromotionItems(
  database: Database,
  scope: Scope,
  testId: string,
): Promise<PromotionItem[]> {
  const items: PromotionItem[] = [];
  for (;;) {
    const from = items.length === 0 ? 0 : (items.at(-1)?.ordinal ?? 0) + 1;
    const page = await promotionItems(database, scope, testId, { from, limit: PAGE });
    items.push(...page);
    if (page.length < PAGE) return items;
  }
}

/** Which of these were held back, for a review, at some time. */
export async function reviewsAmong(
  { client }: Database,
  { tenant, workspace }: Scope,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await reachable(
    client.review.findMany({ where: { tenant, workspace, id: { in: [...ids] } }, select: { id: true } }),
  );
  return new Set(rows.map(({ id }) => id));
}
