import type { Scope } from '../../contracts/identifiers.ts';
import { ReviewState } from '../../contracts/review.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import type { PromotionItem } from './promotion-items.ts';

/** Of what each of these runs held back: how much people have released since. */
export async function releasedSince(
  { sql }: Pick<Database, 'sql'>,
  { tenant, workspace }: Scope,
  testIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await reachable(sql.query<Row>(RELEASED, [tenant, workspace, testIds]));
  return new Map(rows.map(({ test_id, released }) => [test_id, Number(released)]));
}

type Row = { test_id: string; released: string };

const RELEASED = `
  SELECT i.test_id, count(*) AS released
  FROM promotion_items i
  JOIN reviews r ON r.tenant = i.tenant AND r.workspace = i.workspace AND r.id = i.review_id
  WHERE i.tenant = $1 AND i.workspace = $2 AND i.test_id = ANY ($3)
    AND i.outcome = 'withheld' AND r.state IN ('released', 'released_masked')
  GROUP BY i.test_id`;

/** How the reviews of these documents stand now. */
export async function reviewStates(
  { client }: Pick<Database, 'client'>,
  { tenant, workspace }: Scope,
  items: readonly Pick<PromotionItem, 'reviewId'>[],
): Promise<ReadonlyMap<string, ReviewState>> {
  const ids = items.flatMap(({ reviewId }) => reviewId ?? []);
  if (ids.length === 0) return new Map();
  const rows = await reachable(
    client.review.findMany({
      where: { tenant, workspace, id: { in: ids } },
      select: { id: true, state: true },
    }),
  );
  return new Map(rows.map(({ id, state }) => [id, ReviewState.parse(state)]));
}
