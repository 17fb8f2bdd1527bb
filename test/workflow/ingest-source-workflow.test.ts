// needs: temporal-test-server
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { SourceActivities } from '../../activities/ingest/create-source-activities.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { IngestionState } from '../../contracts/ingestion.ts';
import { INGESTION_QUERY, PAUSE_SIGNAL, RESUME_SIGNAL, WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { type Activities, untilCancelled } from './fakes.ts';
import { INGESTION, sourceFakes } from './source-fakes.ts';
import { quietRuntime, startEnvironment, withZones, workflowCode } from './zones.ts';

let environment: TestWorkflowEnvironment;
let code: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  quietRuntime();
  [environment, code] = await Promise.all([startEnvironment(), workflowCode()]);
});
afterAll(() => environment?.teardown());

const during = <T>(ingest: SourceActivities, work: (handle: WorkflowHandle) => Promise<T>): Promise<T> =>
  withZones(environment.nativeConnection, code, { ingest } as unknown as Partial<Activities>, async () =>
    work(
      await environment.client.workflow.start(WORKFLOWS.ingestSource, {
        taskQueue: taskQueue('ingest'),
        workflowId: `ingestion/web/${randomUUID()}`,
        args: [INGESTION],
      }),
    ),
  );

describe('an ingestion', () => {
  test('takes page after page, and says what it came to', async () => {
    expect(await during(sourceFakes(3), (handle) => handle.result())).toMatchObject({ done: 6, removed: 1 });
  });

  test('goes on in another history before this one is too long, and takes no page twice', async () => {
    const taken: number[] = [];
    const fakes = sourceFakes(230);
    const takePage: SourceActivities['takePage'] = async (input, pages) => {
      taken.push(pages);
      return fakes.takePage(input, pages);
    };
    const end = await during({ ...fakes, takePage }, (handle) => handle.result());
    expect(end).toMatchObject({ done: 460 });
    expect(taken).toEqual(Array.from({ length: 230 }, (_, page) => page));
  });

  test('waits between two pages while it is paused, and tells how far it is', async () => {
    const states: IngestionState[] = [];
    const fakes = sourceFakes(3, states);
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const takePage: SourceActivities['takePage'] = async (input, pages) => {
      begin();
      await held;
      return fakes.takePage(input, pages);
    };
    await during({ ...fakes, takePage }, async (handle) => {
      await begun;
      await handle.signal(PAUSE_SIGNAL);
      letGo();
      while (!states.includes('paused')) await handle.query(INGESTION_QUERY);
      expect(await handle.query(INGESTION_QUERY)).toMatchObject({ paused: true, progress: { done: 2 } });
      await handle.signal(RESUME_SIGNAL);
      expect(await handle.result()).toMatchObject({ done: 6 });
    });
    expect(states).toEqual(['paused', 'running']);
  });

  test('that is called off says so on its row', async () => {
    const states: IngestionState[] = [];
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const takePage = untilCancelled(begin) as SourceActivities['takePage'];
    await during({ ...sourceFakes(2, states), takePage }, async (handle) => {
      await begun;
      await handle.cancel();
      await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
    });
    expect(states).toEqual(['cancelled']);
  });

  test('whose source will not do says why', async () => {
    const states: IngestionState[] = [];
    const takePage = () => Promise.reject(new CertusError('source_not_allowed', 'no'));
    await during({ ...sourceFakes(2, states), takePage }, async (handle) => {
      await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
    });
    expect(states).toEqual(['failed']);
  });
});
