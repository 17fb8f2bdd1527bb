import type { EventActivities } from '../../activities/events/create-event-activities.ts';
import type { ReviewActivities, ReviewProgress } from '../../activities/privacy/create-review-activities.ts';
import type { OrderActivities } from '../../activities/trust/create-order-activities.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { NewPlatformEvent } from '../../contracts/platform-event.ts';
import { ReviewRules, type ReviewRules as Rules } from '../../contracts/privacy.ts';
import type { ReviewDecision, ReviewInput, ReviewState } from '../../contracts/review.ts';

export const DIGEST = 'd'.repeat(64);
export const order = (nth: number): string => `order_${nth.toString(16).padStart(32, '0')}`;

export const held = (nth: number, openedAt: number, rules: Partial<Rules> = {}): ReviewInput => ({
  scope: { tenant: 'default', workspace: 'web' },
  id: `review_${nth.toString(16).padStart(32, '0')}`,
  component: 'documents',
  assessment: 'documents',
  testId: null,
  subject: {
    kind: 'document',
    document: { name: 'a/list.csv', sha256: DIGEST, size: 12, media_type: 'text/csv' },
    masked: { name: 'a/list.csv', sha256: 'e'.repeat(64), size: 14, media_type: 'text/csv' },
  },
  found: { kinds: [{ type: 'EMAIL_ADDRESS', count: 2 }], opaque: [] },
  rules: ReviewRules.parse(rules),
  openedAt: new Date(openedAt).toISOString(),
});

export const evidence = (review: ReviewInput): ReviewInput => ({
  ...review,
  testId: 'test_0123456789ab',
  subject: {
    kind: 'evidence',
    bundleDigest: DIGEST,
    permitId: `permit_${'1'.repeat(32)}`,
    files: [{ path: 'findings.json', sha256: 'f'.repeat(64), size: 3 }],
  },
});

/** Orders that were signed, by id; whoever gives another one is found out. */
export type Signed = Map<string, Omit<ReviewDecision, 'orderId'>>;

/** A table of one review, a Trust that logs, and everything that was told. */
export function reviewFakes(review: ReviewInput, signed: Signed, before: ReviewState = 'open') {
  const rows: ReviewProgress[] = [];
  const events: NewPlatformEvent[] = [];
  const carriedOut: string[] = [];
  const state = () => rows.at(-1)?.state ?? before;
  const transform: ReviewActivities & Pick<EventActivities, 'recordPlatformEvent'> = {
    findReviewOnRecord: async () => ({
      review,
      state: state(),
      decisions: rows.at(-1)?.decisions ?? [],
      releaseAs: `docs_${'a'.repeat(24)}`,
    }),
    openDecision: async ({ orderId }) => {
      const said = signed.get(orderId);
      if (said === undefined) throw new CertusError('order_invalid', 'there is no such order');
      return { orderId, ...said };
    },
    recordReview: async (_, progress) => {
      rows.push(progress);
    },
    recordPlatformEvent: async (event) => {
      events.push(event);
      return { eventId: String(events.length), wanted: false };
    },
  };
  const trust: Pick<OrderActivities, 'carryOut'> = {
    carryOut: async ({ orderId }) => {
      carriedOut.push(orderId);
      return { state: 'done', result: {} };
    },
  };
  return { transform, trust, rows, events, carriedOut };
}
