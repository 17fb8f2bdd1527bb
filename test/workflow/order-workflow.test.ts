// needs: temporal-test-server
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { ApplicationFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { CertusError } from '../../contracts/errors.ts';
import type { OrderRun } from '../../contracts/order-run.ts';
import type { OrderOutcome } from '../../contracts/orders.ts';
import type { QuarantineInput } from '../../contracts/quarantine.ts';
import { WORKFLOWS, workflowId } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { inPages, orderRun, type TrustFakes, taintedRun, trustFakes } from './trust-fakes.ts';
import { quietRuntime, startEnvironment, withZones, workflowCode } from './zones.ts';

let environment: TestWorkflowEnvironment;
let code: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  quietRuntime();
  [environment, code] = await Promise.all([startEnvironment(), workflowCode()]);
});
afterAll(() => environment?.teardown());

const during = <T>(activities: Partial<TrustFakes>, work: () => Promise<T>) =>
  withZones(environment.nativeConnection, code, activities, work);
let orders = 0;
const start = (order: OrderRun) =>
  environment.client.workflow.start(WORKFLOWS.order, {
    taskQueue: taskQueue('transform'),
    workflowId: `order/default/${orders++}`,
    args: [order],
  });
const carryOut = (activities: TrustFakes, order: OrderRun): Promise<OrderOutcome> =>
  during(activities, async () => (await start(order)).result());
const withTrust = (fakes: ReturnType<typeof trustFakes>, changes: Partial<TrustFakes['trust']>) => ({
  ...fakes,
  trust: { ...fakes.trust, ...changes },
});

describe('an order', () => {
  test('is carried out, and its outcome is the answer', async () => {
    const fakes = trustFakes();
    expect(await carryOut(fakes, orderRun('set_policy'))).toEqual({ state: 'done', result: {} });
    expect(fakes.calls).toEqual(['carryOut']);
  });

  test('waits for a Trust that is away for two days, and is then carried out once', async () => {
    const fakes = trustFakes();
    const started = await environment.currentTimeMs();
    const later: TrustFakes['trust']['carryOut'] = async (order) => {
      if (Context.current().info.attempt > 1) return fakes.trust.carryOut(order);
      // in one go: thousands of tries, half a minute apart, say no more
      throw ApplicationFailure.create({ message: 'away', nextRetryDelay: '2 days' });
    };
    expect(await carryOut(withTrust(fakes, { carryOut: later }), orderRun('admit_key'))).toMatchObject({
      state: 'done',
    });
    expect((await environment.currentTimeMs()) - started).toBeGreaterThanOrEqual(2 * 24 * 3_600_000);
    expect(fakes.calls).toEqual(['carryOut']);
  });

  test('waits for a Trust that is there and cannot', async () => {
    const fakes = trustFakes();
    const back = (await environment.currentTimeMs()) + 600_000;
    const later: TrustFakes['trust']['carryOut'] = async (order) => {
      if ((await environment.currentTimeMs()) < back)
        throw new CertusError('dependency_unavailable', 'no database');
      return fakes.trust.carryOut(order);
    };
    expect(await carryOut(withTrust(fakes, { carryOut: later }), orderRun('admit_key'))).toMatchObject({
      state: 'done',
    });
    expect(fakes.calls).toEqual(['carryOut']);
  });

  test('that Trust refuses has that for its outcome, and nothing follows from it', async () => {
    const fakes = trustFakes();
    const refused = { state: 'refused', code: 'key_revoked', message: 'it is revoked already' } as const;
    const activities = withTrust(fakes, { carryOut: async () => refused });
    expect(await carryOut(activities, orderRun('revoke_key'))).toEqual(refused);
    expect(fakes.calls).toEqual([]);
  });

  test('that nobody gave is no order: it fails, and is not asked about again', async () => {
    const fakes = trustFakes();
    let asked = 0;
    const none = () => {
      asked += 1;
      return Promise.reject(new CertusError('order_invalid', 'there is no order'));
    };
    const failed = carryOut(withTrust(fakes, { carryOut: none }), orderRun('revoke_key')).catch(reasonOf);
    expect([await failed, asked, fakes.calls]).toEqual(['order_invalid', 1, []]);
  });

  test('is asked about again where what comes back is no outcome', async () => {
    const fakes = trustFakes();
    const garbage: unknown[] = [undefined, 'done', {}, { state: 'perhaps' }];
    const activities = withTrust(fakes, {
      carryOut: async (order) =>
        garbage.length > 0 ? (garbage.shift() as OrderOutcome) : fakes.trust.carryOut(order),
    });
    expect(await carryOut(activities, orderRun('admit_key'))).toEqual({ state: 'done', result: {} });
  });
});

describe('an order to make a key', () => {
  test('has it made first, and shows Trust what was made', async () => {
    const fakes = trustFakes();
    const outcome = await carryOut(fakes, orderRun('generate_key'));
    expect(fakes.calls).toEqual(['generateKey', 'carryOut']);
    expect(outcome).toMatchObject({ result: { found: { public_key_pem: 'PUBLIC KEY' } } });
  });

  test('is told to Trust as one that failed where no key can be made: it must not wait for ever', async () => {
    const fakes = trustFakes();
    const generateKey = () => Promise.reject(new CertusError('key_unusable', 'no encryption'));
    const activities = { ...fakes, assurance: { ...fakes.assurance, generateKey } };
    expect(await carryOut(activities, orderRun('generate_key'))).toMatchObject({
      result: {
        found: { failed: { code: 'key_unusable', message: expect.stringContaining('no encryption') } },
      },
    });
    expect(fakes.calls).toEqual(['carryOut']);
  });
});

describe('an order to revoke a key', () => {
  /** Of which runs the quarantine was begun, once all of them have ended. */
  async function revoke(fakes: ReturnType<typeof trustFakes>, pages: QuarantineInput[][]) {
    const asked: (string | undefined)[] = [];
    const listed = inPages(...pages);
    const activities = withTrust(fakes, {
      runsToQuarantine: (by) => {
        asked.push(by.after?.permitId);
        return listed(by);
      },
    });
    const outcome = await during(activities, async () => {
      const answer = await (await start(orderRun('revoke_key'))).result();
      for (const run of pages.flat())
        await environment.client.workflow.getHandle(workflowId('quarantine', run)).result();
      return answer;
    });
    return { asked, outcome, begun: begunIn(fakes.calls) };
  }

  test('starts the quarantine of every run of every page, each once', async () => {
    const fakes = trustFakes();
    const { asked, begun, outcome } = await revoke(fakes, [[taintedRun(1), taintedRun(2)], [taintedRun(3)]]);
    expect(asked).toEqual([undefined, '1']);
    expect(begun).toEqual([1, 2, 3].map((nth) => taintedRun(nth).testId));
    expect(outcome).toEqual({ state: 'done', result: {} });
    expect(fakes.calls[0]).toBe('carryOut');
  });

  test('goes on in another history before one is full, and answers as the order does', async () => {
    const runs = Array.from({ length: 23 }, (_, nth) => taintedRun(100 + nth));
    const fakes = trustFakes();
    const pages = runs.map((run) => [run]);
    const { asked, begun, outcome } = await revoke(fakes, pages);
    expect(fakes.calls.filter((call) => call === 'carryOut')).toHaveLength(3); // once in each history
    expect(asked).toEqual([undefined, ...Array.from({ length: 22 }, (_, nth) => String(nth + 1))]);
    expect(begun).toEqual(runs.map(({ testId }) => testId));
    expect(outcome).toEqual({ state: 'done', result: {} });
  });

  test('starts one quarantine for two permits of one run', async () => {
    const run = taintedRun(200);
    const other = { ...run, permitId: taintedRun(201).permitId };
    const { begun } = await revoke(trustFakes(), [[run, other]]);
    expect(begun).toEqual([run.testId]);
  });

  test('leaves a quarantine that goes on already as it is', async () => {
    const fakes = trustFakes();
    const running = taintedRun(300);
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const activities: TrustFakes = {
      ...withTrust(fakes, { runsToQuarantine: inPages([running, taintedRun(301)]) }),
      transform: {
        ...fakes.transform,
        withdrawOci: async (run) => {
          if (run.testId === running.testId) await held;
          return fakes.transform.withdrawOci(run);
        },
      },
    };
    await during(activities, async () => {
      const options = {
        taskQueue: taskQueue('transform'),
        workflowId: workflowId('quarantine', running),
        args: [running],
      };
      const earlier = await environment.client.workflow.start(WORKFLOWS.quarantine, options);
      const outcome = await (await start(orderRun('revoke_key'))).result();
      expect(outcome).toMatchObject({ state: 'done' });
      await expect(environment.client.workflow.start(WORKFLOWS.quarantine, options)).rejects.toBeInstanceOf(
        WorkflowExecutionAlreadyStartedError,
      );
      release();
      await earlier.result();
      await environment.client.workflow.getHandle(workflowId('quarantine', taintedRun(301))).result();
    });
    expect(begunIn(fakes.calls)).toEqual([running, taintedRun(301)].map(({ testId }) => testId));
  });

  test('takes nothing away where no policy wants it', async () => {
    expect(await revoke(trustFakes(), [[]])).toMatchObject({ begun: [], outcome: { state: 'done' } });
  });
});

const begunIn = (calls: readonly string[]): string[] =>
  calls
    .filter((call) => call.startsWith('quarantineGolden '))
    .map((call) => call.replace('quarantineGolden ', ''))
    .sort();

function reasonOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause)
    if (at instanceof ApplicationFailure) return at.type ?? '';
  throw error;
}
