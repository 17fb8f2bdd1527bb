import type { Order } from '../../contracts/orders.ts';
import type { ReviewVerdict } from '../../contracts/review.ts';
import { CustodyError } from '../custody/custody-error.ts';

export type ReleaseToHold = {
  readonly workspace: string;
  readonly reviewId: string;
  readonly verdict: Exclude<ReviewVerdict, 'reject'>;
  /** Of the document that is held back. */
  readonly subject: string;
  readonly secondPerson: boolean;
  /** Since when people are asked: what was said when they were asked before decides nothing now. */
  readonly openedAt: string;
};

export type Decision = {
  readonly order_id: string;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
};

/**
 * Whether signed decisions let a document go: each one about this very document and with this verdict, and, where the rules
 * ask for it, of two different people.
 */
export function releasedBy(orders: readonly Order[], release: ReleaseToHold): Decision[] {
  const decisions = orders.map((order) => decisionOf(order, release));
  if (decisions.length === 0) throw new CustodyError('untrusted_signer', 'nobody has released it');
  if (release.secondPerson && new Set(decisions.map(({ by }) => by)).size < 2)
    throw new CustodyError('untrusted_signer', 'a second person has to agree to the release');
  return decisions;
}

function decisionOf({ id, by, given_at, action }: Order, release: ReleaseToHold): Decision {
  const same =
    action.kind === 'decide_review' &&
    action.workspace === release.workspace &&
    action.review_id === release.reviewId &&
    action.verdict === release.verdict &&
    action.subject_digest === release.subject &&
    isSince(given_at, release.openedAt);
  if (!same) throw new CustodyError('wrong_scope', `the order ${id} does not release this document`);
  return { order_id: id, by, reason: action.reason, at: given_at };
}

/** Two machines: the one that opens a review, and the one that takes the decision down. */
const CLOCKS_APART_MS = 60_000;

/** Whether a decision was given while this opening of the review lasted. */
export const isSince = (givenAt: string, openedAt: string): boolean =>
  Date.parse(givenAt) >= Date.parse(openedAt) - CLOCKS_APART_MS;
