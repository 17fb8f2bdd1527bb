import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { ReviewDecision } from '../../contracts/review.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { openOrder } from '../../domain/custody/order-statement.ts';
import { findOrder } from '../../services/database/orders.ts';
import type { PublishDeps } from '../publish/deps.ts';

export type DecisionToOpen = {
  readonly scope: Scope;
  readonly reviewId: string;
  readonly subjectDigest: string;
  readonly orderId: string;
};

/** What somebody decided, as they signed it: about this review, in this workspace, and of these very bytes. */
export async function openDecision(
  { database, keySet }: Pick<PublishDeps, 'database' | 'keySet'>,
  { scope, reviewId, subjectDigest, orderId }: DecisionToOpen,
): Promise<ReviewDecision> {
  const found = await findOrder(database, scope.tenant, orderId);
  if (found === undefined) throw new CertusError('order_invalid', `there is no order ${orderId}`);
  const { action, by, given_at } = held(() =>
    openOrder(found.statement, { tenant: scope.tenant, id: orderId, keySet }),
  );
  if (
    action.kind !== 'decide_review' ||
    action.workspace !== scope.workspace ||
    action.review_id !== reviewId ||
    action.subject_digest !== subjectDigest
  )
    throw new CertusError('order_invalid', `the order ${orderId} is not about this review`);
  return { orderId, by, verdict: action.verdict, reason: action.reason, at: given_at };
}

function held<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    throw new CertusError('order_invalid', `the order does not hold, ${error.code}`, { cause: error });
  }
}
