// needs: temporal-test-server
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { RetentionActivities } from '../../activities/golden/create-retention-activities.ts';
import type { DueCopy } from '../../activities/golden/due-copies.ts';
import type { DeletionInput, DeletionProgress } from '../../contracts/deletion.ts';
import { CertusError } from '../../contracts/errors.ts';
import { DELETION_QUERY, deletionWorkflowId, WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import type { Activities } from './fakes.ts';
import { quietRuntime, startEnvironment, withZones, workflowCode } from './zones.ts';

let environment: TestWorkflowEnvironment;
let code: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  quietRuntime();
  [environment, code] = await Promise.all([startEnvironment(), workflowCode()]);
});
afterAll(() => environment?.teardown());

const DAY_MS = 86_400_000;
const INPUT: DeletionInput = {
  scope: { tenant: 'acme', workspace: 'web' },
  testId: 'docs_0123456789ab',
  bundleDigest: 'b'.repeat(64),
  orderId: `order_${'1'.repeat(32)}`,
};

type Changes = Partial<RetentionActivities> & { readonly carryOut?: () => Promise<unknown> };

function fakes(changes: Changes = {}) {
  const calls: string[] = [];
  const events: { type: string; data: Record<string, unknown> }[] = [];
  const called = <T>(name: string, answer: T) => {
    calls.push(name);
    return Promise.resolve(answer);
  };
  const transform = {
    mayBeDeletedAt: () => called('mayBeDeletedAt', null),
    buryCopy: () =>
      called('buryCopy', { component: 'papers', deletedOn: '2026-06-01T12:00:00.000Z', reason: 'gone' }),
    clearCopy: () => called('clearCopy', { removed: 3, shared: 1, retained: 0, retainedUntil: null }),
    withdrawDeleted: () => called('withdrawDeleted', 'withdrawn' as const),
    recordDeletion: () => called('recordDeletion', undefined),
    recordPlatformEvent: (event: (typeof events)[number]) => {
      events.push(event);
      return called('recordPlatformEvent', { eventId: '1', wanted: false });
    },
    ...changes,
  };
  const activities = {
    transform,
    trust: {
      carryOut: changes.carryOut ?? (() => called('carryOut', { state: 'done', result: {} })),
      logDeletion: () => called('logDeletion', 7),
    },
    assurance: {
      removeRaw: () => called('removeRaw', { removed: 2, left: 0 }),
      runTool: async () => undefined,
    },
    ingest: { forgetHidden: () => called('forgetHidden', 0) },
  } as unknown as Partial<Activities>;
  return { activities, calls, events };
}

const asked = (workflowId: string) => ({
  taskQueue: taskQueue('transform'),
  workflowId,
  args: [INPUT] as [DeletionInput],
});
let runs = 0;
const remove = ({ activities }: ReturnType<typeof fakes>): Promise<DeletionProgress> =>
  withZones(environment.nativeConnection, code, activities, () =>
    environment.client.workflow.execute(WORKFLOWS.deleteEvidence, asked(`delete-${runs++}`)),
  );

describe('a deletion', () => {
  test('begins with the order, then the tombstone and the log, before any file goes', async () => {
    const ran = fakes();
    const ended = await remove(ran);
    expect(ran.calls.slice(0, 5)).toEqual([
      ...['carryOut', 'mayBeDeletedAt', 'buryCopy', 'logDeletion', 'recordDeletion'],
    ]);
    expect(ended).toMatchObject({ state: 'deleted', removed: 5, error: null });
    expect(ended.left.map(({ code: left }) => left)).toEqual(['registry_keeps_blobs', 'shared_documents']);
    expect(ran.events).toMatchObject([{ type: 'golden_deleted', data: { order_id: INPUT.orderId } }]);
  });

  test('that Trust refuses, or that a hold forbids, removes nothing and says why', async () => {
    const expired = { state: 'refused', code: 'order_expired', message: 'too late' };
    const refused = fakes({ carryOut: async () => expired });
    expect(await remove(refused)).toMatchObject({ state: 'refused', error: { code: 'order_expired' } });
    const held = fakes({
      mayBeDeletedAt: async () => {
        throw new CertusError('legal_hold', 'on hold');
      },
    });
    expect(await remove(held)).toMatchObject({ state: 'refused', error: { code: 'legal_hold' } });
    expect([refused.calls, held.calls]).toEqual([[], ['carryOut']]);
  });

  test('waits for the lock of the store, says so, and asks once more whether it may', async () => {
    let asks = 0;
    const until = new Date((await environment.currentTimeMs()) + 400 * DAY_MS).toISOString();
    const ran = fakes({
      mayBeDeletedAt: async () => {
        asks += 1;
        return asks === 1 ? until : null;
      },
    });
    const ended = await withZones(environment.nativeConnection, code, ran.activities, async () => {
      const handle = await environment.client.workflow.start(
        WORKFLOWS.deleteEvidence,
        asked(`delete-${runs++}`),
      );
      // the server's time stands still until somebody waits for the end
      let progress: DeletionProgress | undefined;
      while (progress?.state !== 'waiting')
        progress = (await handle.query(DELETION_QUERY)) as DeletionProgress;
      expect([progress.until, ran.calls]).toEqual([until, ['carryOut']]);
      return (await handle.result()) as DeletionProgress;
    });
    expect([ended.state, asks]).toEqual(['deleted', 2]);
    expect(await environment.currentTimeMs()).toBeGreaterThanOrEqual(Date.parse(until));
  });

  test('comes back for what was locked meanwhile', async () => {
    let cleared = 0;
    const retainedUntil = new Date((await environment.currentTimeMs()) + 3 * DAY_MS).toISOString();
    const ran = fakes({
      clearCopy: async () => {
        cleared += 1;
        return cleared === 1
          ? { removed: 1, shared: 0, retained: 2, retainedUntil }
          : { removed: 2, shared: 0, retained: 0, retainedUntil: null };
      },
    });
    expect(await remove(ran)).toMatchObject({ state: 'deleted', removed: 5 });
    expect(await environment.currentTimeMs()).toBeGreaterThanOrEqual(Date.parse(retainedUntil));
  });

  test('without an order asks Trust for none', async () => {
    const ran = fakes();
    await withZones(environment.nativeConnection, code, ran.activities, () =>
      environment.client.workflow.execute(WORKFLOWS.deleteEvidence, {
        ...asked(`delete-${runs++}`),
        args: [{ ...INPUT, orderId: null }],
      }),
    );
    expect(ran.calls[0]).toBe('mayBeDeletedAt');
  });

  test('says that a registry which deletes nothing still has the artifact', async () => {
    const told: unknown[] = [];
    const ran = fakes({
      withdrawDeleted: async () => 'forbidden',
      recordDeletion: async (_, known) => void told.push(known),
    });
    expect((await remove(ran)).left[0]?.code).toBe('registry_keeps_artifact');
    expect(told).toEqual([{ registryKeeps: true }, { registryKeeps: true }]);
  });
});

describe('retention', () => {
  const copyOf = (at: number, due: DueCopy['due']): DueCopy => ({
    ...INPUT,
    testId: `docs_${at.toString(16).padStart(12, '0')}`,
    orderId: null,
    due,
  });

  test('goes page by page, and a copy that cannot be put aside keeps nobody from the others', async () => {
    const pages = [
      {
        copies: [copyOf(1, 'archive'), copyOf(2, 'archive'), copyOf(3, 'archive')],
        next: copyOf(3, 'archive'),
      },
      { copies: [copyOf(4, 'archive'), copyOf(5, 'delete')], next: null },
    ];
    const asks: unknown[] = [];
    const ran = fakes({
      dueCopies: async (after) => {
        asks.push(after);
        const { copies, next } = pages[asks.length - 1]!;
        const cursor = next && { tenant: 'acme', workspace: 'web', testId: next.testId };
        return { copies, stopped: asks.length === 1 ? ['acme/other'] : [], next: cursor };
      },
      archiveCopy: async ({ testId }) => {
        if (testId === copyOf(2, 'archive').testId) throw new CertusError('golden_drifted', 'changed');
        const state = testId === copyOf(3, 'archive').testId ? 'retained' : 'archived';
        return { state, component: 'papers' };
      },
    });
    const round = await withZones(environment.nativeConnection, code, ran.activities, async () => {
      const ended: unknown = await environment.client.workflow.execute(WORKFLOWS.retention, {
        taskQueue: taskQueue('transform'),
        workflowId: `retention-${runs++}`,
      });
      const { testId } = copyOf(5, 'delete');
      await environment.client.workflow.getHandle(deletionWorkflowId(INPUT.scope, testId)).result();
      return ended;
    });
    expect(round).toMatchObject({
      ...{ after: null, archived: 2, deletions: 1, failed: 1, stopped: ['acme/other'] },
      notices: [{ code: 'golden_drifted', path: copyOf(2, 'archive').testId }],
    });
    expect(asks).toEqual([null, { tenant: 'acme', workspace: 'web', testId: copyOf(3, 'archive').testId }]);
    expect(ran.calls).toContain('buryCopy');
    expect(ran.events.map(({ type }) => type).sort()).toEqual([
      ...['golden_archived', 'golden_archived', 'golden_deleted'],
    ]);
  });
});
