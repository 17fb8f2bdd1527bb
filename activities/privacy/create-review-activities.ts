import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { ReviewRules } from '../../contracts/privacy.ts';
import type { ReviewDecision, ReviewInput, ReviewState } from '../../contracts/review.ts';
import { releaseRunOf } from '../../domain/review/review-id.ts';
import { findReview, reviewInputOf, updateReview } from '../../services/database/reviews.ts';
import { withHeartbeat } from '../heartbeat.ts';
import type { PublishDeps } from '../publish/deps.ts';
import { type DecisionToOpen, type OpenedDecision, openDecision } from './open-decision.ts';

export type ReviewReference = { readonly scope: Scope; readonly id: string };

/** A review as it stands on record; what is to be reviewed, and by which rules, nobody else gets to say. */
export type ReviewOnRecord = {
  readonly review: ReviewInput;
  readonly state: ReviewState;
  readonly decisions: readonly ReviewDecision[];
  /** The run in which a released document is promoted. */
  readonly releaseAs: string;
};

export type ReviewProgress = {
  readonly state: ReviewState;
  readonly decisions: readonly ReviewDecision[];
  readonly releasedAs: string | null;
  readonly closedAt: string | null;
  /** The rules it is decided by; they may have grown stricter. */
  readonly rules?: ReviewRules;
};

/** What the workflow of a review has done for it. */
export const createReviewActivities = (deps: Pick<PublishDeps, 'database' | 'keySet'>) => ({
  findReviewOnRecord: (reference: ReviewReference): Promise<ReviewOnRecord> =>
    withHeartbeat(() => onRecord(deps, reference)),
  openDecision: (decision: DecisionToOpen): Promise<OpenedDecision> =>
    withHeartbeat(() => openDecision(deps, decision)),
  recordReview: ({ scope, id }: ReviewReference, { closedAt, ...progress }: ReviewProgress): Promise<void> =>
    withHeartbeat(() =>
      updateReview(deps.database, scope, id, {
        ...progress,
        closedAt: closedAt === null ? null : new Date(closedAt),
      }),
    ),
});

export type ReviewActivities = ReturnType<typeof createReviewActivities>;

async function onRecord(
  { database }: Pick<PublishDeps, 'database'>,
  { scope, id }: ReviewReference,
): Promise<ReviewOnRecord> {
  const record = await findReview(database, scope, id);
  if (record === undefined) throw new CertusError('review_not_found', `there is no review ${id}`);
  const { state, decisions } = record;
  const review = reviewInputOf(record);
  return { review, state, decisions, releaseAs: releaseRunOf(id, review.openedAt) };
}
