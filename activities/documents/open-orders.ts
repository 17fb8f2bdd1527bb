import { CertusError } from '../../contracts/errors.ts';
import type { KeySet } from '../../contracts/keys.ts';
import type { Order } from '../../contracts/orders.ts';
import type { PromotionInput } from '../../contracts/promotion.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { openOrder } from '../../domain/custody/order-statement.ts';
import { type Decision, releasedBy } from '../../domain/documents/released-by.ts';
import { releaseRunOf } from '../../domain/review/review-id.ts';
import type { Database } from '../../services/database/database.ts';
import { findOrder } from '../../services/database/orders.ts';
import { findReview } from '../../services/database/reviews.ts';

type Deps = { readonly database: Database; readonly keySet: KeySet };

/** An order as the operator key signed it: who started the workflow, and what a row says, counts for nothing. */
export async function openSignedOrder(
  { database, keySet }: Deps,
  tenant: string,
  orderId: string,
): Promise<Order> {
  const row = await findOrder(database, tenant, orderId);
  if (row === undefined) throw new CertusError('order_invalid', `there is no order ${orderId}`);
  return orInvalid(() => openOrder(row.statement, { tenant, id: orderId, keySet }));
}

/** The decisions that let a held document go. Whether it takes two people is asked where the policy is known. */
export async function openDecisions(
  deps: Deps,
  { scope, testId, orderId, release }: Pick<PromotionInput, 'scope' | 'testId' | 'orderId' | 'release'>,
  subject: string,
  { secondPerson } = { secondPerson: false },
): Promise<{ readonly last: Order; readonly decisions: Decision[] }> {
  const review = release && (await findReview(deps.database, scope, release.reviewId));
  const openedAt = review?.openedAt.toISOString();
  if (release === undefined || openedAt === undefined || testId !== releaseRunOf(release.reviewId, openedAt))
    throw new CertusError('order_invalid', `${testId} is not the run of a release`);
  const ids = [...new Set(release.orderIds)];
  const orders = await Promise.all(ids.map((id) => openSignedOrder(deps, scope.tenant, id)));
  const last = orders.find(({ id }) => id === orderId);
  if (last === undefined)
    throw new CertusError('order_invalid', `${orderId} is none of the decisions of the review`);
  const { reviewId, verdict } = release;
  const asked = { workspace: scope.workspace, reviewId, verdict, subject, secondPerson, openedAt };
  return { last, decisions: orInvalid(() => releasedBy(orders, asked)) };
}

function orInvalid<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    throw new CertusError('order_invalid', `not promoted, ${error.code}: ${error.message}`, { cause: error });
  }
}
