// needs: temporal-test-server
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { EventActivities } from '../../activities/events/create-event-activities.ts';
import type { PrivacyScanActivities } from '../../activities/privacy/create-privacy-scan-activities.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { PrivacyScanInput } from '../../contracts/privacy.ts';
import type { ReviewInput } from '../../contracts/review.ts';
import { reviewWorkflowId, WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import type { Activities } from './fakes.ts';
import { untilCancelled } from './fakes.ts';
import { held, reviewFakes } from './review-fakes.ts';
import { quietRuntime, startEnvironment, withZones, workflowCode } from './zones.ts';

let environment: TestWorkflowEnvironment;
let code: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  quietRuntime();
  [environment, code] = await Promise.all([startEnvironment(), workflowCode()]);
});
afterAll(() => environment?.teardown());

let scans = 0;
const input = (): PrivacyScanInput => ({
  tenant: 'default',
  workspace: 'web',
  id: `privacy_${(++scans).toString(16).padStart(24, '0')}`,
  prefix: null,
  testId: null,
  dryRun: false,
  requestedBy: 'local',
});

type Fakes = PrivacyScanActivities & Pick<EventActivities, 'recordPlatformEvent'>;

/** So many pages, each with the reviews that are given for it, and what was called how. */
function fakes(pages: number, reviews: readonly ReviewInput[] = []) {
  const places: number[] = [];
  const digests = new Set<string>();
  const ends: Parameters<PrivacyScanActivities['endPrivacyScan']>[1][] = [];
  const events: string[] = [];
  const transform: Fakes = {
    beginPrivacyScan: async () => 'e'.repeat(64),
    inspectPage: async (_, { ordinal }, policyDigest) => {
      places.push(ordinal);
      digests.add(policyDigest);
      const next = ordinal + 1 < pages ? { after: `name ${ordinal}`, ordinal: ordinal + 1 } : null;
      return { next, reviews: ordinal === 0 ? reviews : [] };
    },
    endPrivacyScan: async (_, failure) => {
      ends.push(failure);
    },
    recordPlatformEvent: async ({ type, once }) => {
      events.push(`${type} ${once}`);
      return { eventId: '1', wanted: false };
    },
  };
  return { transform, places, digests, ends, events };
}

const during = <T>(transform: object, work: () => Promise<T>) =>
  withZones(environment.nativeConnection, code, { transform } as unknown as Partial<Activities>, work);
const start = (scan: PrivacyScanInput) =>
  environment.client.workflow.start(WORKFLOWS.privacyScan, {
    taskQueue: taskQueue('transform'),
    workflowId: `privacy-scan/web/${scan.id}`,
    args: [scan],
  });

/** Without asking for its result, at which the server would skip the time that the review has. */
async function ended(run: WorkflowHandle): Promise<void> {
  while ((await run.describe()).status.name === 'RUNNING') await setImmediate();
}

describe('a privacy scan', () => {
  test('looks at every page once, by one policy, over as many histories as it takes', async () => {
    const { transform, places, digests, ends } = fakes(12);
    await during(transform, async () => (await start(input())).result());
    expect(places).toEqual(Array.from({ length: 12 }, (_, at) => at));
    expect([...digests]).toEqual(['e'.repeat(64)]);
    expect(ends).toEqual([null]);
  });

  test('has people asked about what is held back, and does not wait for them', async () => {
    const review = held(900, await environment.currentTimeMs());
    const { transform, ends, events } = fakes(1, [review]);
    const asked = reviewFakes(review, new Map());
    await during({ ...asked.transform, ...transform }, async () => {
      await ended(await start(input()));
      expect(ends).toEqual([null]);
      expect(events).toEqual([expect.stringMatching(/^document_quarantined /)]);
      // come upon once more, it is the same review
      await ended(await start(input()));
      expect(new Set(events).size).toBe(1);
      const running = environment.client.workflow.getHandle(reviewWorkflowId('web', review.id));
      expect((await running.describe()).status.name).toBe('RUNNING');
      await running.cancel();
      await ended(running);
    });
  });

  test('that cannot go on says why', async () => {
    const { transform, ends } = fakes(3);
    const inspectPage = () => Promise.reject(new CertusError('privacy_policy_invalid', 'no order set it'));
    await during({ ...transform, inspectPage }, async () => {
      await expect((await start(input())).result()).rejects.toThrow();
    });
    expect(ends).toEqual([{ code: 'privacy_policy_invalid', message: 'no order set it' }]);
  });

  test('waits for a database that is away', async () => {
    const { transform, places, ends } = fakes(1);
    let tries = 0;
    const inspectPage: Fakes['inspectPage'] = async (...page) => {
      tries += 1;
      if (tries < 3) throw new CertusError('dependency_unavailable', 'no database');
      return transform.inspectPage(...page);
    };
    await during({ ...transform, inspectPage }, async () => (await start(input())).result());
    expect([places, ends]).toEqual([[0], [null]]);
  });

  test('that is called off is on record as that', async () => {
    const { transform, ends } = fakes(1);
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    await during({ ...transform, inspectPage: untilCancelled(resolve) }, async () => {
      const scan = await start(input());
      await begun;
      await scan.cancel();
      await expect(scan.result()).rejects.toThrow();
    });
    expect(ends).toEqual([{ code: 'cancelled', message: 'the run was cancelled' }]);
  });
});
