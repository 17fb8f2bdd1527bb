// needs: temporal-test-server
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type {
  ReviewCall,
  ReviewDecision,
  ReviewInput,
  ReviewOutcome,
  ReviewStanding,
} from '../../contracts/review.ts';
import {
  DECIDE_UPDATE,
  promotionWorkflowId,
  REVIEW_QUERY,
  reviewWorkflowId,
  WORKFLOWS,
} from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import type { Activities } from './fakes.ts';
import { DIGEST, evidence, held, order, reviewFakes, type Signed } from './review-fakes.ts';
import { quietRuntime, startEnvironment, withZones, workflowCode } from './zones.ts';

let environment: TestWorkflowEnvironment;
let code: WorkflowBundleWithSourceMap;
const HOUR = 3_600_000;

beforeAll(async () => {
  quietRuntime();
  [environment, code] = await Promise.all([startEnvironment(), workflowCode()]);
});
afterAll(() => environment?.teardown());

let reviews = 0;
const opened = async (rules = {}): Promise<ReviewInput> =>
  held(++reviews, await environment.currentTimeMs(), rules);

type Fakes = ReturnType<typeof reviewFakes>;
type Run = {
  readonly handle: WorkflowHandle;
  readonly decide: (call: Partial<ReviewCall>) => Promise<ReviewStanding>;
  readonly refused: (call: Partial<ReviewCall>) => Promise<string | undefined>;
  readonly standing: () => Promise<ReviewStanding>;
  readonly outcome: () => Promise<ReviewOutcome>;
};

async function during<T>(review: ReviewInput, fakes: Fakes, work: (run: Run) => Promise<T>): Promise<T> {
  const zones = fakes as unknown as Partial<Activities>;
  return withZones(environment.nativeConnection, code, zones, async () => {
    const handle = await environment.client.workflow.start(WORKFLOWS.review, {
      taskQueue: taskQueue('transform'),
      workflowId: reviewWorkflowId('web', review.id),
      args: [review],
    });
    const decide = (call: Partial<ReviewCall>) => {
      const updateId = randomUUID();
      const ask = () =>
        handle.executeUpdate<ReviewStanding, [ReviewCall]>(DECIDE_UPDATE, {
          args: [{ orderId: order(1), by: 'ada', verdict: 'release', subjectDigest: DIGEST, ...call }],
          updateId,
        });
      // the test server forgets an update now and then that it has not handed on yet
      return ask().catch((error: unknown) => {
        if (!/update .* not found/i.test(String(error))) throw error;
        return ask();
      });
    };
    return work({
      handle,
      decide,
      refused: (call) => decide(call).then(() => undefined, typeOf),
      standing: () => handle.query<ReviewStanding>(REVIEW_QUERY),
      outcome: () => handle.result() as Promise<ReviewOutcome>,
    });
  });
}

function typeOf(error: unknown): string {
  if (!(error instanceof WorkflowUpdateFailedError)) throw error;
  return error.cause instanceof ApplicationFailure ? (error.cause.type ?? '') : String(error.cause);
}

const says = (by: string, verdict: ReviewDecision['verdict']): Omit<ReviewDecision, 'orderId'> => ({
  by,
  verdict,
  reason: 'because',
  at: '2026-06-01T12:00:00.000Z',
});
const signedBy = (...words: Omit<ReviewDecision, 'orderId'>[]): Signed =>
  new Map(words.map((word, at) => [order(at + 1), word]));

describe('a review', () => {
  test('of evidence answers whoever waits for it, and promotes and tells nothing by itself', async () => {
    const review = evidence(await opened());
    const fakes = reviewFakes(review, signedBy(says('ada', 'release')));
    await during(review, fakes, async ({ decide, outcome }) => {
      await decide({});
      expect(await outcome()).toMatchObject({
        state: 'released',
        testId: null,
        orders: [{ orderId: order(1) }],
      });
    });
    expect(fakes.events).toEqual([]);
  });

  test('ends with a rejection', async () => {
    const review = await opened({ second_person: true });
    const fakes = reviewFakes(review, signedBy(says('ada', 'reject')));
    await during(review, fakes, async ({ decide, outcome }) => {
      await decide({ verdict: 'reject' });
      expect(await outcome()).toMatchObject({ state: 'rejected', testId: null });
    });
    expect(fakes.events.map(({ type }) => type)).toEqual(['document_rejected']);
  });

  test('goes by the signed order, and not by what the caller says of it', async () => {
    const review = await opened();
    const fakes = reviewFakes(review, signedBy(says('eve', 'reject')));
    await during(review, fakes, async ({ decide, outcome }) => {
      expect(await decide({ by: 'ada', verdict: 'release' })).toMatchObject({ state: 'rejected' });
      expect(await outcome()).toMatchObject({ state: 'rejected', orders: [{ by: 'eve' }] });
    });
  });

  test('reminds until its time is over, and then is closed as if it were rejected', async () => {
    const review = await opened({ remind_after_hours: 24, expires_after_hours: 60 });
    const fakes = reviewFakes(review, new Map());
    await during(review, fakes, async ({ outcome }) => {
      expect(await outcome()).toEqual({ state: 'expired', orders: [], testId: null });
    });
    expect(fakes.events.map(({ type }) => type)).toEqual([
      'review_reminder',
      'review_reminder',
      'review_expired',
    ]);
    expect(new Set(fakes.events.map(({ once }) => once)).size).toBe(3);
    const hours = fakes.events.map(({ at }) => (Date.parse(at) - Date.parse(review.openedAt)) / HOUR);
    expect(hours.map(Math.floor)).toEqual([24, 48, 60]);
  });

  test('takes no decision after its end', async () => {
    const review = await opened({ expires_after_hours: 1 });
    const fakes = reviewFakes(review, signedBy(says('ada', 'release')));
    await during(review, fakes, async ({ outcome, decide }) => {
      await outcome();
      await expect(decide({})).rejects.toThrow(/not found|already completed/);
    });
    expect(fakes.carriedOut).toEqual([]);
  });

  test('reminds a bounded number of times, however short the time that is named', async () => {
    const review = await opened({ remind_after_hours: 0.001, expires_after_hours: 100 });
    const fakes = reviewFakes(review, new Map());
    await during(review, fakes, ({ outcome }) => outcome());
    expect(fakes.events.length).toBeLessThanOrEqual(101);
    expect(fakes.events.length).toBeGreaterThan(90);
  });

  test('that was decided about before is not asked for once more', async () => {
    const review = await opened();
    const fakes = reviewFakes(review, new Map(), 'rejected');
    const outcome = await during(review, fakes, (run) => run.outcome());
    expect(outcome).toMatchObject({ state: 'rejected', testId: null });
    expect([fakes.rows, fakes.events]).toEqual([[], []]);
  });

  test('under the name of another one is none', async () => {
    const review = await opened({ second_person: true });
    const fakes = reviewFakes(review, signedBy(says('ada', 'release')));
    const easier = { ...review, rules: { ...review.rules, second_person: false } };
    await expect(during(easier, fakes, ({ outcome }) => outcome())).rejects.toMatchObject({
      cause: { type: 'object_conflict' },
    });
    expect(fakes.rows).toEqual([]);
  });

  test('that is called off can be opened again', async () => {
    const review = await opened();
    const fakes = reviewFakes(review, new Map());
    await during(review, fakes, async ({ handle, standing, outcome }) => {
      await standing();
      await handle.cancel();
      await expect(outcome()).rejects.toThrow();
    });
    expect(fakes.rows.map(({ state }) => state)).toEqual(['failed']);
  });
});

describe('of a decision', () => {
  test('a second click does no harm', async () => {
    const review = await opened();
    const fakes = reviewFakes(review, signedBy(says('ada', 'reject'), says('ada', 'reject')));
    const { promise, resolve } = Promise.withResolvers<void>();
    const carryOut = fakes.trust.carryOut;
    fakes.trust.carryOut = async (run) => {
      await promise;
      return carryOut(run);
    };
    await during(review, fakes, async ({ decide, refused, outcome }) => {
      const first = decide({ verdict: 'reject' });
      const again = refused({ verdict: 'reject' });
      const other = refused({ verdict: 'reject', orderId: order(2) });
      // whichever comes first is taken, and the others are told so
      const late = Promise.all([first.catch(typeOf), again, other]);
      setImmediate(resolve);
      await late;
      expect(await outcome()).toMatchObject({ state: 'rejected' });
    });
    expect(fakes.rows).toHaveLength(1);
    expect(fakes.rows[0]?.decisions).toHaveLength(1);
  });

  test('the same order, given a second time, is turned away', async () => {
    const review = await opened({ second_person: true });
    const fakes = reviewFakes(review, signedBy(says('ada', 'release')));
    await during(review, fakes, async ({ decide, refused, handle }) => {
      await decide({});
      expect(await refused({})).toBe('idempotency_conflict');
      await handle.terminate();
    });
    expect(fakes.carriedOut).toEqual([order(1)]);
  });

  test.each([
    ['about other bytes', { subjectDigest: 'b'.repeat(64) }, 'digest_mismatch'],
    ['of no kind that there is', { verdict: 'perhaps' as 'release' }, 'invalid_request'],
    ['of nobody', { by: '' }, 'invalid_request'],
    ['under no name of an order', { orderId: '../../order' }, 'invalid_request'],
  ])('one %s is turned away before Trust hears of it', async (_, call, type) => {
    const review = await opened();
    const fakes = reviewFakes(review, signedBy(says('ada', 'release')));
    await during(review, fakes, async ({ refused, handle }) => {
      expect(await refused(call)).toBe(type);
      await handle.terminate();
    });
    expect([fakes.carriedOut, fakes.rows]).toEqual([[], []]);
  });

  test('a masked copy that there is none of cannot be released', async () => {
    const whole = await opened();
    if (whole.subject.kind !== 'document') throw new Error('a document');
    const review = { ...whole, subject: { ...whole.subject, masked: null } };
    const fakes = reviewFakes(review, signedBy(says('ada', 'release_masked')));
    await during(review, fakes, async ({ refused, handle }) => {
      expect(await refused({ verdict: 'release_masked' })).toBe('invalid_request');
      // not even by an order that was announced as another
      expect(await refused({ verdict: 'release' })).toBe('invalid_request');
      await handle.terminate();
    });
    expect(fakes.rows).toEqual([]);
  });

  test('one that nobody signed, or that Trust refuses, leaves the review open', async () => {
    const review = await opened();
    const fakes = reviewFakes(review, signedBy(says('ada', 'release')));
    fakes.trust.carryOut = async ({ orderId }) =>
      orderId === order(1)
        ? { state: 'refused', code: 'order_expired', message: 'too late' }
        : { state: 'done', result: {} };
    await during(review, fakes, async ({ refused, standing, handle }) => {
      expect(await refused({ orderId: order(9) })).toBe('order_invalid');
      expect(await refused({ orderId: order(1) })).toBe('order_expired');
      expect(await standing()).toMatchObject({ state: 'open', decisions: [] });
      await handle.terminate();
    });
    expect([fakes.rows, fakes.events]).toEqual([[], []]);
  });
});

describe('two persons', () => {
  const rules = { second_person: true };

  test('are two, and say the same', async () => {
    const review = evidence(await opened(rules));
    const words = [
      says('ada', 'release'),
      says('ada', 'release'),
      says('bob', 'release'),
      says('ada', 'release'),
    ];
    const fakes = reviewFakes(review, signedBy(...words));
    await during(review, fakes, async ({ decide, refused, outcome }) => {
      expect(await decide({})).toMatchObject({ state: 'second_person' });
      expect(await refused({ orderId: order(2) })).toBe('second_person_required');
      // who says that they are bob is still who signed
      expect(await refused({ orderId: order(4), by: 'bob' })).toBe('second_person_required');
      expect(await decide({ orderId: order(3), by: 'bob' })).toMatchObject({ state: 'released' });
      expect((await outcome()).orders.map(({ by }) => by)).toEqual(['ada', 'bob']);
    });
  });

  test('are asked for from the moment on that the rules say so, also when it began with one', async () => {
    const review = evidence(await opened());
    const fakes = reviewFakes(review, signedBy(says('ada', 'release'), says('bob', 'release')));
    const { openDecision } = fakes.transform;
    fakes.transform.openDecision = async (asked) => ({ ...(await openDecision(asked)), secondPerson: true });
    await during(review, fakes, async ({ decide, outcome }) => {
      expect(await decide({})).toMatchObject({ state: 'second_person' });
      expect(await decide({ orderId: order(2), by: 'bob' })).toMatchObject({ state: 'released' });
      expect((await outcome()).orders).toHaveLength(2);
      expect(fakes.rows.map(({ rules }) => rules?.second_person)).toEqual([true, true]);
    });
  });

  test('who want different things release nothing yet', async () => {
    const review = evidence(await opened(rules));
    const words = [says('ada', 'release'), says('bob', 'release_masked'), says('cleo', 'release_masked')];
    const fakes = reviewFakes(review, signedBy(...words));
    await during(review, fakes, async ({ decide, outcome }) => {
      await decide({});
      const second = await decide({ orderId: order(2), by: 'bob', verdict: 'release_masked' });
      expect(second).toMatchObject({ state: 'second_person' });
      await decide({ orderId: order(3), by: 'cleo', verdict: 'release_masked' });
      const { state, orders } = await outcome();
      expect([state, orders.map(({ by }) => by)]).toEqual(['released_masked', ['bob', 'cleo']]);
    });
  });
});

// last: a promotion that nobody here carries out holds the server's clock
describe('a document', () => {
  test('that is released is promoted by a run of its own', async () => {
    const review = await opened();
    const fakes = reviewFakes(review, signedBy(says('ada', 'release_masked')));
    await during(review, fakes, async ({ decide, outcome, standing }) => {
      expect(await standing()).toMatchObject({ state: 'open', decisions: [] });
      expect(await decide({ verdict: 'release_masked' })).toMatchObject({ state: 'released_masked' });
      const testId = `docs_${'a'.repeat(24)}`;
      expect(await outcome()).toMatchObject({ state: 'released_masked', testId, orders: [{ by: 'ada' }] });
      const child = environment.client.workflow.getHandle(promotionWorkflowId('web', testId));
      expect(await child.describe()).toMatchObject({ type: WORKFLOWS.promotion });
      await child.terminate();
    });
    expect(fakes.carriedOut).toEqual([order(1)]);
    expect(fakes.rows.at(-1)).toMatchObject({
      state: 'released_masked',
      releasedAs: `docs_${'a'.repeat(24)}`,
    });
    expect(fakes.events.map(({ type }) => type)).toEqual(['document_released']);
    expect(JSON.stringify(fakes.events)).not.toContain('list.csv');
  });
});
