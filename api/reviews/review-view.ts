import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { ReviewView } from '../../contracts/review.ts';
import { isMaskable } from '../../contracts/review-subject.ts';
import { findReview, type ReviewRecord } from '../../services/database/reviews.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';

/** `review_not_found` also for one of another workspace: nobody learns that it is there. */
export async function existingReview(
  { database }: Pick<ApiDeps, 'database'>,
  scope: Scope,
  id: string,
): Promise<ReviewRecord> {
  const record = await findReview(database, scope, id);
  if (record === undefined)
    throw new CertusError('review_not_found', 'there is no such review in this workspace');
  return record;
}

/** Where something stands says much of what it is: whoever is no reviewer learns kinds and counts. */
export function reviewView(record: ReviewRecord, { roles }: Pick<Principal, 'roles'>): ReviewView {
  const { subject, found } = record;
  const document = subject.kind === 'document' ? subject.document : undefined;
  const reviewer = roles.includes('reviewer');
  return {
    review_id: record.id,
    workspace_id: record.scope.workspace,
    state: record.state,
    kind: subject.kind,
    name: record.name,
    media_type: document?.media_type ?? null,
    size: document?.size ?? null,
    subject_digest: record.digest,
    test_id: record.testId,
    kinds: found.kinds,
    places: reviewer ? found.places : [],
    opaque: found.opaque.map(({ reason, place }) => ({ reason, place: reviewer ? place : '' })),
    maskable: isMaskable(subject),
    second_person: record.rules.second_person,
    decisions: record.decisions.map(({ orderId, ...decision }) => ({ order_id: orderId, ...decision })),
    opened_at: record.openedAt.toISOString(),
    expires_at: record.expiresAt.toISOString(),
    closed_at: record.closedAt?.toISOString() ?? null,
    released_as: record.releasedAs,
  };
}
