// needs: temporal-test-server
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { CertusError } from '../../contracts/errors.ts';
import type { ReviewDecision, ReviewOutcome } from '../../contracts/review.ts';
import { DECIDE_UPDATE, reviewWorkflowId, WORKFLOWS } from '../../contracts/workflow-names.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { type Activities, fakeActivities, PERMIT_ID } from './fakes.ts';
import { DIGEST, evidence, held, order, reviewFakes } from './review-fakes.ts';
import { quietRuntime, startEnvironment, withZones, workflowCode } from './zones.ts';

let environment: TestWorkflowEnvironment;
let code: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  quietRuntime();
  [environment, code] = await Promise.all([startEnvironment(), workflowCode()]);
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
  withZones(environment.nativeConnection, code, activities, async () => {
    const published = await environment.client.workflow.execute(WORKFLOWS.publish, {
      taskQueue: taskQueue('transform'),
      workflowId: `publish-${runs++}`,
      args: [{ ...run, bundle: { prefix: 'p/', digest: 'd'.repeat(64) }, permitId: PERMIT_ID }],
    });
    await ingestedGolden(run); // nobody else waits for it, and the next test would go on with it
    return published;
  });
const ingestedGolden = ({ testId }: { readonly testId: string }) =>
  environment.client.workflow.getHandle(`golden-ingestion/web/${testId}`).result();
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

test('what golden shows is ingested a little later, and whoever published waits for none of it', async () => {
  const fakes = fakeActivities();
  const run = newRun();
  const published = Promise.withResolvers<unknown>();
  const before = await environment.currentTimeMs();
  const asked: unknown[] = [];
  const openGoldenIngestion: typeof fakes.ingest.openGoldenIngestion = async (golden) => {
    asked.push(golden);
    await published.promise;
    expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(5_000);
    return null; // it was ingested before
  };
  await withZones(
    environment.nativeConnection,
    code,
    { ...fakes, ingest: { ...fakes.ingest, openGoldenIngestion } },
    async () => {
      const answer = environment.client.workflow.execute(WORKFLOWS.publish, {
        taskQueue: taskQueue('transform'),
        workflowId: `publish-${runs++}`,
        args: [{ ...run, bundle: { prefix: 'p/', digest: 'd'.repeat(64) }, permitId: PERMIT_ID }],
      });
      expect(await answer).toMatchObject({ goldenManifest: 'golden/k' });
      published.resolve(undefined);
      await ingestedGolden(run);
    },
  );
  expect(asked).toEqual([{ scope: run.scope, component: run.component, testId: run.testId }]);
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
      const answer = await handle.result();
      if (verdict?.startsWith('release')) await ingestedGolden(run);
      return answer;
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
