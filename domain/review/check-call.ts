import { CertusError } from '../../contracts/errors.ts';
import type { ReviewCall, ReviewDecision, ReviewSubject } from '../../contracts/review.ts';
import { isMaskable, subjectDigest } from '../../contracts/review-subject.ts';
import { isRepeated } from './standing.ts';

export type ReviewFacts = {
  readonly closed: boolean;
  readonly expiresAt: number;
  readonly subject: ReviewSubject;
  readonly secondPerson: boolean;
  /** Every order that was ever given to it. */
  readonly known: ReadonlySet<string>;
  readonly decisions: readonly Pick<ReviewDecision, 'by' | 'verdict'>[];
  /** Not carried out yet. */
  readonly waiting: readonly Pick<ReviewDecision, 'by' | 'verdict'>[];
};

/** Refused orders are kept as well, and a history has room for only so many. */
const MOST_ORDERS = 200;
const ORDER = /^order_[0-9a-f]{32}$/;
const VERDICTS: ReadonlySet<unknown> = new Set(['release_masked', 'release', 'reject']);

/** Turns away what can come to nothing, before it takes anything: a late answer, a second click, an answer about something else. */
export function requireCall(call: ReviewCall, facts: ReviewFacts, now: number): void {
  if (!isCall(call)) throw new CertusError('invalid_request', 'this is no decision about a review');
  if (facts.closed) throw new CertusError('review_closed', 'this review has been decided already');
  if (now >= facts.expiresAt) throw new CertusError('review_closed', 'the time for this review is over');
  if (call.subjectDigest !== subjectDigest(facts.subject))
    throw new CertusError('digest_mismatch', 'the decision is about other bytes than those that are held');
  if (facts.known.has(call.orderId))
    throw new CertusError('idempotency_conflict', 'this order was given to this review already');
  if (facts.known.size >= MOST_ORDERS)
    throw new CertusError('too_many_attempts', 'this review was given more orders than anybody means');
  requireNews(call, { ...facts, decisions: [...facts.decisions, ...facts.waiting] });
}

/** Asked once more of the signed order: what the call says of itself is nobody's word. */
export function requireNews(
  said: Pick<ReviewDecision, 'by' | 'verdict'>,
  { decisions, subject, secondPerson }: Pick<ReviewFacts, 'decisions' | 'subject' | 'secondPerson'>,
): void {
  if (said.verdict === 'release_masked' && !isMaskable(subject))
    throw new CertusError('invalid_request', 'there is no masked copy of this to release');
  if (!isRepeated(decisions, said)) return;
  throw secondPerson
    ? new CertusError('second_person_required', 'a second person has to say the same')
    : new CertusError('review_closed', 'the same was decided already');
}

const isCall = (call: unknown): call is ReviewCall =>
  typeof call === 'object' &&
  call !== null &&
  'orderId' in call &&
  typeof call.orderId === 'string' &&
  ORDER.test(call.orderId) &&
  'by' in call &&
  typeof call.by === 'string' &&
  call.by !== '' &&
  'verdict' in call &&
  VERDICTS.has(call.verdict);
