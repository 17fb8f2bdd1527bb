import type { EventType, NewPlatformEvent } from '../contracts/platform-event.ts';
import type { ReviewDecision, ReviewInput, ReviewOutcome } from '../contracts/review.ts';
import { subjectDigest } from '../contracts/review-subject.ts';

/** Kinds and counts, and no name: what a document is called is often about a person. */
const facts = ({ scope, id, subject, testId, found }: ReviewInput) => ({
  workspace_id: scope.workspace,
  review_id: id,
  kind: subject.kind,
  subject_digest: subjectDigest(subject),
  test_id: testId,
  kinds: found.kinds,
});

export const heldEvent = (review: ReviewInput): NewPlatformEvent => ({
  ...news(review, 'document_quarantined', 'held'),
  data: facts(review),
});

export const reminderEvent = (review: ReviewInput, nth: number): NewPlatformEvent => ({
  ...news(review, 'review_reminder', String(nth)),
  data: { ...facts(review), reminder: nth },
});

/** How evidence was released or rejected is told by its publication, about its run. */
export function endEvent(
  review: ReviewInput,
  state: ReviewOutcome['state'],
  counting: readonly ReviewDecision[],
  releasedAs: string | null,
): NewPlatformEvent | undefined {
  if (review.subject.kind === 'evidence' && state !== 'expired') return undefined;
  const by = counting.map((decision) => decision.by);
  const data = { ...facts(review), state, by, released_as: releasedAs };
  return { ...news(review, EVENT_OF[state], 'end'), data };
}

const EVENT_OF: Readonly<Record<ReviewOutcome['state'], EventType>> = {
  released: 'document_released',
  released_masked: 'document_released',
  rejected: 'document_rejected',
  expired: 'review_expired',
};

const news = ({ scope, id, openedAt }: ReviewInput, type: EventType, which: string) => ({
  tenant: scope.tenant,
  type,
  about: id,
  once: `${type}/${scope.workspace}/${id}/${openedAt}/${which}`,
  at: new Date().toISOString(),
});
