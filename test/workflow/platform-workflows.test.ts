// needs: temporal-test-server
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { CertusError } from '../../contracts/errors.ts';
import { expiryOnce } from '../../contracts/key-expiry.ts';
import { WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { type TrustFakes, trustFakes } from './trust-fakes.ts';
import { quietRuntime, startEnvironment, withZones, workflowCode } from './zones.ts';

let environment: TestWorkflowEnvironment;
let code: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  quietRuntime();
  [environment, code] = await Promise.all([startEnvironment(), workflowCode()]);
});
afterAll(() => environment?.teardown());

let runs = 0;
const run = (type: string, { trust, transform }: TrustFakes) =>
  withZones(environment.nativeConnection, code, { trust, transform }, () =>
    environment.client.workflow.execute(type, {
      taskQueue: taskQueue('transform'),
      workflowId: `certus/${type}/${runs++}`,
      args: [],
    }),
  );
const withTrust = (fakes: TrustFakes, changes: Partial<TrustFakes['trust']>): TrustFakes => ({
  ...fakes,
  trust: { ...fakes.trust, ...changes },
});

/** Under the very name by which Trust recorded it: the second time it is no news. */
const TOLD = `recordPlatformEvent ${expiryOnce('a'.repeat(32), 7)}`;

describe('care for keys', () => {
  test('renews the list of revoked certificates and says which keys it warned of', async () => {
    const fakes = trustFakes();
    expect(await run(WORKFLOWS.keyCare, fakes)).toMatchObject([{ environment: 'production', days: 7 }]);
    expect(fakes.calls.sort()).toEqual(['checkKeyExpiry', TOLD, 'refreshRevocationList'].sort());
  });

  test('asks each try about the same time, so that a second one tells the same', async () => {
    const asked: string[] = [];
    const fakes = trustFakes();
    const checkKeyExpiry: TrustFakes['trust']['checkKeyExpiry'] = async (at) => {
      asked.push(at);
      if (asked.length < 5) throw new CertusError('dependency_unavailable', 'no database');
      return [];
    };
    await run(WORKFLOWS.keyCare, withTrust(fakes, { checkKeyExpiry }));
    expect(asked).toEqual(Array(5).fill(expect.stringMatching(/^\d{4}-.*Z$/)));
    expect(new Set(asked).size).toBe(1);
  });

  test('warns of keys also where no list can be made, and does not hide that', async () => {
    const fakes = trustFakes();
    const { promise: failed, resolve } = Promise.withResolvers<void>();
    const activities = withTrust(fakes, {
      refreshRevocationList: () => {
        resolve();
        return Promise.reject(new CertusError('key_unusable', 'no key of the authority'));
      },
      checkKeyExpiry: async (at) => {
        await failed; // the list fails first, and then the first try at this
        if (fakes.calls.push('tried') === 1) throw new CertusError('dependency_unavailable', 'no database');
        return fakes.trust.checkKeyExpiry(at);
      },
    });
    await expect(run(WORKFLOWS.keyCare, activities)).rejects.toBeInstanceOf(WorkflowFailedError);
    expect(fakes.calls).toEqual(['tried', 'tried', 'checkKeyExpiry', TOLD]);
  });
});

describe('the second log', () => {
  test('is told, and how many there were is the answer', async () => {
    expect(await run(WORKFLOWS.witness, trustFakes())).toBe(3);
  });

  test('is waited for while it is away', async () => {
    const back = (await environment.currentTimeMs()) + 600_000;
    const fakes = trustFakes();
    const witnessPermits = async () => {
      if ((await environment.currentTimeMs()) < back)
        throw new CertusError('dependency_unavailable', 'Rekor');
      return fakes.trust.witnessPermits();
    };
    expect(await run(WORKFLOWS.witness, withTrust(fakes, { witnessPermits }))).toBe(3);
    expect(fakes.calls).toEqual(['witnessPermits']);
  });

  test('that refuses what it is given fails the round, and the schedule begins the next', async () => {
    const witnessPermits = () => Promise.reject(new CertusError('answer_untrusted', 'refused'));
    await expect(run(WORKFLOWS.witness, withTrust(trustFakes(), { witnessPermits }))).rejects.toBeInstanceOf(
      WorkflowFailedError,
    );
  });
});
