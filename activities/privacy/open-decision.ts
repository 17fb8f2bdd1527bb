import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { ReviewDecision } from '../../contracts/review.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { openOrder } from '../../domain/custody/order-statement.ts';
import { isSince } from '../../domain/documents/released-by.ts';
import { findOrder } from '../../services/database/orders.ts';
import { findReview } from '../../services/database/reviews.ts';
import { policyInForce } from '../../services/privacy/policy-in-force.ts';
import type { PublishDeps } from '../publish/deps.ts';

export type DecisionToOpen = {
  readonly scope: Scope;
  readonly reviewId: string;
  readonly subjectDigest: string;
  readonly orderId: string;
};

/** Left out by those who opened decisions before this was asked. */
export type OpenedDecision = ReviewDecision & { readonly secondPerson?: boolean };

/**
 * What somebody decided, as they signed it: about this review, in this workspace, and of these very bytes. Says as well whether
 * two people are asked for by now: a review that began under an easier rule ends under the one in force.
 */
export async function openDecision(
  deps: Pick<PublishDeps, 'database' | 'keySet'>,
  { scope, reviewId, subjectDigest, orderId }: DecisionToOpen,
): Promise<OpenedDecision> {
  const { database, keySet } = deps;
  const openedAt = (await findReview(database, scope, reviewId))?.openedAt.toISOString();
  if (openedAt === undefined) throw new CertusError('review_not_found', `there is no review ${reviewId}`);
  const found = await findOrder(database, scope.tenant, orderId);
  if (found === undefined) throw new CertusError('order_invalid', `there is no order ${orderId}`);
  const { action, by, given_at } = held(() =>
    openOrder(found.statement, { tenant: scope.tenant, id: orderId, keySet }),
  );
  if (
    action.kind !== 'decide_review' ||
    action.workspace !== scope.workspace ||
    action.review_id !== reviewId ||
    action.subject_digest !== subjectDigest ||
    !isSince(given_at, openedAt)
  )
    throw new CertusError('order_invalid', `the order ${orderId} is not about this review`);
  const { policy } = await policyInForce(deps, scope);
  const secondPerson = policy.review.second_person;
  return { orderId, by, verdict: action.verdict, reason: action.reason, at: given_at, secondPerson };
}

function held<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    throw new CertusError('order_invalid', `the order does not hold, ${error.code}`, { cause: error });
  }
}
