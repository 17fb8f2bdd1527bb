import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ReviewCall, ReviewDecision } from '../../../contracts/review.ts';
import { type ReviewFacts, requireCall } from '../../../domain/review/check-call.ts';
import { releaseRunOf, reviewIdOf } from '../../../domain/review/review-id.ts';
import { isOverruled, standingOf } from '../../../domain/review/standing.ts';

const order = (nth: number) => `order_${nth.toString(16).padStart(32, '0')}`;
const said = (by: string, verdict: ReviewDecision['verdict'], nth = 1): ReviewDecision => ({
  orderId: order(nth),
  by,
  verdict,
  reason: 'because',
  at: '2026-06-01T12:00:00.000Z',
});
const decisions = fc.array(
  fc
    .tuple(fc.constantFrom('ada', 'bob', 'cleo'), fc.constantFrom('release', 'release_masked', 'reject'))
    .map(([by, verdict]) => said(by, verdict as ReviewDecision['verdict'])),
  { maxLength: 8 },
);

describe('where a review stands', () => {
  test('is open while nobody has said anything', () => {
    for (const second_person of [false, true])
      expect(standingOf([], { second_person })).toEqual({ state: 'open', counting: [] });
  });

  test('is released by nobody who is alone where two are asked for', () => {
    fc.assert(
      fc.property(decisions, (all) => {
        const { state, counting } = standingOf(all, { second_person: true });
        if (state !== 'released' && state !== 'released_masked') return;
        expect(new Set(counting.map(({ by }) => by)).size).toBe(counting.length);
        expect(counting.length).toBeGreaterThanOrEqual(2);
        expect(new Set(counting.map(({ verdict }) => verdict)).size).toBe(1);
      }),
    );
  });

  test('is rejected as long as one person says so', () => {
    fc.assert(
      fc.property(decisions, fc.boolean(), (all, second_person) => {
        const last = new Map(all.map(({ by, verdict }) => [by, verdict]));
        const refused = [...last.values()].includes('reject');
        expect(standingOf(all, { second_person }).state === 'rejected').toBe(refused);
      }),
    );
  });

  test('goes by the last word of each', () => {
    const changed = [said('ada', 'release'), said('ada', 'release_masked'), said('bob', 'release')];
    expect(standingOf(changed, { second_person: true }).state).toBe('second_person');
    const agreed = [...changed, said('bob', 'release_masked')];
    expect(standingOf(agreed, { second_person: true })).toMatchObject({ state: 'released_masked' });
  });
});

test('what a review came to overrules every order that says something else', () => {
  const [still, over] = [['open', 'second_person'] as const, ['rejected', 'expired', 'failed'] as const];
  for (const verdict of ['release', 'release_masked'] as const) {
    for (const state of still) expect(isOverruled(state, verdict)).toBe(false);
    for (const state of over) expect(isOverruled(state, verdict)).toBe(true);
  }
  expect(isOverruled('released', 'release')).toBe(false);
  expect(isOverruled('released', 'release_masked')).toBe(true);
  expect(isOverruled('released_masked', 'release')).toBe(true);
  expect(isOverruled('released_masked', 'release_masked')).toBe(false);
});

describe('a call', () => {
  const digest = 'd'.repeat(64);
  const call: ReviewCall = { orderId: order(1), by: 'ada', verdict: 'release', subjectDigest: digest };
  const facts: ReviewFacts = {
    closed: false,
    expiresAt: 1000,
    subject: {
      kind: 'document',
      document: { name: 'a.txt', sha256: digest, size: 1, media_type: 'text/plain' },
      masked: null,
    },
    secondPerson: false,
    known: new Set(),
    decisions: [],
    waiting: [],
  };
  const check = (changed: object, given: Partial<ReviewFacts> = {}, now = 0) =>
    requireCall({ ...call, ...changed }, { ...facts, ...given }, now);

  const evidence: ReviewFacts['subject'] = {
    kind: 'evidence',
    bundleDigest: digest,
    permitId: `permit_${'1'.repeat(32)}`,
    files: [{ path: 'findings.json', sha256: digest, size: 1 }],
  };

  test('that could come to something is let through', () => {
    expect(() => check({})).not.toThrow();
    for (const subject of [evidence, { ...evidence, maskable: true }])
      expect(() => check({ verdict: 'release_masked' }, { subject })).not.toThrow();
    expect(() => check({}, {}, 999)).not.toThrow();
  });

  test.each<[string, object, Partial<ReviewFacts>, number, string]>([
    ['to what is closed', {}, { closed: true }, 0, 'review_closed'],
    ['after the end', {}, {}, 1000, 'review_closed'],
    ['about other bytes', { subjectDigest: 'e'.repeat(64) }, {}, 0, 'digest_mismatch'],
    ['that was made before', {}, { known: new Set([order(1)]) }, 0, 'idempotency_conflict'],
    ['for a copy that is not there', { verdict: 'release_masked' }, {}, 0, 'invalid_request'],
    [
      'for masked evidence that nobody can mask',
      { verdict: 'release_masked' },
      { subject: { ...evidence, maskable: false } },
      0,
      'invalid_request',
    ],
    ['of a second click', {}, { waiting: [said('ada', 'release')] }, 0, 'review_closed'],
    [
      'of the same person as before',
      {},
      { secondPerson: true, decisions: [said('ada', 'release')] },
      0,
      'second_person_required',
    ],
    ['with no order', { orderId: undefined }, {}, 0, 'invalid_request'],
    ['with a verdict out of a prototype', { verdict: 'constructor' }, {}, 0, 'invalid_request'],
    [
      'after two hundred others',
      {},
      { known: new Set(Array.from({ length: 200 }, (_, at) => order(at + 2))) },
      0,
      'too_many_attempts',
    ],
  ])('%s is turned away', (_, changed, given, now, code) => {
    expect(() => check(changed, given, now)).toThrow(expect.objectContaining({ code }));
  });

  test('that is nothing at all is none', () => {
    for (const nothing of [null, undefined, 'release', 7])
      expect(() => requireCall(nothing as unknown as ReviewCall, facts, 0)).toThrow(
        expect.objectContaining({ code: 'invalid_request' }),
      );
  });
});

test('a review is one for the same bytes under the same name in the same workspace, and for nothing else', () => {
  const scope = { tenant: 'acme', workspace: 'web' };
  const id = reviewIdOf(scope, 'a.txt', 'd'.repeat(64));
  expect(id).toMatch(/^review_[0-9a-f]{32}$/);
  const opened = '2026-01-01T00:00:00.000Z';
  expect(releaseRunOf(id, opened)).toMatch(/^docs_[0-9a-f]{24}$/);
  expect(releaseRunOf(id, opened)).toBe(releaseRunOf(id, opened));
  expect(releaseRunOf(id, '2026-02-01T00:00:00.000Z')).not.toBe(releaseRunOf(id, opened));
  const others = [
    reviewIdOf({ ...scope, tenant: 'globex' }, 'a.txt', 'd'.repeat(64)),
    reviewIdOf({ ...scope, workspace: 'app' }, 'a.txt', 'd'.repeat(64)),
    reviewIdOf(scope, 'b.txt', 'd'.repeat(64)),
    reviewIdOf(scope, 'a.txt', 'e'.repeat(64)),
  ];
  expect(new Set([id, ...others]).size).toBe(5);
});
