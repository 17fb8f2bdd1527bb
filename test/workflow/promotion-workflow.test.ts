// needs: temporal-test-server
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { DocumentsActivities } from '../../activities/documents/create-documents-activities.ts';
import type { PromotionActivities } from '../../activities/documents/create-promotion-activities.ts';
import type { FinishedPromotion } from '../../activities/documents/finish-promotion.ts';
import type { PageToPlace } from '../../activities/documents/place-documents.ts';
import type { PromotionNews } from '../../activities/documents/record-promotion.ts';
import type { EventActivities } from '../../activities/events/create-event-activities.ts';
import type { PublishActivities } from '../../activities/publish/create-publish-activities.ts';
import type { OrderActivities } from '../../activities/trust/create-order-activities.ts';
import type { TrustActivities } from '../../activities/trust/create-trust-activities.ts';
import type { KnownActivities } from '../../activities/trust/known/create-known-activities.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { NewPlatformEvent } from '../../contracts/platform-event.ts';
import type { PromotionInput } from '../../contracts/promotion.ts';
import type { ReviewInput } from '../../contracts/review.ts';
import { promotionWorkflowId, reviewWorkflowId, WORKFLOWS } from '../../contracts/workflow-names.ts';
import type { PermitAsk } from '../../contracts/workflows.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { type Activities, PERMIT_ID, untilCancelled } from './fakes.ts';
import { held, order } from './review-fakes.ts';
import { quietRuntime, startEnvironment, withZones, workflowCode } from './zones.ts';

let environment: TestWorkflowEnvironment;
let code: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  quietRuntime();
  [environment, code] = await Promise.all([startEnvironment(), workflowCode()]);
});
afterAll(() => environment?.teardown());

const ALL_WELL: FinishedPromotion = {
  state: 'promoted',
  manifest: 'golden/m',
  clean: 2,
  masked: 1,
  released: 0,
  withheld: 0,
  changed: 0,
};

type Own = Pick<PublishActivities, 'publishOci'> &
  PromotionActivities &
  DocumentsActivities &
  Pick<TrustActivities, 'decidePermit'> &
  Pick<OrderActivities, 'carryOut'> &
  Pick<KnownActivities, 'logPromotion'>;

/** Zones that remember what they were asked, in order. */
function fakes(changes: Partial<Own> = {}) {
  const calls: string[] = [];
  const news: PromotionNews[] = [];
  const events: NewPlatformEvent[] = [];
  const asks: (PermitAsk | undefined)[] = [];
  const pages: PageToPlace[] = [];
  const called = <T>(name: string, answer: T): Promise<T> => {
    calls.push(name);
    return Promise.resolve(answer);
  };
  const own: Own = {
    carryOut: ({ orderId }) => called(`carryOut ${orderId}`, { state: 'done', result: {} } as const),
    composeDocuments: () =>
      called('composeDocuments', {
        bundle: { prefix: 'default/web/documents/x/incoming/', digest: 'd'.repeat(64) },
        intake: { sha256: 'e'.repeat(64), size: 3 },
        documents: 3,
        bytes: 42,
      }),
    decidePermit: (_, __, ask) => {
      asks.push(ask);
      return called('decidePermit', { permitId: PERMIT_ID, permitted: true, reason: null });
    },
    placeDocuments: (page) => {
      pages.push(page);
      return called(`placeDocuments ${page.from}`, { next: null, policy: 'f'.repeat(64), reviews: [] });
    },
    finishPromotion: () => called('finishPromotion', ALL_WELL),
    reviewsToStart: () => called('reviewsToStart', []),
    recordDocumentPromotion: async (_, told) => {
      news.push(told);
    },
    publishOci: () => called('publishOci', 'registry.example/papers@sha256:1'),
    logPromotion: () => called('logPromotion', 17),
    ...changes,
  };
  const recordPlatformEvent: EventActivities['recordPlatformEvent'] = async (event) => {
    events.push(event);
    return { eventId: String(events.length), wanted: false };
  };
  const { carryOut, decidePermit, logPromotion, composeDocuments, ...transform } = own;
  // a review that was started finds that people have decided, and ends
  const waiting = {
    findReviewOnRecord: async ({ id }: { id: string }) => ({
      review: { ...held(1, Date.now()), id },
      state: 'rejected',
      decisions: [],
      releaseAs: `docs_${'a'.repeat(24)}`,
    }),
    recordReview: async () => undefined,
  };
  const zones = {
    trust: { carryOut, decidePermit, logPromotion },
    assurance: { composeDocuments },
    transform: { ...transform, ...waiting, recordPlatformEvent },
  } as unknown as Partial<Activities>;
  const last = (): PromotionNews => Object.assign({}, ...news);
  return { zones, calls, news, events, asks, pages, last };
}

let runs = 0;
const promotion = (changes: Partial<PromotionInput> = {}): PromotionInput => ({
  scope: { tenant: 'default', workspace: 'web' },
  component: 'papers',
  assessment: 'documents',
  testId: `docs_${(++runs).toString(16).padStart(24, '0')}`,
  orderId: order(1),
  destinations: ['golden', 'oci'],
  requestedBy: 'ada',
  ...changes,
});

const during = <T>(
  input: PromotionInput,
  zones: Partial<Activities>,
  work: (handle: WorkflowHandle) => Promise<T>,
): Promise<T> =>
  withZones(environment.nativeConnection, code, zones, async () =>
    work(
      await environment.client.workflow.start(WORKFLOWS.promotion, {
        taskQueue: taskQueue('transform'),
        workflowId: promotionWorkflowId('web', input.testId),
        args: [input],
      }),
    ),
  );

const run = (input: PromotionInput, zones: Partial<Activities>): Promise<unknown> =>
  during(input, zones, (handle) => handle.result());

test('an order, a list, a permit, the documents, and then the registry', async () => {
  const { zones, calls, last, events, asks } = fakes();
  expect(await run(promotion(), zones)).toEqual({ state: 'promoted' });
  expect(calls.slice(0, 5)).toEqual([
    `carryOut ${order(1)}`,
    'composeDocuments',
    'decidePermit',
    'placeDocuments 0',
    'finishPromotion',
  ]);
  expect(calls.slice(5).sort()).toEqual(['logPromotion', 'publishOci']);
  expect(asks).toEqual([undefined]);
  expect(last()).toMatchObject({
    state: 'promoted',
    documents: 3,
    clean: 2,
    masked: 1,
    permitId: PERMIT_ID,
    goldenManifest: 'golden/m',
    ociReference: 'registry.example/papers@sha256:1',
    logIndex: 17,
    ended: true,
  });
  expect(events.map(({ type }) => type)).toEqual(['document_promoted']);
});

test('for golden alone, Trust is asked for golden alone, and the registry not at all', async () => {
  const { zones, calls, asks } = fakes();
  await run(promotion({ destinations: ['golden'] }), zones);
  expect(calls).not.toContain('publishOci');
  expect(asks[0]).toMatchObject({
    destinations: ['golden'],
    artifacts: [{ name: 'intake.json', sha256: 'e'.repeat(64), size: 3 }],
  });
});

test('of a release every decision goes by Trust first', async () => {
  const { zones, calls } = fakes();
  const release = {
    reviewId: `review_${'1'.repeat(32)}`,
    verdict: 'release' as const,
    orderIds: [order(7), order(8)],
  };
  await run(promotion({ orderId: order(8), release }), zones);
  expect(calls.slice(0, 3)).toEqual([`carryOut ${order(7)}`, `carryOut ${order(8)}`, 'composeDocuments']);
});

describe('nothing comes to golden', () => {
  test('when Trust refuses the order', async () => {
    const { zones, calls, last } = fakes({
      carryOut: async () => ({ state: 'refused', code: 'order_expired', message: 'too late' }),
    });
    expect(await run(promotion(), zones)).toEqual({ state: 'failed' });
    expect(calls).toEqual([]);
    expect(last()).toMatchObject({ error: { code: 'order_expired', message: 'too late' }, ended: true });
  });

  test('when Trust denies the permit', async () => {
    const { zones, calls, last } = fakes({
      decidePermit: async () => ({ permitId: PERMIT_ID, permitted: false, reason: 'policy_violation' }),
    });
    expect(await run(promotion(), zones)).toEqual({ state: 'denied' });
    expect(calls).not.toContain('placeDocuments 0');
    expect(last()).toMatchObject({ state: 'denied', denial: 'policy_violation', ended: true });
  });

  test('until an answer of Trust is one', async () => {
    let asked = 0;
    const { zones } = fakes({
      decidePermit: async () =>
        (++asked < 3 ? { permitted: true } : { permitId: PERMIT_ID, permitted: true, reason: null }) as never,
    });
    expect(await run(promotion(), zones)).toEqual({ state: 'promoted' });
    expect(asked).toBe(3);
  });

  test('when a step gives up; the row says why', async () => {
    const { zones, last, events } = fakes({
      finishPromotion: async () => {
        throw new CertusError('digest_mismatch', 'golden does not hold it');
      },
    });
    await expect(run(promotion(), zones)).rejects.toBeInstanceOf(WorkflowFailedError);
    expect(last()).toMatchObject({ state: 'failed', error: { code: 'digest_mismatch' }, ended: true });
    expect(events).toEqual([]);
  });

  test('when somebody takes it back', async () => {
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const { zones, last } = fakes({ placeDocuments: untilCancelled(resolve) });
    await during(promotion(), zones, async (handle) => {
      await begun;
      await handle.cancel();
      await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
    });
    expect(last()).toMatchObject({ state: 'failed', error: { code: 'cancelled' }, ended: true });
  });
});

test('what golden shows stays promoted when the registry refuses', async () => {
  const { zones, news } = fakes({
    publishOci: async () => {
      throw new CertusError('registry_refused', 'no');
    },
  });
  await expect(run(promotion(), zones)).rejects.toBeInstanceOf(WorkflowFailedError);
  const states = news.flatMap(({ state }) => state ?? []);
  expect(states).toEqual(['promoted', 'failed']); // the row keeps the first
  expect(news.find(({ state }) => state === 'promoted')?.goldenManifest).toBe('golden/m');
});

describe('many documents', () => {
  const review = (nth: number): ReviewInput => held(0x1000 + nth, Date.now());

  test('are placed page by page under one policy, and people are asked about what is held back', async () => {
    const shown = new Map([1, 2, 3].map((nth) => [review(nth).id, review(nth)]));
    const { zones, pages, last, events, calls } = fakes({
      placeDocuments: async (page) => {
        pages.push(page);
        const reviews = page.from === 0 ? [...shown.keys()].slice(0, 2) : [...shown.keys()].slice(2);
        return { next: page.from === 0 ? 1000 : null, policy: 'f'.repeat(64), reviews };
      },
      reviewsToStart: async (_, ids) => ids.flatMap((id) => shown.get(id) ?? []),
      finishPromotion: async () => ({ ...ALL_WELL, withheld: 3, changed: 1 }),
    });
    const input = promotion();
    await during(input, zones, async (handle) => {
      await handle.result();
      for (const id of shown.keys()) {
        const asked = environment.client.workflow.getHandle(reviewWorkflowId('web', id));
        expect((await asked.describe()).type).toBe(WORKFLOWS.review);
      }
    });
    expect(pages.map(({ from, policy }) => [from, policy])).toEqual([
      [0, null],
      [1000, 'f'.repeat(64)],
    ]);
    expect(last()).toMatchObject({ withheld: 4 });
    expect(events.map(({ type }) => type)).toEqual(['document_promoted', 'document_quarantined']);
    expect(calls).toContain('publishOci');
  });

  test('go on in another history when many people are to be asked, without a second permit', async () => {
    const { zones, calls, pages } = fakes({
      placeDocuments: async (page) => {
        pages.push(page);
        const reviews = Array.from(
          { length: 500 },
          (_, nth) => `review_${nth.toString(16).padStart(32, '0')}`,
        );
        return { next: page.from === 0 ? 1000 : null, policy: 'f'.repeat(64), reviews };
      },
      // nobody is started: what counts is what is told to be
      reviewsToStart: async (_, ids) => ids.map((__, nth) => review(nth % 2)),
    });
    const input = promotion();
    await during(input, zones, async (handle) => {
      expect(await handle.result()).toEqual({ state: 'promoted' });
    });
    expect(pages.map(({ from }) => from)).toEqual([0, 1000]);
    expect(calls.filter((name) => name === 'decidePermit')).toHaveLength(1);
  });

  test('of which none may be shown end without a registry and without a word of promotion', async () => {
    const { zones, calls, last, events } = fakes({
      finishPromotion: async () => ({
        ...ALL_WELL,
        state: 'withheld',
        manifest: null,
        clean: 0,
        masked: 0,
        withheld: 3,
      }),
    });
    expect(await run(promotion(), zones)).toEqual({ state: 'withheld' });
    expect(calls).not.toContain('publishOci');
    expect(last()).toMatchObject({ state: 'withheld', withheld: 3, goldenManifest: null, ended: true });
    expect(events.map(({ type }) => type)).toEqual(['document_quarantined']);
  });
});
