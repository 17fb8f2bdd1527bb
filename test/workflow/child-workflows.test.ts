// needs: temporal-test-server
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { CertusError } from '../../contracts/errors.ts';
import type { ReviewDecision, ReviewOutcome } from '../../contracts/review.ts';
import { DECIDE_UPDATE, reviewWorkflowId, WORKFLOWS } from '../../contracts/workflow-names.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { type Activities, fakeActivities, PERMIT_ID } from './fakes.ts';
import { withFreshClock } from './fresh-clock.ts';
import { DIGEST, evidence, held, order, reviewFakes } from './review-fakes.ts';
import { quietRuntime, startEnvironment, withZones, workflowCode } from './zones.ts';

let environment: TestWorkflowEnvironment;
let code: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  quietRuntime();
  [environment, code] = await Promise.all([startEnvironment(), workflowCode()]);
});

afterEach(async () => {
  environment = await withFreshClock(environment);
});
afterAll(() => environment?.teardown());

const RUN = {
  scope: { tenant: 'default', workspace: 'web' },
  component: 'shop',
  assessment: 'default',
};
let runs = 0;
const newRun = () => ({ ...RUN, testId: `test_${String(runs++).padStart(12, '0')}` });

const publish = (activities: Activities, run = newRun()) =>
  withZones(environment.nativeConnection, code, activities, () =>
    environment.client.workflow.execute(WORKFLOWS.publish, {
      taskQueue: taskQueue('transform'),
      workflowId: `publish-${runs++}`,
      args: [{ ...run, bundle: { prefix: 'p/', digest: 'd'.repeat(64) }, permitId: PERMIT_ID }],
    }),
  );
const ingest = (activities: Activities) =>
  withZones(environment.nativeConnection, code, activities, () =>
    environment.client.workflow.execute(WORKFLOWS.ingest, {
      taskQueue: taskQueue('ingest'),
      workflowId: `ingest-${runs++}`,
      args: [newRun()],
    }),
  );

test('publishing puts the bundle into golden first and then into registry and index', async () => {
  const fakes = fakeActivities();
  expect(await publish(fakes)).toEqual({
    goldenManifest: 'golden/k',
    goldenBundle: 'golden/b',
    ociReference: 'registry.example/shop@sha256:1',
    ingestion: { indexed: 3, masked: 1, failed: [] },
  });
  expect(fakes.calls[0]).toBe('promote');
  expect(fakes.calls.slice(1).sort()).toEqual(['indexFindings', 'logPromotion', 'publishOci']);
});

describe('what golden shows', () => {
  const goldenIngestion = ({ testId }: { readonly testId: string }) => `golden-ingestion/web/${testId}`;

  test('is to be ingested once it is published, and whoever published waits for none of it', async () => {
    const fakes = fakeActivities();
    const openGoldenIngestion = () => Promise.reject(new CertusError('dependency_unavailable', 'database'));
    const run = newRun();
    const zones = { ...fakes, ingest: { ...fakes.ingest, openGoldenIngestion } };
    expect(await publish(zones, run)).toMatchObject({ goldenManifest: 'golden/k' });
    const { client } = environment;
    const { type } = await client.workflow.getHandle(goldenIngestion(run)).describe();
    expect(type).toBe(WORKFLOWS.goldenIngestion);
  });

  test('is not ingested where nothing was published', async () => {
    const fakes = fakeActivities();
    const promote = () => Promise.reject(new CertusError('permit_missing', 'there is no permit'));
    const run = newRun();
    await expect(
      publish({ ...fakes, transform: { ...fakes.transform, promote } }, run),
    ).rejects.toBeInstanceOf(WorkflowFailedError);
    await expect(environment.client.workflow.getHandle(goldenIngestion(run)).describe()).rejects.toThrow();
  });

  test.each([
    ['at once', [], 0],
    ['when its run has had its time', [5_000], 5_000],
  ])('is ingested %s, and once', async (_, after, least) => {
    const fakes = fakeActivities();
    const { scope, component, testId } = newRun();
    const run = { scope, component, testId };
    const before = await environment.currentTimeMs();
    const asked: unknown[] = [];
    const openGoldenIngestion: typeof fakes.ingest.openGoldenIngestion = async (golden) => {
      asked.push(golden, (await environment.currentTimeMs()) - before >= least);
      return null; // it was ingested before
    };
    const zones = { ...fakes, ingest: { ...fakes.ingest, openGoldenIngestion } };
    await withZones(environment.nativeConnection, code, zones, () =>
      environment.client.workflow.execute(WORKFLOWS.goldenIngestion, {
        ...{ taskQueue: taskQueue('ingest'), workflowId: goldenIngestion(run), args: [run, ...after] },
      }),
    );
    expect(asked).toEqual([run, true]);
  });
});

test('a refused permit keeps the bundle from the registry as well', async () => {
  const fakes = fakeActivities();
  const promote = () => Promise.reject(new CertusError('permit_missing', 'there is no permit'));
  await expect(publish({ ...fakes, transform: { ...fakes.transform, promote } })).rejects.toBeInstanceOf(
    WorkflowFailedError,
  );
  expect(fakes.calls).toEqual([]);
});

test('a registry that is away for an hour is waited for, and keeps nothing from the index', async () => {
  const fakes = fakeActivities();
  const back = (await environment.currentTimeMs()) + 3_600_000;
  const publishOci = async () => {
    if ((await environment.currentTimeMs()) < back)
      throw new CertusError('dependency_unavailable', 'registry');
    return fakes.transform.publishOci();
  };
  await expect(publish({ ...fakes, transform: { ...fakes.transform, publishOci } })).resolves.toBeDefined();
  expect(fakes.calls.slice(0, -1).sort()).toEqual(['indexFindings', 'logPromotion', 'promote']);
  expect(fakes.calls.at(-1)).toBe('publishOci');
});

describe('evidence that is held back', () => {
  /** Publishes what is held back, has somebody say something about it, and gives what came of it. */
  async function heldBack(verdict: ReviewDecision['verdict'] | null) {
    const run = { ...newRun(), bundle: { prefix: 'p/', digest: DIGEST }, permitId: PERMIT_ID };
    const now = new Date(await environment.currentTimeMs());
    const review = { ...evidence(held(1000 + runs++, now.getTime())), testId: run.testId };
    const said = { by: 'ada', reason: 'because', at: now.toISOString() };
    const reviews = reviewFakes(
      review,
      verdict === null ? new Map() : new Map([[order(1), { ...said, verdict }]]),
    );
    const fakes = fakeActivities();
    const decided: unknown[] = [];
    const opened = Promise.withResolvers<void>();
    const transform = {
      ...fakes.transform,
      ...reviews.transform,
      findReviewOnRecord: (...asked: Parameters<typeof reviews.transform.findReviewOnRecord>) => {
        opened.resolve();
        return reviews.transform.findReviewOnRecord(...asked);
      },
      promote: (_: PublishInput, outcome?: ReviewOutcome) => {
        decided.push(outcome);
        return outcome === undefined ? Promise.resolve({ held: review }) : fakes.transform.promote();
      },
    };
    const zones = { ...fakes, transform, trust: { ...fakes.trust, ...reviews.trust } };
    const answer = await withZones(environment.nativeConnection, code, zones as Activities, async () => {
      const { client } = environment;
      const handle = await client.workflow.start(WORKFLOWS.publish, {
        ...{ taskQueue: taskQueue('transform'), workflowId: `publish-${runs++}`, args: [run] },
      });
      await opened.promise;
      if (verdict !== null)
        await client.workflow.getHandle(reviewWorkflowId('web', review.id)).executeUpdate(DECIDE_UPDATE, {
          args: [{ orderId: order(1), by: 'ada', verdict, subjectDigest: DIGEST }],
        });
      return handle.result();
    });
    const told = reviews.events.map(({ type, about }) => `${type} ${about === run.testId}`);
    return { answer, decided, calls: fakes.calls, told, review };
  }

  test.each([
    ['release', 'released'],
    ['release_masked', 'released_masked'],
  ] as const)('is published once people say %s, and by their orders', async (verdict, state) => {
    const { answer, decided, calls, told } = await heldBack(verdict);
    expect(answer).toMatchObject({ goldenManifest: 'golden/k' });
    expect(decided).toEqual([
      undefined,
      expect.objectContaining({ state, orders: [expect.objectContaining({ orderId: order(1), by: 'ada' })] }),
    ]);
    expect(calls[0]).toBe('recordHeldBack in_review');
    expect(calls.slice(1).sort()).toEqual(['indexFindings', 'logPromotion', 'promote', 'publishOci']);
    expect(told).toEqual(['document_quarantined true', 'document_released true']);
  });

  test('is not published once somebody rejects it', async () => {
    const { answer, decided, calls, told, review } = await heldBack('reject');
    expect(answer).toEqual({ unpublished: 'rejected', reviewId: review.id });
    expect(decided).toEqual([undefined]);
    expect(calls).toEqual(['recordHeldBack in_review', 'recordHeldBack rejected']);
    expect(told).toEqual(['document_quarantined true', 'document_rejected true']);
  });

  test('is not published when nobody decides in time', async () => {
    const { answer, calls, told, review } = await heldBack(null);
    expect(answer).toEqual({ unpublished: 'expired', reviewId: review.id });
    expect(calls).toEqual(['recordHeldBack in_review', 'recordHeldBack rejected']);
    expect(told.at(-1)).toBe('document_rejected true');
  });
});

test('ingesting answers what was indexed and what was not', async () => {
  const fakes = fakeActivities();
  const failures = [{ code: 'not_indexed', message: 'too long', path: 'x' }];
  const indexFindings = async () => ({ indexed: 2, masked: 0, failed: failures });
  expect(await ingest({ ...fakes, ingest: { ...fakes.ingest, indexFindings } })).toEqual({
    indexed: 2,
    masked: 0,
    failed: failures,
  });
});

test('an altered golden copy is not indexed, and not asked for again', async () => {
  const fakes = fakeActivities();
  let asked = 0;
  const indexFindings = () => {
    asked += 1;
    return Promise.reject(new CertusError('digest_mismatch', 'altered'));
  };
  await expect(ingest({ ...fakes, ingest: { ...fakes.ingest, indexFindings } })).rejects.toBeInstanceOf(
    WorkflowFailedError,
  );
  expect(asked).toBe(1);
});
