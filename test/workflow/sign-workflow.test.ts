// needs: temporal-test-server
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { CertusError } from '../../contracts/errors.ts';
import type { SignArtifactInput, SignInput } from '../../contracts/signing.ts';
import { WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import type { Activities } from './fakes.ts';
import { quietRuntime, startEnvironment, withZones } from './zones.ts';

let environment: TestWorkflowEnvironment;
let code: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  quietRuntime();
  [environment, code] = await Promise.all([
    startEnvironment(),
    bundleWorkflowCode({
      workflowsPath: resolve('workflows/sign-workflow.ts'),
      logger: new DefaultLogger('WARN'),
    }),
  ]);
});
afterAll(() => environment?.teardown());

const scope = { tenant: 'default', workspace: 'web' };
const requestedAt = '2026-06-01T12:00:00.000Z';
const signInput: SignInput = {
  scope,
  id: `sign_${'1'.repeat(32)}`,
  request: 'a'.repeat(64),
  items: 2,
  mode: 'keyed',
  environment: null,
  requestedAt,
};
const artifactInput: SignArtifactInput = {
  scope,
  id: `sign_${'2'.repeat(32)}`,
  requestedAt,
  testId: 'test_0123456789ab',
  signer: null,
  signature: null,
  paths: [],
  raw: null,
  golden: 's3://golden/x',
  registry: null,
};

type Steps = Record<string, (...given: never[]) => Promise<unknown>>;
let nth = 0;

/** Runs a workflow against steps that note in which zone, in which order and with what they were called. */
async function run(type: string, input: object, fail: Record<string, (attempt: number) => void> = {}) {
  const calls: string[] = [];
  const attempts: Record<string, number> = {};
  const step =
    (zone: string, name: string, answer?: unknown) =>
    async (...given: unknown[]) => {
      attempts[name] = (attempts[name] ?? 0) + 1;
      fail[name]?.(attempts[name]);
      calls.push(`${zone} ${name} ${JSON.stringify(given.slice(1))}`);
      return answer;
    };
  const zones = {
    assurance: {
      signItems: step('assurance', 'signItems'),
      storeVerification: step('assurance', 'storeVerification'),
    },
    trust: {
      signVerification: step('trust', 'signVerification', 'sealed'),
      logSignatures: step('trust', 'logSignatures'),
    },
    transform: { lookAtLocations: step('transform', 'lookAtLocations', ['looked']) },
  } satisfies Record<string, Steps>;
  const outcome = await withZones(
    environment.nativeConnection,
    code,
    zones as unknown as Partial<Activities>,
    () =>
      environment.client.workflow
        .execute(type, { taskQueue: taskQueue('assurance'), workflowId: `sign-${nth++}`, args: [input] })
        .catch(reasonOf),
  );
  return { calls, outcome, attempts };
}

function reasonOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause)
    if (at instanceof ApplicationFailure) return at.type ?? '';
  throw error;
}

describe('signing on request', () => {
  test.each([
    ['keyed', 'evidence'],
    ['certificate', 'evidence'],
    ['keyless', 'identity'],
  ])('with mode %s is verified as of %s before it is done', async (mode, by) => {
    const { calls } = await run(WORKFLOWS.sign, { ...signInput, mode });
    expect(calls).toEqual(['assurance signItems []', `trust logSignatures ["${by}"]`]);
  });

  test('waits for whoever is away', async () => {
    const away = (attempt: number) => {
      if (attempt < 20) throw new CertusError('dependency_unavailable', 'away');
    };
    const { outcome, attempts } = await run(WORKFLOWS.sign, signInput, { logSignatures: away });
    expect([outcome, attempts]).toEqual([undefined, { signItems: 1, logSignatures: 20 }]);
  });

  test('ends with the code of what cannot be mended, and logs nothing', async () => {
    const none = () => {
      throw new CertusError('no_signing_key', 'none');
    };
    const { calls, outcome } = await run(WORKFLOWS.sign, signInput, { signItems: none });
    expect([calls, outcome]).toEqual([[], 'no_signing_key']);
  });
});

describe('signing what Trust has verified', () => {
  test('looks at the places, has Trust verify and sign, stores it and has it logged', async () => {
    expect((await run(WORKFLOWS.signArtifact, artifactInput)).calls).toEqual([
      'transform lookAtLocations []',
      'trust signVerification [["looked"]]',
      'assurance storeVerification ["sealed"]',
      'trust logSignatures ["permit"]',
    ]);
  });

  test('asks nobody about places where none was named', async () => {
    const { calls } = await run(WORKFLOWS.signArtifact, { ...artifactInput, golden: null });
    expect(calls[0]).toBe('trust signVerification [[]]');
  });

  test('stores nothing where Trust says no', async () => {
    const no = () => {
      throw new CertusError('signature_invalid', 'no');
    };
    const { calls, outcome } = await run(WORKFLOWS.signArtifact, artifactInput, { signVerification: no });
    expect([calls, outcome]).toEqual([['transform lookAtLocations []'], 'signature_invalid']);
  });
});
