import { CertusError } from '../../contracts/errors.ts';
import { holdStatementKey } from '../../contracts/object-keys.ts';
import type { ReviewRules } from '../../contracts/privacy.ts';
import type { ReviewOutcome, ReviewVerdict } from '../../contracts/review.ts';
import type { SanitizeStatement } from '../../contracts/statements.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { openOrder } from '../../domain/custody/order-statement.ts';
import { openHold, type SanitizedFile } from '../../domain/custody/sanitize-statement.ts';
import { releasedBy } from '../../domain/documents/released-by.ts';
import { reviewIdOf } from '../../domain/review/review-id.ts';
import { isOverruled } from '../../domain/review/standing.ts';
import { findOrder } from '../../services/database/orders.ts';
import { findReview } from '../../services/database/reviews.ts';
import type { PublishDeps } from './deps.ts';

/** What people have decided about evidence that was held back. */
export type Release = {
  readonly verdict: Exclude<ReviewVerdict, 'reject'>;
  /** What they were shown. */
  readonly paths: ReadonlySet<string>;
  readonly decisions: NonNullable<SanitizedFile['released']>;
};

type Deps = Pick<PublishDeps, 'database' | 'keySet' | 'quarantine'>;

/** Our own word on since when a bundle is held back: the permit was used then, whenever people come to decide. */
export async function openHeldStatement(
  { quarantine, keySet }: Deps,
  { scope, testId, bundle }: PublishInput,
): Promise<SanitizeStatement['predicate']> {
  const bytes = await quarantine.read(holdStatementKey(scope, testId), MAX_STATEMENT);
  const about = { ...scope, testId, bundleDigest: bundle.digest };
  return orInvalid(() => openHold(bytes, about, keySet).statement.predicate);
}

export const MAX_STATEMENT = 16 * 1024 * 1024;

/**
 * Believes neither the workflow nor the row of the review, but the signed orders: each about this very bundle and with this
 * verdict, and of two people where the policy asks for it.
 */
export async function requireReleased(
  { database, keySet }: Deps,
  { scope, testId, bundle }: PublishInput,
  { state, orders }: Pick<ReviewOutcome, 'state' | 'orders'>,
  held: SanitizeStatement['predicate'],
  rules: ReviewRules,
): Promise<Release> {
  const verdict = VERDICTS[state];
  if (verdict === undefined) throw new CertusError('order_invalid', `${testId} was not released: ${state}`);
  const reviewId = reviewIdOf(scope, testId, bundle.digest);
  const review = await findReview(database, scope, reviewId);
  if (review === undefined || isOverruled(review.state, verdict))
    throw new CertusError('review_closed', `the review ${reviewId} did not come to this`);
  const open = async (id: string) => {
    const row = await findOrder(database, scope.tenant, id);
    if (row === undefined) throw new CertusError('order_invalid', `there is no order ${id}`);
    return orInvalid(() => openOrder(row.statement, { tenant: scope.tenant, id, keySet }));
  };
  const ids = [...new Set(orders.map(({ orderId }) => orderId))];
  if (ids.length > MAX_ORDERS) throw new CertusError('order_invalid', 'more orders than a review can have');
  const opened = await Promise.all(ids.map(open));
  const decisions = orInvalid(() =>
    releasedBy(opened, {
      workspace: scope.workspace,
      reviewId,
      verdict,
      subject: bundle.digest,
      secondPerson: rules.second_person,
      openedAt: review.openedAt.toISOString(),
    }),
  );
  return {
    verdict,
    paths: new Set(held.files.map(({ path }) => path)),
    decisions: decisions.map(({ order_id, by, reason }) => ({ order: order_id, by, reason })),
  };
}

const MAX_ORDERS = 10;

const VERDICTS: Readonly<Record<ReviewOutcome['state'], Release['verdict'] | undefined>> = {
  released: 'release',
  released_masked: 'release_masked',
  rejected: undefined,
  expired: undefined,
};

function orInvalid<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    throw new CertusError('order_invalid', `not published, ${error.code}: ${error.message}`, {
      cause: error,
    });
  }
}
