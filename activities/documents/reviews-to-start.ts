import type { Scope } from '../../contracts/identifiers.ts';
import type { ReviewInput } from '../../contracts/review.ts';
import { isClosed } from '../../domain/review/standing.ts';
import type { Database } from '../../services/database/database.ts';
import { findReview, reviewInputOf } from '../../services/database/reviews.ts';

/** Those of the reviews that nobody has ended: what people have decided about is not asked again. */
export async function reviewsToStart(
  { database }: { readonly database: Database },
  scope: Scope,
  ids: readonly string[],
): Promise<ReviewInput[]> {
  const found: ReviewInput[] = [];
  for (const id of ids) {
    const record = await findReview(database, scope, id);
    if (record !== undefined && !isClosed(record.state)) found.push(reviewInputOf(record));
  }
  return found;
}
