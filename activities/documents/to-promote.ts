import { DocumentList, type ReceivedDocument } from '../../contracts/documents.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { Intake } from '../../contracts/intake.ts';
import { documentListKey } from '../../contracts/object-keys.ts';
import type { Order } from '../../contracts/orders.ts';
import type { PromoteDocuments, PromotionInput } from '../../contracts/promotion.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { reviewIdOf } from '../../domain/review/review-id.ts';
import { isOverruled } from '../../domain/review/standing.ts';
import { findReview } from '../../services/database/reviews.ts';
import type { DocumentsDeps } from './deps.ts';
import { openDecisions, openSignedOrder } from './open-orders.ts';

/** What an order says is to be promoted, and on whose word. */
export type ToPromote = {
  readonly order: Order;
  readonly list: string | null;
  readonly release: Intake['release'];
  readonly documents: readonly ReceivedDocument[];
};

type Deps = Pick<DocumentsDeps, 'database' | 'uploads' | 'keySet'>;

/** Believes the signed order, and the list or the review only as far as the order names it by its digest. */
export const toPromote = (deps: Deps, input: PromotionInput): Promise<ToPromote> =>
  input.release === undefined ? ofList(deps, input) : ofReview(deps, input, input.release);

/** Room for as many documents as a list may have, with names of the usual length. */
const MAX_LIST = 16 * 1024 * 1024;

async function ofList(deps: Deps, input: PromotionInput): Promise<ToPromote> {
  const order = await openSignedOrder(deps, input.scope.tenant, input.orderId);
  const { action } = order;
  if (action.kind !== 'promote_documents' || !isAbout(action, input))
    throw new CertusError('order_invalid', `the order ${order.id} is about something else`);
  const bytes = await deps.uploads.read(documentListKey(input.scope, action.list), MAX_LIST);
  if (sha256(bytes) !== action.list)
    throw new CertusError('digest_mismatch', 'the list of documents is not the one that the order names');
  const list = DocumentList.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  if (!isListOf(list, input) || list.documents.length !== action.documents)
    throw new CertusError('order_invalid', 'the list of documents is of another promotion');
  requireDifferentNames(list.documents);
  return { order, list: action.list, release: null, documents: list.documents };
}

const isAbout = (
  action: PromoteDocuments,
  { scope, component, assessment, testId, destinations }: PromotionInput,
) =>
  action.workspace === scope.workspace &&
  action.component === component &&
  action.assessment === assessment &&
  action.test_id === testId &&
  destinations.every((place) => action.destinations.includes(place));

const isListOf = (list: DocumentList, { scope, component, assessment, testId }: PromotionInput): boolean =>
  list.tenant === scope.tenant &&
  list.workspace_id === scope.workspace &&
  list.component_id === component &&
  list.assessment_id === assessment &&
  list.test_id === testId;

function requireDifferentNames(documents: readonly ReceivedDocument[]): void {
  if (new Set(documents.map(({ name }) => name)).size !== documents.length)
    throw new CertusError('order_invalid', 'the list names a document twice');
}

/** The review's id is made of name and digest, and the decisions name both: a row that says otherwise is not believed. */
async function ofReview(
  deps: Deps,
  input: PromotionInput,
  release: NonNullable<PromotionInput['release']>,
): Promise<ToPromote> {
  const { reviewId, verdict } = release;
  const review = await findReview(deps.database, input.scope, reviewId);
  if (review?.subject.kind !== 'document')
    throw new CertusError('review_not_found', `there is no review ${reviewId} of a document`);
  if (isOverruled(review.state, verdict))
    throw new CertusError('review_closed', `the review ${reviewId} did not come to this: ${review.state}`);
  const { document } = review.subject;
  if (reviewIdOf(input.scope, document.name, document.sha256) !== reviewId)
    throw new CertusError('order_invalid', `the review ${reviewId} is not about this document`);
  const { last, decisions } = await openDecisions(deps, input, document.sha256);
  return {
    order: last,
    list: null,
    release: { review_id: reviewId, verdict, decisions },
    documents: [document],
  };
}
