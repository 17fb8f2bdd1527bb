import { resolve } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { NativeConnection } from '@temporalio/worker';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { toTemporalFailure } from '../../activities/failures.ts';
import { SEARCH_ATTRIBUTES, TOOL_QUEUE, taskQueue, ZONES } from '../../contracts/zones.ts';
import type { Activities } from './fakes.ts';

export function quietRuntime(): void {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
}

export const workflowCode = (): Promise<WorkflowBundleWithSourceMap> =>
  bundleWorkflowCode({ workflowsPath: resolve('workflows/index.ts'), logger: new DefaultLogger('WARN') });

/** A time-skipping server that knows what the namespaces in use must know. */
export async function startEnvironment(): Promise<TestWorkflowEnvironment> {
  const path = process.env.CERTUS_TEMPORAL_TEST_SERVER ?? '';
  const environment = await timeSkipping(path);
  await environment.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(Object.values(SEARCH_ATTRIBUTES).map((name) => [name, KEYWORD])),
  });
  return environment;
}

/** The SDK gives the server five seconds, in which a busy machine does not start a Java runtime. */
async function timeSkipping(path: string, attempts = 6): Promise<TestWorkflowEnvironment> {
  try {
    return await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path } },
    });
  } catch (error) {
    if (attempts === 1 || !String(error).includes('did not start within')) throw error;
    return timeSkipping(path, attempts - 1);
  }
}

/** As the server's protocol counts the types of search attributes. */
const KEYWORD = 2;

function queuesOf(activities: Partial<Activities>): { queue: string; activities: object }[] {
  const zones = ZONES.filter((zone) => activities[zone] !== undefined);
  const own = zones.map((zone) => ({ queue: taskQueue(zone), activities: { ...activities[zone] } }));
  const { assurance } = activities;
  if (assurance === undefined) return own;
  return [...own, { queue: TOOL_QUEUE, activities: { runTool: assurance.runTool } }];
}

/** Runs one worker for each zone that has activities while the work goes on, as in production each with its own task queue. */
export async function withZones<T>(
  connection: NativeConnection,
  workflowBundle: WorkflowBundleWithSourceMap,
  activities: Partial<Activities>,
  work: () => Promise<T>,
): Promise<T> {
  const workers = await Promise.all(
    queuesOf(activities).map(({ queue, activities: own }) =>
      Worker.create({
        connection,
        taskQueue: queue,
        activities: own,
        workflowBundle,
        interceptors: {
          activity: [
            () => ({
              inbound: {
                execute: (input, next) =>
                  next(input).catch((error: unknown) => {
                    throw toTemporalFailure(error);
                  }),
              },
            }),
          ],
        },
      }),
    ),
  );
  const running = workers.map((worker) => worker.run());
  try {
    return await work();
  } finally {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
  }
}
