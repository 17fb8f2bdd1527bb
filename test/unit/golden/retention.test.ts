import { describe, expect, test } from '@jest/globals';
import type { Order } from '../../../contracts/orders.ts';
import { DEFAULT_RETENTION } from '../../../contracts/retention.ts';
import { dueFor } from '../../../domain/retention/due-for.ts';
import { type HoldOrder, legalHoldOf } from '../../../domain/retention/legal-hold.ts';

const PROMOTED = new Date('2026-01-01T00:00:00.000Z');
const dayOf = (days: number, ms = 0) => new Date(PROMOTED.getTime() + days * 86_400_000 + ms);
const hot = { class: 'hot' as const, promotedAt: PROMOTED, onHold: false };

describe('what becomes of a copy', () => {
  const policy = { hot_days: 10, delete_after_days: 30 };

  test.each([
    [hot, dayOf(10, -1), undefined],
    [hot, dayOf(10), 'archive'],
    [hot, dayOf(30, -1), 'archive'],
    [hot, dayOf(30), 'delete'],
    [{ ...hot, class: 'archived' as const }, dayOf(20), undefined],
    [{ ...hot, class: 'archived' as const }, dayOf(30), 'delete'],
    [{ ...hot, class: 'deleted' as const }, dayOf(40), undefined],
    [{ ...hot, onHold: true }, dayOf(20), undefined],
    [{ ...hot, onHold: true }, dayOf(40), undefined],
  ])('%j at %s: %s', (standing, now, due) => {
    expect(dueFor(policy, standing, now)).toBe(due);
  });

  test('nothing goes by itself where no policy was set, however old it is', () => {
    expect(dueFor(DEFAULT_RETENTION, hot, dayOf(100_000))).toBeUndefined();
  });

  test('what is to go on the day it would be archived goes', () => {
    expect(dueFor({ hot_days: 10, delete_after_days: 10 }, hot, dayOf(10))).toBe('delete');
  });
});

describe('a legal hold', () => {
  const run = { workspace: 'web', testId: 'docs_0123456789ab' };
  let orders = 0;
  const order = (hold: boolean, minute: number, done = true, changes: object = {}): HoldOrder => ({
    done,
    order: {
      id: `order_${String(++orders).padStart(32, '0')}`,
      ...{ tenant: 'acme', by: 'ada', expires_at: '2027-01-01T00:00:00.000Z' },
      given_at: `2026-01-01T00:0${minute}:00.000Z`,
      action: {
        kind: 'set_legal_hold',
        workspace: 'web',
        test_id: run.testId,
        hold,
        reason: 'a case',
        ...changes,
      },
    } as Order,
  });
  const holds = (...given: HoldOrder[]) => legalHoldOf(given, run) !== null;

  test('is what was ordered last, in whatever order the orders are found', () => {
    const [hold, release, again] = [order(true, 1), order(false, 2), order(true, 3)];
    expect([holds(), holds(hold), holds(hold, release), holds(release, hold)]).toEqual([
      ...[false, true, false, false],
    ]);
    expect(holds(again, release, hold)).toBe(true);
  });

  test('counts before Trust has seen it, and ends only after', () => {
    expect(holds(order(true, 1, false))).toBe(true);
    expect(holds(order(true, 1), order(false, 2, false))).toBe(true);
  });

  test('is not ended by an order of the same moment', () => {
    const [hold, release] = [order(true, 1), order(false, 1)];
    expect([holds(hold, release), holds(release, hold)]).toEqual([true, true]);
  });

  test('is of one run of one workspace', () => {
    expect(holds(order(true, 1, true, { workspace: 'other' }))).toBe(false);
    expect(holds(order(true, 1, true, { test_id: 'docs_ba9876543210' }))).toBe(false);
    expect(holds(order(true, 1), order(false, 2, true, { workspace: 'other' }))).toBe(true);
  });

  test('says who asked for it, and why', () => {
    expect(legalHoldOf([order(true, 1)], run)).toMatchObject({ by: 'ada', reason: 'a case' });
  });
});
