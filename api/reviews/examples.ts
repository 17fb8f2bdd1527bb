import { type ReviewPreview, ReviewView } from '../../contracts/review.ts';

const DIGEST = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

export const reviewExample = ReviewView.parse({
  review_id: `review_${'0123456789abcdef'.repeat(2)}`,
  workspace_id: 'default',
  state: 'second_person',
  kind: 'document',
  name: 'customers/list.csv',
  media_type: 'text/csv',
  size: 2048,
  subject_digest: DIGEST,
  test_id: null,
  kinds: [{ type: 'EMAIL_ADDRESS', count: 2 }],
  places: [{ type: 'EMAIL_ADDRESS', place: 'line 2', confidence: 0.9 }],
  opaque: [],
  maskable: true,
  second_person: true,
  decisions: [
    {
      order_id: `order_${'0123456789abcdef'.repeat(2)}`,
      by: 'ada',
      verdict: 'release_masked',
      reason: 'the addresses are not needed',
      at: '2026-01-01T01:00:00.000Z',
    },
  ],
  opened_at: '2026-01-01T00:00:00.000Z',
  expires_at: '2026-01-31T00:00:00.000Z',
  closed_at: null,
  released_as: null,
});

export const decisionExample = {
  verdict: 'release_masked',
  reason: 'the addresses are not needed',
  subject_digest: DIGEST,
};

export const previewExample: ReviewPreview = {
  review_id: reviewExample.review_id,
  subject_digest: DIGEST,
  name: reviewExample.name,
  pieces: [
    {
      place: 'line 2',
      text: 'Ada, ada@customer.example',
      spans: [{ type: 'EMAIL_ADDRESS', start: 5, end: 25 }],
    },
  ],
};
