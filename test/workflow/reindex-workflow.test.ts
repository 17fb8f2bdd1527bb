// needs: temporal-test-server
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { ReindexActivities } from '../../activities/ingest/reindex.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { ReindexInput } from '../../contracts/reindex.ts';
import { REINDEX_WORKFLOW_ID, WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { quietRuntime, startEnvironment, withZones, workflowCode } from './zones.ts';

let environment: TestWorkflowEnvironment;
let code: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  quietRuntime();
  [environment, code] = await Promise.all([startEnvironment(), workflowCode()]);
});
afterAll(() => environment?.teardown());

type Asked = Parameters<ReindexActivities['reindex']>[0];

async function run(input: ReindexInput, failures = 0): Promise<(Asked | 'drop')[]> {
  const calls: (Asked | 'drop')[] = [];
  const ingest = {
    reindex: async (asked: Asked) => {
      calls.push(asked);
      if (calls.length <= failures) throw new CertusError('dependency_unavailable', 'it is away');
    },
    dropKeptIndexes: async () => {
      calls.push('drop');
      return [];
    },
  };
  const activities = { ingest } as unknown as Parameters<typeof withZones>[2];
  await withZones(environment.nativeConnection, code, activities, () =>
    environment.client.workflow.execute(WORKFLOWS.reindex, {
      taskQueue: taskQueue('ingest'),
      workflowId: REINDEX_WORKFLOW_ID,
      args: [input],
    }),
  );
  return calls;
}

test('the same run asks each time, so that nothing is done twice; another run is another request', async () => {
  const first = await run({ anew: true, dropKept: false }, 3);
  expect(first).toEqual(Array(4).fill({ request: expect.any(String), anew: true }));
  expect(new Set(first.map((asked) => asked !== 'drop' && asked.request)).size).toBe(1);
  const [second] = await run({ anew: false, dropKept: false });
  expect(second).toEqual({ request: expect.any(String), anew: false });
  expect(second).not.toMatchObject({ request: (first[0] as Asked).request });
});

test('what is kept is deleted only when that is asked for, and after everything else', async () => {
  const calls = await run({ anew: false, dropKept: true }, 2);
  expect(calls.map((call) => call === 'drop')).toEqual([false, false, false, true]);
});
