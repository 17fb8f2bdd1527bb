// needs: temporal-test-server
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { EventActivities } from '../../activities/events/create-event-activities.ts';
import type { DeliveredTo } from '../../activities/events/deliver-event.ts';
import { CertusError } from '../../contracts/errors.ts';
import { WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { fakeActivities } from './fakes.ts';
import { quietRuntime, startEnvironment, withZones, workflowCode } from './zones.ts';

let environment: TestWorkflowEnvironment;
let code: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  quietRuntime();
  [environment, code] = await Promise.all([startEnvironment(), workflowCode()]);
});
afterAll(() => environment?.teardown());

test('who cannot be reached for three days is written off, and has kept nobody waiting', async () => {
  const delivered: DeliveredTo[] = [];
  const failed: [string, string][] = [];
  const events: EventActivities = {
    recordPlatformEvent: async () => ({ eventId: '7', wanted: true }),
    subscribersOf: async () => ['hook_gone', 'hook_shy', 'hook_good'],
    deliverEvent: async (to) => {
      const before = delivered.filter(({ subscriptionId }) => subscriptionId === to.subscriptionId).length;
      delivered.push(to);
      if (to.subscriptionId === 'hook_gone' || (to.subscriptionId === 'hook_shy' && before < 20))
        throw new CertusError('dependency_unavailable', 'the other side answers 503');
    },
    noteFailure: async ({ subscriptionId }, detail) => {
      failed.push([subscriptionId, detail]);
    },
  };
  const transform = { ...fakeActivities().transform, ...events };
  const told = await withZones(environment.nativeConnection, code, { transform }, () =>
    environment.client.workflow.execute(WORKFLOWS.announce, {
      taskQueue: taskQueue('transform'),
      workflowId: 'announce/default/7/0',
      args: [{ tenant: 'default', eventId: '7', round: 0 }],
    }),
  );
  expect(told).toBe(3);
  expect(failed).toEqual([['hook_gone', 'the other side answers 503']]);
  const tries = (id: string) => delivered.filter(({ subscriptionId }) => subscriptionId === id).length;
  expect([tries('hook_good'), tries('hook_shy')]).toEqual([1, 21]);
  expect(tries('hook_gone')).toBeGreaterThan(100);
});
