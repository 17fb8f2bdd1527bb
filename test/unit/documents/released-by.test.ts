import { describe, expect, test } from '@jest/globals';
import type { Order } from '../../../contracts/orders.ts';
import type { DecideReview } from '../../../contracts/review.ts';
import { releasedBy } from '../../../domain/documents/released-by.ts';

const REVIEW = `review_${'1'.repeat(32)}`;
const SUBJECT = 'a'.repeat(64);
const asked = {
  workspace: 'web',
  reviewId: REVIEW,
  verdict: 'release' as const,
  subject: SUBJECT,
  secondPerson: false,
  openedAt: '2026-06-01T11:00:00.000Z',
};

const decision = (by: string, changes: Partial<DecideReview> = {}): Order => ({
  id: `order_${by.padEnd(32, '0')}`,
  tenant: 'acme',
  by,
  given_at: '2026-06-01T12:00:00.000Z',
  expires_at: '2026-06-02T12:00:00.000Z',
  action: {
    kind: 'decide_review',
    workspace: 'web',
    review_id: REVIEW,
    verdict: 'release',
    reason: 'fine',
    subject_digest: SUBJECT,
    ...changes,
  },
});

test('one decision lets a document go where nobody asks for a second one', () => {
  expect(releasedBy([decision('ada')], asked)).toEqual([
    {
      order_id: decision('ada').id,
      by: 'ada',
      reason: 'fine',
      at: '2026-06-01T12:00:00.000Z',
    },
  ]);
});

describe('where a second person has to agree', () => {
  const both = { ...asked, secondPerson: true };
  test('two people are two', () => {
    expect(releasedBy([decision('ada'), decision('bob')], both)).toHaveLength(2);
  });
  test.each([
    ['one person is not', [decision('ada')]],
    ['nor is one person twice', [decision('ada'), { ...decision('ada'), id: `order_${'9'.repeat(32)}` }]],
    ['nor is nobody', []],
  ])('%s', (_, orders) => {
    expect(() => releasedBy(orders, both)).toThrow(expect.objectContaining({ code: 'untrusted_signer' }));
  });
});

test.each([
  ['another workspace', { workspace: 'other' }],
  ['another review', { review_id: `review_${'2'.repeat(32)}` }],
  ['other bytes', { subject_digest: 'b'.repeat(64) }],
  ['another verdict', { verdict: 'release_masked' as const }],
  ['a no', { verdict: 'reject' as const }],
])('a decision about %s is none', (_, changes) => {
  expect(() => releasedBy([decision('ada', changes)], asked)).toThrow(
    expect.objectContaining({ code: 'wrong_scope' }),
  );
  expect(() => releasedBy([decision('bob'), decision('ada', changes)], asked)).toThrow(/does not release/);
});

test('a decision from a time when people were asked before is none', () => {
  const later = { ...asked, openedAt: '2026-06-01T12:10:00.000Z' };
  expect(() => releasedBy([decision('ada')], later)).toThrow(
    expect.objectContaining({ code: 'wrong_scope' }),
  );
  // two machines' clocks are never quite the same
  expect(releasedBy([decision('ada')], { ...asked, openedAt: '2026-06-01T12:00:30.000Z' })).toHaveLength(1);
});
