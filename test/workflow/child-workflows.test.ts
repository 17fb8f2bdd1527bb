// needs: temporal-test-server
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { CertusError } from '../../contracts/errors.ts';
import { WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { type Activities, fakeActivities, PERMIT_ID } from './fakes.ts';
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

const publish = (activities: Activities) =>
  withZones(environment.nativeConnection, code, activities, () =>
    environment.client.workflow.execute(WORKFLOWS.publish, {
      taskQueue: taskQueue('transform'),
      workflowId: `publish-${runs++}`,
      args: [{ ...newRun(), bundle: { prefix: 'p/', digest: 'd'.repeat(64) }, permitId: PERMIT_ID }],
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
  expect(fakes.calls.slice(1).sort()).toEqual(['indexFindings', 'publishOci']);
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
  expect(fakes.calls).toEqual(['promote', 'indexFindings', 'publishOci']);
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
