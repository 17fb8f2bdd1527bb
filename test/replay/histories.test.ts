import { readdirSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { WORKFLOWS } from '../../contracts/workflow-names.ts';
import { fromText } from '../histories/format.ts';
import { quietRuntime, workflowCode } from '../workflow/zones.ts';

const folder = resolve('test/histories');
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const read = (name: string) => fromText(readFileSync(join(folder, name), 'utf8'));
const typeOf = (name: string) =>
  read(name).events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name;

type Event = NonNullable<ReturnType<typeof read>['events']>[number];
/** Of what kind the activity or child is that was begun here. */
const stepOf = (event: Event) =>
  event.activityTaskScheduledEventAttributes?.activityType ??
  event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowType;

let code: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  quietRuntime();
  code = await workflowCode();
});

test.each(files)('today’s code still carries on %s', async (name) => {
  await expect(Worker.runReplayHistory({ workflowBundle: code }, read(name))).resolves.toBeUndefined();
});

test('the sandbox loads nothing heavy: its modules are evaluated for every single run', () => {
  const modules = [...code.code.matchAll(/"\.\/node_modules\/((?:@[\w-]+\/)?[\w-]+)\//g)].map(
    ([, name]) => name,
  );
  expect(modules).toContain('@temporalio/workflow');
  expect(modules).not.toContain('zod');
});

test('every workflow has a history', () => {
  expect(new Set(files.map(typeOf))).toEqual(new Set(Object.values(WORKFLOWS)));
});

describe('a workflow that was changed carelessly is caught', () => {
  let broken: WorkflowBundleWithSourceMap;
  beforeAll(async () => {
    const workflowsPath = resolve('test/fixtures/broken-workflow/index.ts');
    broken = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  });

  test.each(['publish', 'publish-logged', 'promotion', 'promotion-released'])('by %s', async (name) => {
    await expect(Worker.runReplayHistory({ workflowBundle: broken }, read(`${name}.json`))).rejects.toThrow(
      DeterminismViolationError,
    );
  });
});

// else a history that ends early, or is not gone through, would hold nothing
test.each(files)('another last step than that of %s is caught', async (name) => {
  const history = read(name);
  const last = history.events?.findLast((event) => stepOf(event) !== undefined);
  if (last !== undefined) Object.assign(stepOf(last) ?? {}, { name: 'anotherStep' });
  await expect(Worker.runReplayHistory({ workflowBundle: code }, history)).rejects.toThrow(
    DeterminismViolationError,
  );
});

describe('a history', () => {
  test.each(files)('%s is small and says nothing of the machine that it was recorded on', (name) => {
    expect(statSync(join(folder, name)).size).toBeLessThan(60_000);
    const text = readFileSync(join(folder, name), 'utf8');
    const decoded = text.replaceAll(/"data": ?"([^"]*)"/g, (_, data: string) =>
      Buffer.from(data, 'base64').toString(),
    );
    for (const content of [text, decoded]) {
      expect(content).not.toContain(hostname());
      expect(content).not.toMatch(/\/(?:home|root|Users|work|tmp|var)\//);
      expect(content).not.toMatch(/\d+@/);
    }
  });
});
