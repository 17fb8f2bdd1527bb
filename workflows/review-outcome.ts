import { ApplicationFailure } from '@temporalio/workflow';
import type { ReviewOnRecord } from '../activities/privacy/create-review-activities.ts';
import type { ReviewDecision, ReviewOutcome, ReviewState } from '../contracts/review.ts';
import { isClosed, standingOf } from '../domain/review/standing.ts';

/** Somebody comes upon what was decided about before: it is not asked for once more. */
export function earlierOutcome({ review, state, decisions, releaseAs }: ReviewOnRecord): ReviewOutcome {
  if (!isEnd(state)) throw ApplicationFailure.nonRetryable('the review came to no end', 'review_closed');
  const counting = state === 'expired' ? [] : standingOf(decisions, review.rules).counting;
  const released = review.subject.kind === 'document' && state.startsWith('released');
  return outcomeOf(state, counting, released ? releaseAs : null);
}

const isEnd = (state: ReviewState): state is ReviewOutcome['state'] => isClosed(state) && state !== 'failed';

export const outcomeOf = (
  state: ReviewOutcome['state'],
  counting: readonly ReviewDecision[],
  testId: string | null,
): ReviewOutcome => ({
  state,
  orders: counting.map(({ orderId, by, reason, at }) => ({ orderId, by, reason, at })),
  testId,
});
