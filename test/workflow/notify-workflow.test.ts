// needs: temporal-test-server
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { NotifyActivities } from '../../activities/notify/create-notify-activities.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { NotifyInput, NotifyResult, NotifyTarget } from '../../contracts/notification.ts';
import { WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { EVENT } from '../unit/notify/news-fixture.ts';
import { fakeActivities } from './fakes.ts';
import { quietRuntime, startEnvironment, withZones, workflowCode } from './zones.ts';

let environment: TestWorkflowEnvironment;
let code: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  quietRuntime();
  [environment, code] = await Promise.all([startEnvironment(), workflowCode()]);
});
afterAll(() => environment?.teardown());

let runs = 0;
const target = (place: string): NotifyTarget => ({
  kind: 'webhook',
  place,
  address: `https://example.org/${place}`,
});

/** Runs the workflow against somebody who delivers, or does not. */
function notify(
  deliver: NotifyActivities['deliverNotification'],
  ...places: string[]
): Promise<NotifyResult> {
  const transform = { ...fakeActivities().transform, deliverNotification: deliver };
  const input: NotifyInput = { event: EVENT, targets: places.map(target) };
  return withZones(environment.nativeConnection, code, { transform }, () =>
    environment.client.workflow.execute(WORKFLOWS.notify, {
      taskQueue: taskQueue('transform'),
      workflowId: `notify-${runs++}`,
      args: [input],
    }),
  );
}

describe('everybody is told on their own', () => {
  test('and one who cannot be told keeps nothing from the others', async () => {
    const attempts: Record<string, number> = {};
    const result = await notify(
      async (_, { place }) => {
        attempts[place] = (attempts[place] ?? 0) + 1;
        if (place === 'away') throw new CertusError('dependency_unavailable', 'example.org does not answer');
        if (place === 'shy' && attempts[place] < 3) throw new CertusError('dependency_unavailable', 'busy');
        return { place, outcome: place === 'gone' ? 'refused' : 'delivered', detail: null };
      },
      ...['good', 'away', 'shy', 'gone'],
    );
    expect(result.deliveries).toEqual([
      { place: 'good', outcome: 'delivered', detail: null },
      { place: 'away', outcome: 'failed', detail: 'example.org does not answer' },
      { place: 'shy', outcome: 'delivered', detail: null },
      { place: 'gone', outcome: 'refused', detail: null },
    ]);
    expect(attempts).toMatchObject({ good: 1, shy: 3, gone: 1 });
    expect(attempts.away).toBeGreaterThan(5);
  });

  test('and a bug of ours in telling one of them ends like one who is away', async () => {
    const result = await notify(
      async (_, { place }) => {
        if (place === 'bad') throw new TypeError('a bug');
        return { place, outcome: 'delivered', detail: null };
      },
      'bad',
      'good',
    );
    expect(result.deliveries.map(({ outcome }) => outcome)).toEqual(['failed', 'delivered']);
  });

  test('and nobody is nobody', async () => {
    expect(await notify(() => Promise.reject(new Error('who is told?')))).toEqual({ deliveries: [] });
  });
});
