// needs: temporal-test-server
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { RunRecord } from '../../activities/scan/record-scan.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { Step } from '../../contracts/scan.ts';
import type { ToolOrder } from '../../contracts/tool-choice.ts';
import { PROGRESS_QUERY, WORKFLOWS, workflowId } from '../../contracts/workflow-names.ts';
import type { PermitDecision, ScanInput } from '../../contracts/workflows.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { type Activities, fakeActivities, PERMIT_ID, scanInput, untilCancelled } from './fakes.ts';
import { withFreshClock } from './fresh-clock.ts';
import { permitInput } from './trust-fakes.ts';
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

const newInput = (): ScanInput => scanInput(`test_${randomBytes(6).toString('hex')}`);
const during = <T>(activities: Partial<Activities>, work: () => Promise<T>) =>
  withZones(environment.nativeConnection, code, activities, work);
const options = (input: ScanInput) => ({
  taskQueue: taskQueue('assurance'),
  workflowId: workflowId('scan', input),
  args: [input],
});
const carryOut = (activities: Activities, input = newInput()): Promise<RunRecord> =>
  during(activities, () => environment.client.workflow.execute(WORKFLOWS.scan, options(input)));
const failed = (activities: Activities, input = newInput()) =>
  expect(carryOut(activities, input)).rejects.toBeInstanceOf(WorkflowFailedError);
const states = (steps: Step[]) => Object.fromEntries(steps.map(({ name, state }) => [name, state]));
const fail = (error: Error) => () => Promise.reject(error);

test('a run goes through every step, in order, and ends with its record and without its checkout', async () => {
  const fakes = fakeActivities();
  const run = await carryOut(fakes);
  const end = fakes.calls.splice(-2).sort();
  const beside = fakes.calls.splice(-3).sort();
  expect(fakes.calls.filter((name) => name !== 'recordScan RUNNING')).toEqual([
    'fetchSource',
    'runTool secrets',
    'composeBundle',
    'signBundle',
    'decidePermit',
    'promote',
  ]);
  expect(beside).toEqual(['indexFindings', 'logPromotion', 'publishOci']);
  expect(end).toEqual(['cleanUp', 'recordScan SUCCEEDED']);
  expect(run).toEqual(fakes.records.at(-1));
  expect(run).toMatchObject({
    status: 'SUCCEEDED',
    permit: { permitId: PERMIT_ID },
    publication: { ingestion: { indexed: 3 } },
  });
});

test('a gate that fails is an answer and not a failure: the evidence is published all the same', async () => {
  const fakes = fakeActivities();
  const { composeBundle } = fakes.assurance;
  const assurance = {
    ...fakes.assurance,
    composeBundle: async (request: Parameters<typeof composeBundle>[0]) => ({
      ...(await composeBundle(request)),
      verdict: 'failed' as const,
      violations: ['critical findings exceeded threshold (1 > 0)'],
    }),
  };
  const run = await carryOut({ ...fakes, assurance });
  expect(run).toMatchObject({
    status: 'SUCCEEDED',
    assessment: { verdict: 'failed' },
    publication: { ingestion: { indexed: 3 } },
  });
});

test('without a permit nothing is published', async () => {
  const fakes = fakeActivities();
  const trust = {
    ...fakes.trust,
    decidePermit: async () => ({ permitId: PERMIT_ID, permitted: false, reason: 'hash_mismatch' }),
  };
  const input = newInput();
  const progress = await during({ ...fakes, trust }, async () => {
    const handle = await environment.client.workflow.start(WORKFLOWS.scan, options(input));
    await handle.result();
    return handle.query<Step[]>(PROGRESS_QUERY);
  });
  expect(fakes.calls.filter((name) => /promote|publish|index/.test(name))).toEqual([]);
  expect(states(progress)).toMatchObject({ permit: 'done', publish: 'skipped' });
  expect(fakes.records.at(-1)).toMatchObject({
    status: 'SUCCEEDED',
    permit: { permitted: false, reason: 'hash_mismatch' },
  });
  expect(fakes.records.at(-1)?.publication).toBeUndefined();
});

describe('whatever comes back from the queue of Trust', () => {
  const GARBAGE: unknown[] = [
    undefined,
    'permitted',
    { permitted: 'yes' },
    { permitId: PERMIT_ID, permitted: 'yes', reason: null },
    { permitted: true, reason: null },
    { permitId: '../permit', permitted: true, reason: null },
    [{ permitId: PERMIT_ID, permitted: true, reason: null }],
  ];
  const answered = (fakes: ReturnType<typeof fakeActivities>, answers: unknown[]): Activities => ({
    ...fakes,
    trust: {
      ...fakes.trust,
      decidePermit: async () => {
        if (answers.length > 0) return answers.shift() as PermitDecision;
        fakes.calls.push('decided');
        return { permitId: PERMIT_ID, permitted: false, reason: 'hash_mismatch' };
      },
    },
  });

  test('what is no decision publishes nothing and is booked as none: the run waits and asks again', async () => {
    const fakes = fakeActivities();
    const answers = [...GARBAGE];
    await carryOut(answered(fakes, answers));
    expect(answers).toEqual([]);
    expect(fakes.calls).toContain('decided');
    expect(fakes.calls.filter((name) => /promote|publish|index/.test(name))).toEqual([]);
    const booked = fakes.records.flatMap(({ permit }) => (permit === undefined ? [] : [permit]));
    expect(new Set(booked.map(({ permitted }) => permitted))).toEqual(new Set([false]));
  });

  test('and goes on once there is one', async () => {
    const fakes = fakeActivities();
    const good = { permitId: PERMIT_ID, permitted: true, reason: null };
    const run = await carryOut(answered(fakes, [...GARBAGE, good]));
    expect(run).toMatchObject({ status: 'SUCCEEDED', permit: good, publication: {} });
  });

  test('a permit that nobody gave is Transform’s to refuse, and comes to it as it was named', async () => {
    const fakes = fakeActivities();
    const unknown = `permit_${'9'.repeat(32)}`;
    const named: string[] = [];
    const promote: Activities['transform']['promote'] = async ({ permitId }) => {
      named.push(permitId);
      throw new CertusError('permit_missing', 'there is no such permit');
    };
    const activities = answered(fakes, [{ permitId: unknown, permitted: true, reason: null }]);
    await failed({ ...activities, transform: { ...fakes.transform, promote } });
    expect(named).toEqual([unknown]);
    expect(fakes.calls.filter((name) => /publish|index/.test(name))).toEqual([]);
    expect(fakes.records.at(-1)).toMatchObject({ status: 'FAILED', errors: [{ code: 'permit_missing' }] });
  });

  test('a question that is no run’s own is not over either until it is decided', async () => {
    const fakes = fakeActivities();
    const input = newInput();
    const decision = await during(answered(fakes, [...GARBAGE]), () =>
      environment.client.workflow.execute(WORKFLOWS.permit, {
        taskQueue: taskQueue('transform'),
        workflowId: `permit/web/${input.testId}`,
        args: [permitInput(input)],
      }),
    );
    expect(decision).toMatchObject({ permitted: false, reason: 'hash_mismatch' });
  });
});

test('every tool of the profile is told what the profile says, and until when it may run', async () => {
  const fakes = fakeActivities();
  const told: ToolOrder[] = [];
  const { runTool } = fakes.assurance;
  const assurance: Activities['assurance'] = {
    ...fakes.assurance,
    runTool: (input, checkout, order) => {
      told.push(order);
      return runTool(input, checkout, order);
    },
  };
  await carryOut({ ...fakes, assurance }, { ...newInput(), profile: 'both' });
  const common = { config: {}, deniedLicenses: ['GPL-*'], target: null, until: null };
  expect(told.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
    { id: 'bandit', required: true, ...common },
    { id: 'secrets', required: false, ...common },
  ]);
  await carryOut({ ...fakes, assurance }, { ...newInput(), profile: 'timed' });
  const started = Date.parse(fakes.records.at(-1)?.startedAt ?? '');
  expect(Date.parse(told.at(-1)?.until ?? '') - started).toBeGreaterThanOrEqual(600_000);
});

test('a manifest that lies elsewhere is read by the run, and decides what it looks for', async () => {
  const fakes = fakeActivities();
  const run = await carryOut(fakes, { ...newInput(), manifest: { type: 'repository', path: 'certus.yml' } });
  expect(fakes.calls).toContain('resolveManifest');
  expect(run.manifestDigest).toBe('e'.repeat(64));
});

test('a report that was brought along is looked at by no tool', async () => {
  const fakes = fakeActivities();
  await carryOut(fakes, {
    ...newInput(),
    source: {
      type: 'sarif',
      sha256: 'f'.repeat(64),
      commit: 'a'.repeat(40),
      ref: 'refs/heads/main',
      repository: 'a/b',
    },
  });
  expect(fakes.calls).toContain('importReport');
  expect(fakes.calls.filter((name) => name.startsWith('runTool'))).toEqual([]);
});

describe('evidence that is kept back', () => {
  test('is signed and goes no further', async () => {
    const fakes = fakeActivities();
    const run = await carryOut(fakes, { ...newInput(), publish: false });
    expect(fakes.calls).toContain('signBundle');
    expect(fakes.calls.filter((name) => /decide|promote|publish|index/.test(name))).toEqual([]);
    expect(run).toMatchObject({ status: 'SUCCEEDED', assessment: { verdict: 'passed' } });
    expect(run.permit).toBeUndefined();
  });

  const upload = (activities: Activities, more: { permitId?: string } = {}) => {
    const { source: _source, manifest: _manifest, ...run } = newInput();
    const bundle = { prefix: 'p/', digest: 'd'.repeat(64) };
    return during(activities, () =>
      environment.client.workflow.execute(WORKFLOWS.upload, {
        taskQueue: taskQueue('assurance'),
        workflowId: workflowId('upload', run),
        args: [{ ...run, bundle, requestedBy: null, ...more }],
      }),
    );
  };

  test('goes through permit and publication once somebody asks', async () => {
    const fakes = fakeActivities();
    await upload(fakes);
    expect(fakes.calls).toEqual(
      expect.arrayContaining(['decidePermit', 'promote', 'publishOci', 'indexFindings', 'recordUpload']),
    );
    expect(fakes.uploads).toMatchObject([
      { permit: { permitted: true }, publication: { ingestion: { indexed: 3 } } },
    ]);
  });

  test('goes by a permit that was given on another question, once Trust has said that it is one', async () => {
    const fakes = fakeActivities();
    const other = `permit_${'2'.repeat(32)}`;
    await upload(fakes, { permitId: other });
    expect(fakes.calls).toContain('usePermit');
    expect(fakes.calls).not.toContain('decidePermit');
    expect(fakes.uploads).toMatchObject([{ permit: { permitId: other }, publication: {} }]);
  });

  test('stays where it is without a permit', async () => {
    const fakes = fakeActivities();
    const decidePermit = async () => ({ permitId: PERMIT_ID, permitted: false, reason: 'invalid_signer' });
    await upload({ ...fakes, trust: { ...fakes.trust, decidePermit } });
    expect(fakes.calls).not.toContain('promote');
    expect(fakes.uploads).toEqual([
      { permit: { permitId: PERMIT_ID, permitted: false, reason: 'invalid_signer' } },
    ]);
  });

  test('says why when publication fails', async () => {
    const fakes = fakeActivities();
    const promote = fail(new CertusError('permit_invalid', 'not published'));
    await expect(upload({ ...fakes, transform: { ...fakes.transform, promote } })).rejects.toBeInstanceOf(
      WorkflowFailedError,
    );
    expect(fakes.uploads.at(-1)).toMatchObject({
      permit: { permitted: true },
      error: { code: 'permit_invalid' },
    });
  });
});

test('what a schedule starts is a scan of its own each time, and lasts as long as it', async () => {
  const fakes = fakeActivities();
  const { testId: _testId, requestedAt: _at, ...plan } = newInput();
  const started = () =>
    environment.client.workflow.execute(WORKFLOWS.scheduledScan, {
      taskQueue: taskQueue('assurance'),
      workflowId: `scheduled/web/shop/${randomBytes(6).toString('hex')}`,
      args: [plan],
    });
  const [first, second] = await during(fakes, async () => [await started(), await started()]);
  expect(first.testId).toMatch(/^test_[0-9a-f]{24}$/);
  expect(second.testId).not.toBe(first.testId);
  expect(fakes.calls.filter((name) => name === 'recordScan SUCCEEDED')).toHaveLength(2);
});

describe('a step that cannot succeed ends the run with its own code', () => {
  test('a source that is none, without asking twice', async () => {
    const fakes = fakeActivities();
    let asked = 0;
    const fetchSource = () => {
      asked += 1;
      return Promise.reject(new CertusError('not_a_repository', 'x is not a git repository'));
    };
    await failed({ ...fakes, assurance: { ...fakes.assurance, fetchSource } });
    expect(asked).toBe(1);
    expect(fakes.records.at(-1)).toMatchObject({
      status: 'FAILED',
      errors: [{ code: 'not_a_repository', message: 'x is not a git repository' }],
      completedAt: expect.any(String),
    });
    expect(fakes.calls).toContain('cleanUp');
  });

  test('a source that no try gets past, after twenty-five', async () => {
    const fakes = fakeActivities();
    let asked = 0;
    const fetchSource = () => {
      asked += 1;
      return Promise.reject(new CertusError('source_unreachable', 'gone'));
    };
    await failed({ ...fakes, assurance: { ...fakes.assurance, fetchSource } });
    expect(asked).toBe(25);
    expect(fakes.records.at(-1)).toMatchObject({
      status: 'FAILED',
      errors: [{ code: 'source_unreachable' }],
    });
  });

  test('a tool that fails', async () => {
    const fakes = fakeActivities();
    await failed({
      ...fakes,
      assurance: { ...fakes.assurance, runTool: fail(new CertusError('tool_failed', 'broken')) },
    });
    expect(fakes.records.at(-1)).toMatchObject({
      status: 'FAILED',
      errors: [{ code: 'tool_failed', message: 'broken' }],
    });
    expect(fakes.calls).not.toContain('composeBundle');
  });

  test('a permit that does not hold when it is used', async () => {
    const fakes = fakeActivities();
    await failed({
      ...fakes,
      transform: { ...fakes.transform, promote: fail(new CertusError('permit_invalid', 'not published')) },
    });
    const last = fakes.records.at(-1);
    expect(last).toMatchObject({
      status: 'FAILED',
      permit: { permitted: true },
      errors: [{ code: 'permit_invalid', message: 'not published' }],
    });
    expect(last?.publication).toBeUndefined(); // by which the row says upload_failed
    expect(fakes.calls.filter((name) => /publishOci|index/.test(name))).toEqual([]);
  });

  test('a profile that does not exist', async () => {
    const fakes = fakeActivities();
    await failed(fakes, { ...newInput(), profile: 'heavy' });
    const end = fakes.records.find(({ status }) => status !== 'RUNNING');
    expect(end).toMatchObject({ status: 'FAILED', errors: [{ code: 'unknown_profile' }] });
  });
});

describe('what may come back is waited for', () => {
  test('a Trust that cannot decide for three days holds the run up and does not end it', async () => {
    const fakes = fakeActivities();
    const DAYS = 3 * 24 * 3_600_000;
    const attempts = DAYS / 30_000 + 10; // the longest pause between two tries is half a minute
    const started = await environment.currentTimeMs();
    const trust = {
      ...fakes.trust,
      decidePermit: async () => {
        if (Context.current().info.attempt < attempts)
          throw new CertusError('dependency_unavailable', 'no database');
        return fakes.trust.decidePermit();
      },
    };
    expect(await carryOut({ ...fakes, trust })).toMatchObject({ status: 'SUCCEEDED' });
    expect((await environment.currentTimeMs()) - started).toBeGreaterThan(DAYS);
    expect(fakes.calls.filter((name) => name === 'promote')).toHaveLength(1);
  });

  test('so is a bug: a mended worker goes on with the run', async () => {
    const fakes = fakeActivities();
    let asked = 0;
    const signBundle = () => {
      asked += 1;
      return asked < 5 ? Promise.reject(new TypeError('a bug')) : Promise.resolve();
    };
    const run = await carryOut({ ...fakes, assurance: { ...fakes.assurance, signBundle } });
    expect(run.status).toBe('SUCCEEDED');
  });
});

describe('a cancelled run', () => {
  /** Cancels while the step is busy and gives the handle back once the run has ended. */
  async function cancelDuring(
    change: (fakes: Activities, onStart: () => void) => Activities,
    asked: Partial<ScanInput> = {},
  ) {
    const fakes = fakeActivities();
    const { promise: begun, resolve: onStart } = Promise.withResolvers<void>();
    const input = { ...newInput(), ...asked };
    const steps = await during(change(fakes, onStart), async () => {
      const handle: WorkflowHandle = await environment.client.workflow.start(WORKFLOWS.scan, options(input));
      await begun;
      const running = await handle.query<Step[]>(PROGRESS_QUERY);
      await handle.cancel();
      await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
      expect((await handle.describe()).status.name).toBe('CANCELLED');
      return { running: states(running), ended: states(await handle.query<Step[]>(PROGRESS_QUERY)) };
    });
    return { fakes, steps };
  }

  test('says so in its record once its checkout has gone', async () => {
    const { fakes, steps } = await cancelDuring((it, onStart) => ({
      ...it,
      assurance: { ...it.assurance, runTool: untilCancelled(onStart) },
    }));
    expect(fakes.records.at(-1)).toMatchObject({ status: 'CANCELLED', completedAt: expect.any(String) });
    expect(fakes.calls.slice(-2)).toEqual(['cleanUp', 'recordScan CANCELLED']);
    expect(fakes.calls).not.toContain('composeBundle');
    expect(steps.running).toMatchObject({ fetch: 'done', scan: 'running', gate: 'waiting' });
    expect(steps.ended).toMatchObject({ scan: 'failed', gate: 'waiting' });
  });

  test('is not over before the last of its tools has let go', async () => {
    const order: string[] = [];
    const { promise: slowBegun, resolve: onSlow } = Promise.withResolvers<void>();
    await cancelDuring(
      (it, onStart) => ({
        ...it,
        assurance: {
          ...it.assurance,
          runTool: async (_, __, { id }) => {
            if (id === 'secrets') {
              await slowBegun;
              return untilCancelled(onStart)().finally(() => order.push('quick one let go'));
            }
            onSlow();
            // hears of the cancellation like the other, and takes longer over it
            return untilCancelled(() => undefined)().finally(async () => {
              await untilRunKnowsOfOne(Context.current().info.workflowExecution?.workflowId ?? '');
              order.push('slow one let go');
            });
          },
          cleanUp: async () => void order.push('cleaned up'),
        },
      }),
      { profile: 'both' },
    );
    expect(order).toEqual(['quick one let go', 'slow one let go', 'cleaned up']);
  });

  test('in the middle of publishing ends the child too', async () => {
    const { fakes } = await cancelDuring((it, onStart) => ({
      ...it,
      transform: { ...it.transform, promote: untilCancelled(onStart) },
    }));
    expect(fakes.records.at(-1)?.status).toBe('CANCELLED');
    expect(fakes.calls).not.toContain('publishOci');
  });

  test('cleans up only after the step has let go, or the step would leave its checkout behind', async () => {
    const order: string[] = [];
    await cancelDuring((it, onStart) => ({
      ...it,
      assurance: {
        ...it.assurance,
        fetchSource: async () => untilCancelled(onStart)().finally(() => order.push('fetch ended')),
        cleanUp: async () => void order.push('cleaned up'),
      },
    }));
    expect(order).toEqual(['fetch ended', 'cleaned up']);
  });
});

test('progress tells at each step what is done, what runs and what waits', async () => {
  const fakes = fakeActivities();
  const input = newInput();
  const arrivals = new Arrivals();
  const { fetchSource, runTool, composeBundle, signBundle } = fakes.assurance;
  const held: Activities = {
    assurance: {
      ...fakes.assurance,
      fetchSource: arrivals.hold(fetchSource),
      runTool: arrivals.hold(runTool),
      composeBundle: arrivals.hold(composeBundle),
      signBundle: arrivals.hold(signBundle),
    },
    trust: { ...fakes.trust, decidePermit: arrivals.hold(fakes.trust.decidePermit) },
    transform: { ...fakes.transform, promote: arrivals.hold(fakes.transform.promote) },
    ingest: fakes.ingest,
  };
  const seen = await during(held, async () => {
    const handle = await environment.client.workflow.start(WORKFLOWS.scan, options(input));
    const look = async () =>
      (await handle.query<Step[]>(PROGRESS_QUERY)).map(({ state }) => state[0]).join('');
    const looks: string[] = [];
    for (let step = 0; step < 6; step += 1) {
      const release = await arrivals.next();
      looks.push(await look());
      release();
    }
    await handle.result();
    return [...looks, await look()];
  });
  expect(seen).toEqual(['rwwwwww', 'ddrwwww', 'dddrwww', 'ddddrww', 'dddddrw', 'ddddddr', 'ddddddd']);
});

/** Holds activities at their door until the test has looked around. */
class Arrivals {
  readonly #waiting: (() => void)[] = [];
  #onArrival: (() => void) | undefined;

  hold<A extends unknown[], R>(step: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
    return async (...args) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      this.#onArrival?.();
      await promise;
      return step(...args);
    };
  }

  async next(): Promise<() => void> {
    while (this.#waiting.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onArrival = resolve;
      await promise;
    }
    return this.#waiting.shift() as () => void;
  }
}

/** Until the run has been told that one of its steps was cancelled, and has had its turn since. */
async function untilRunKnowsOfOne(id: string): Promise<void> {
  for (;;) {
    const { events } = await environment.client.workflow.getHandle(id).fetchHistory();
    const told = events?.findIndex((event) => event.activityTaskCanceledEventAttributes) ?? -1;
    if (told >= 0 && events?.slice(told).some((event) => event.workflowTaskCompletedEventAttributes)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
