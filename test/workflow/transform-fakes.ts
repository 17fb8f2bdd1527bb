import type { DocumentsActivities } from '../../activities/documents/create-documents-activities.ts';
import type { PromotionActivities } from '../../activities/documents/create-promotion-activities.ts';
import type { UploadActivities } from '../../activities/documents/create-upload-activities.ts';
import type { FinishedPromotion } from '../../activities/documents/finish-promotion.ts';
import type { EventActivities } from '../../activities/events/create-event-activities.ts';
import type { SourceActivities } from '../../activities/ingest/create-source-activities.ts';
import type { PrivacyScanActivities } from '../../activities/privacy/create-privacy-scan-activities.ts';
import type { ReviewActivities } from '../../activities/privacy/create-review-activities.ts';
import type { PublishActivities } from '../../activities/publish/create-publish-activities.ts';
import type { OrderActivities } from '../../activities/trust/create-order-activities.ts';
import type { ReviewInput } from '../../contracts/review.ts';
import { type Activities, fakeActivities } from './fakes.ts';
import { reviewFakes, type Signed } from './review-fakes.ts';
import { sourceFakes } from './source-fakes.ts';

export type TransformFakes = {
  readonly assurance: Activities['assurance'] & DocumentsActivities;
  readonly trust: Activities['trust'] & Pick<OrderActivities, 'carryOut'>;
  readonly transform: PublishActivities &
    EventActivities &
    PrivacyScanActivities &
    PromotionActivities &
    ReviewActivities &
    UploadActivities;
  readonly ingest: Activities['ingest'] & SourceActivities;
};

export const ALL_PROMOTED: FinishedPromotion = {
  state: 'promoted',
  manifest: 'golden/m',
  clean: 2,
  masked: 1,
  released: 0,
  withheld: 0,
  changed: 0,
};
export const POLICY = 'f'.repeat(64);
const SUBSCRIBERS = [1, 2].map((nth) => `hook_${nth.toString(16).padStart(24, '0')}`);
let events = Date.now();

/** All that the zones do for documents, for whom somebody wants to be told of whatever happens, and for one review. */
export function transformFakes(review: ReviewInput, signed: Signed, releaseAs: string): TransformFakes {
  const { assurance, trust, transform, ingest } = fakeActivities();
  const reviewing = reviewFakes(review, signed);
  const { findReviewOnRecord } = reviewing.transform;
  return {
    assurance: {
      ...assurance,
      composeDocuments: async ({ testId }) => ({
        bundle: { prefix: `default/web/documents/${testId}/incoming/`, digest: 'd'.repeat(64) },
        intake: { sha256: 'e'.repeat(64), size: 3 },
        documents: 3,
        bytes: 42,
      }),
    },
    trust: { ...trust, ...reviewing.trust },
    transform: {
      ...transform,
      ...reviewing.transform,
      findReviewOnRecord: async (reference) => ({ ...(await findReviewOnRecord(reference)), releaseAs }),
      recordPlatformEvent: async () => ({ eventId: String(events++), wanted: true }),
      subscribersOf: async () => SUBSCRIBERS,
      deliverEvent: async () => undefined,
      noteFailure: async () => undefined,
      beginPrivacyScan: async () => POLICY,
      inspectPage: async () => ({ next: null, reviews: [] }),
      endPrivacyScan: async () => undefined,
      recordDocumentPromotion: async () => undefined,
      placeDocuments: async () => ({ next: null, policy: POLICY, reviews: [] }),
      finishPromotion: async () => ALL_PROMOTED,
      reviewsToStart: async () => [],
      receiveUpload: async () => undefined,
      sweepUploads: async () => 3,
    },
    ingest: { ...ingest, ...sourceFakes() },
  };
}
