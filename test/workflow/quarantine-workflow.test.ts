// needs: temporal-test-server
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { QuarantineActivities } from '../../activities/publish/create-quarantine-activities.ts';
import type { KnownActivities } from '../../activities/trust/known/create-known-activities.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { QuarantineInput } from '../../contracts/quarantine.ts';
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

const INPUT: QuarantineInput = {
  scope: { tenant: 'default', workspace: 'web' },
  component: 'shop',
  assessment: 'default',
  testId: 'test_000000000001',
  permitId: PERMIT_ID,
  bundleDigest: 'b'.repeat(64),
  cause: { orderId: `order_${'1'.repeat(32)}`, keyId: 'a'.repeat(32), reason: 'key_compromise' },
};

type Zones = QuarantineActivities & Pick<KnownActivities, 'logQuarantine'>;

function zones(changes: Partial<Zones> = {}) {
  const fakes = fakeActivities();
  const told: unknown[] = [];
  const called = <T>(name: string, answer: T): Promise<T> => {
    fakes.calls.push(name);
    return Promise.resolve(answer);
  };
  const own: Zones = {
    quarantineGolden: () => called('quarantineGolden', { notice: '{}', location: 'q/', notices: [] }),
    withdrawOci: () => called('withdrawOci', 'withdrawn' as const),
    recordQuarantine: (_, known) => {
      told.push(known);
      return called('recordQuarantine', undefined);
    },
    logQuarantine: () => called('logQuarantine', 42),
    ...changes,
  };
  const { quarantineGolden, withdrawOci, recordQuarantine, logQuarantine } = own;
  const activities = {
    transform: { ...fakes.transform, quarantineGolden, withdrawOci, recordQuarantine },
    trust: { ...fakes.trust, logQuarantine },
    ingest: fakes.ingest,
  } as Partial<Activities>;
  return { activities, calls: fakes.calls, told };
}

let runs = 0;
const quarantine = (activities: Partial<Activities>) =>
  withZones(environment.nativeConnection, code, activities, () =>
    environment.client.workflow.execute(WORKFLOWS.quarantine, {
      taskQueue: taskQueue('transform'),
      workflowId: `quarantine-${runs++}`,
      args: [INPUT],
    }),
  );

test('golden goes first, then registry, index and log, and the row says so at the end', async () => {
  const { activities, calls, told } = zones();
  expect(await quarantine(activities)).toEqual({
    location: 'q/',
    oci: 'withdrawn',
    forgotten: 3,
    logIndex: 42,
    notices: [],
  });
  expect(calls[0]).toBe('quarantineGolden');
  expect(calls.slice(1, -1).sort()).toEqual([
    'forgetEvidence',
    'logQuarantine',
    'recordQuarantine',
    'withdrawOci',
  ]);
  expect(calls.at(-1)).toBe('recordQuarantine');
  expect(told).toEqual([
    { oci: null, notices: [] },
    { oci: 'withdrawn', notices: [] },
  ]);
});

test('a registry that deletes nothing is told of, and fails nothing', async () => {
  const { activities, told } = zones({ withdrawOci: () => Promise.resolve('forbidden' as const) });
  expect(await quarantine(activities)).toMatchObject({
    oci: 'forbidden',
    notices: [{ code: 'registry_keeps_artifact' }],
  });
  expect(told.at(-1)).toMatchObject({ oci: 'forbidden', notices: [{ code: 'registry_keeps_artifact' }] });
});

test('a registry that is away for an hour keeps neither the index nor the log nor the row waiting', async () => {
  const back = (await environment.currentTimeMs()) + 3_600_000;
  const made = zones({
    withdrawOci: async () => {
      if ((await environment.currentTimeMs()) < back)
        throw new CertusError('dependency_unavailable', 'registry');
      made.calls.push('withdrawOci');
      return 'withdrawn' as const;
    },
  });
  await quarantine(made.activities);
  expect(made.calls.slice(-2)).toEqual(['withdrawOci', 'recordQuarantine']);
  expect(made.calls).toContain('forgetEvidence');
  expect(made.told[0]).toEqual({ oci: null, notices: [] });
});

test('without a valid order nothing else is touched', async () => {
  const { activities, calls } = zones({
    quarantineGolden: () => Promise.reject(new CertusError('order_invalid', 'there is no order')),
  });
  await expect(quarantine(activities)).rejects.toBeInstanceOf(WorkflowFailedError);
  expect(calls).toEqual([]);
});
