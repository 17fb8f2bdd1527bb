import { describe, expect, test } from '@jest/globals';
import { openDecision } from '../../../activities/privacy/open-decision.ts';
import type { KeySet } from '../../../contracts/keys.ts';
import type { Order } from '../../../contracts/orders.ts';
import { ReviewRules } from '../../../contracts/privacy.ts';
import { orderStatement } from '../../../domain/custody/order-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import type { Database } from '../../../services/database/database.ts';
import { KEY_SET, KEYS, testKey } from '../domain/custody-fixture.ts';

const operator = testKey('operator');
const keySet: KeySet = { ...KEY_SET, keys: [...KEY_SET.keys, operator.trusted] };
const asked = {
  scope: { tenant: 'acme', workspace: 'web' },
  reviewId: `review_${'1'.repeat(32)}`,
  subjectDigest: 'd'.repeat(64),
  orderId: `order_${'a'.repeat(32)}`,
};
const decide = {
  kind: 'decide_review' as const,
  workspace: 'web',
  review_id: asked.reviewId,
  verdict: 'release_masked' as const,
  reason: 'it is masked',
  subject_digest: asked.subjectDigest,
};
const ORDER: Order = {
  id: asked.orderId,
  tenant: 'acme',
  by: 'ada',
  given_at: '2026-06-01T12:00:00.000Z',
  expires_at: '2026-06-02T12:00:00.000Z',
  action: decide,
};

/** The row of the review, as far as it is asked for. */
const review = (openedAt: string) => ({
  ...{
    ...asked.scope,
    id: asked.reviewId,
    component: 'documents',
    kind: 'document',
    name: 'a.txt',
    digest: 'd',
  },
  subject: {
    assessment: 'documents',
    subject: {
      kind: 'document',
      document: { name: 'a.txt', sha256: asked.subjectDigest, size: 1, media_type: 'text/plain' },
      masked: null,
    },
  },
  ...{ testId: null, inspection: { kinds: [], places: [], opaque: [] }, rules: ReviewRules.parse({}) },
  ...{ state: 'open', decisions: [], releasedAs: null, closedAt: null },
  ...{ openedAt: new Date(openedAt), expiresAt: new Date(openedAt) },
});

/** A table with one row, whoever wrote it; nobody has set a policy. */
const opened = async (order: Order | undefined, key = operator, openedAt = '2026-06-01T11:00:00.000Z') => {
  const statement = order && (await sealStatement(orderStatement(order), key.signer));
  const findUnique = async () => (statement === undefined ? null : { statement });
  const client = { order: { findUnique }, review: { findUnique: async () => review(openedAt) } };
  const database = { client, sql: { query: async () => [] } } as unknown as Database;
  return openDecision({ database, keySet }, asked);
};
const refused = expect.objectContaining({ code: 'order_invalid' });

describe('a decision', () => {
  test('is what its order says', async () => {
    expect(await opened(ORDER)).toEqual({
      orderId: asked.orderId,
      by: 'ada',
      verdict: 'release_masked',
      reason: 'it is masked',
      at: ORDER.given_at,
      secondPerson: false,
    });
  });

  test.each<[string, Order | undefined]>([
    ['that is not there', undefined],
    ['of another tenant', { ...ORDER, tenant: 'globex' }],
    ['under another id', { ...ORDER, id: `order_${'b'.repeat(32)}` }],
    ['about another review', { ...ORDER, action: { ...decide, review_id: `review_${'2'.repeat(32)}` } }],
    ['of another workspace', { ...ORDER, action: { ...decide, workspace: 'app' } }],
    ['about other bytes', { ...ORDER, action: { ...decide, subject_digest: 'e'.repeat(64) } }],
    ['to do something else', { ...ORDER, action: { kind: 'deactivate_key', key_id: 'b'.repeat(32) } }],
  ])('by an order %s is none', async (_, order) => {
    await expect(opened(order)).rejects.toEqual(refused);
  });

  test('of a time when people were asked before is none', async () => {
    await expect(opened(ORDER, operator, '2026-06-01T12:10:00.000Z')).rejects.toEqual(refused);
  });

  test.each([
    ['the promotion key, which Transform holds itself', KEYS.promotion],
    ['the evidence key of the tenant', KEYS.evidence],
    ['a key that nobody knows', testKey('operator')],
  ])('that %s signed is none', async (_, key) => {
    await expect(opened(ORDER, key)).rejects.toEqual(refused);
  });
});
