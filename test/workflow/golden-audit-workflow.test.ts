// needs: temporal-test-server
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { EventActivities } from '../../activities/events/create-event-activities.ts';
import type { AuditedCopy, CopyToAudit } from '../../activities/golden/audit-copy.ts';
import type { AuditActivities } from '../../activities/golden/create-audit-activities.ts';
import type { QuarantineActivities } from '../../activities/publish/create-quarantine-activities.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { QuarantineInput } from '../../contracts/quarantine.ts';
import type { AuditInput } from '../../contracts/retention.ts';
import { goldenAuditWorkflowId, WORKFLOWS, workflowId } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { type Activities, PERMIT_ID, untilCancelled } from './fakes.ts';
import { quietRuntime, startEnvironment, withZones, workflowCode } from './zones.ts';

let environment: TestWorkflowEnvironment;
let code: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  quietRuntime();
  [environment, code] = await Promise.all([startEnvironment(), workflowCode()]);
});
afterAll(() => environment?.teardown());

type Fakes = AuditActivities &
  Pick<EventActivities, 'recordPlatformEvent'> &
  Pick<QuarantineActivities, 'quarantineGolden'>;

const SINCE = '2026-06-01T12:00:00.000Z';
const copyOf = (at: number, workspace = 'web'): CopyToAudit => ({
  scope: { tenant: 'acme', workspace },
  testId: `test_${at.toString(16).padStart(12, '0')}`,
  since: SINCE,
});
const takenOf = ({ scope, testId }: CopyToAudit): QuarantineInput => ({
  scope,
  testId,
  component: 'shop',
  assessment: 'default',
  permitId: PERMIT_ID,
  bundleDigest: 'b'.repeat(64),
  cause: { drift: [{ code: 'hash_mismatch', path: 'findings.json' }] },
});
const DRIFT = { code: 'hash_mismatch', path: 'findings.json', message: 'hash mismatch', drift: true };
const sound: AuditedCopy = { place: 'golden', findings: [], fingerprint: 'f', quarantine: null };
const changed = (copy: CopyToAudit): AuditedCopy => ({
  ...sound,
  findings: [DRIFT],
  quarantine: takenOf(copy),
});

/** So many copies, of which a test says what is found of each, and what was asked. */
function fakes(count: number, found: (copy: CopyToAudit) => Promise<AuditedCopy> = async () => sound) {
  const waiting = Array.from({ length: count }, (_, at) => copyOf(at));
  const looked: string[] = [];
  const unaudited: string[] = [];
  const notes: { state: string; unrecorded: readonly unknown[] }[] = [];
  const events: { once: string; data: Record<string, unknown> }[] = [];
  const begun: string[] = [];
  let atOnce = 0;
  let most = 0;
  const done = ({ testId }: CopyToAudit) => {
    const at = waiting.findIndex((copy) => copy.testId === testId);
    if (at >= 0) waiting.splice(at, 1);
  };
  const transform: Fakes = {
    tenantsToAudit: async () => ['acme', 'globex'],
    beginAudit: async ({ tenant, sample }) => {
      begun.push(tenant);
      return { since: SINCE, copies: Math.ceil(count * sample) };
    },
    findUnrecorded: async () => ({ runs: [], more: false }),
    nextCopies: async (_, { limit }) => waiting.slice(0, limit),
    auditCopy: async (copy) => {
      most = Math.max(most, ++atOnce);
      looked.push(copy.testId);
      try {
        const audited = await found(copy);
        done(copy);
        return audited;
      } finally {
        atOnce -= 1;
      }
    },
    auditUnrecorded: async () => null,
    noteUnaudited: async (copy, failure) => {
      done(copy);
      unaudited.push(`${copy.testId} ${failure.code}`);
    },
    noteAudit: async (_, { unrecorded }, state) => {
      notes.push({ state, unrecorded });
    },
    recordPlatformEvent: async ({ once, data }) => {
      events.push({ once, data });
      return { eventId: '1', wanted: false };
    },
    // what becomes of it is not the audit's business
    quarantineGolden: () => Promise.reject(new CertusError('order_invalid', 'not in this test')),
  };
  return { transform, looked, unaudited, notes, events, begun, most: () => most };
}

let audits = 0;
const input = (changes: Partial<AuditInput> = {}): AuditInput => ({
  tenant: 'acme',
  workspace: null,
  id: `audit_${(++audits).toString(16).padStart(24, '0')}`,
  sample: 1,
  ...changes,
});
const during = <T>(transform: object, work: () => Promise<T>) =>
  withZones(environment.nativeConnection, code, { transform } as unknown as Partial<Activities>, work);
const start = (audit: AuditInput) =>
  environment.client.workflow.start(WORKFLOWS.goldenAudit, {
    taskQueue: taskQueue('transform'),
    workflowId: goldenAuditWorkflowId(audit.id ?? `schedule-${++audits}`),
    args: [audit],
  });
const run = (transform: object, audit = input()) =>
  during(transform, async () => (await start(audit)).result());

describe('an audit of golden', () => {
  test('looks at every copy once, over as many histories as it takes, few side by side', async () => {
    const { transform, looked, notes, most } = fakes(230);
    await run(transform);
    expect(looked).toHaveLength(230);
    expect(new Set(looked).size).toBe(230);
    expect(most()).toBeLessThanOrEqual(2);
    expect(notes.map(({ state }) => state)).toEqual([...Array(12).fill('running'), 'done']);
  });

  test('of a sample looks at no more than that', async () => {
    const { transform, looked } = fakes(50, async () => sound);
    await run(transform, input({ sample: 0.1 }));
    expect(looked).toHaveLength(5);
  });

  test('has a changed copy taken away, and tells it once under the same name', async () => {
    const { transform, events } = fakes(3, async (copy) =>
      copy.testId === copyOf(1).testId ? changed(copy) : sound,
    );
    await run(transform);
    expect(events).toEqual([
      {
        once: `golden_drift/web/${copyOf(1).testId}/f`,
        data: expect.objectContaining({ codes: ['hash_mismatch'], quarantined: true, place: 'golden' }),
      },
    ]);
    const id = workflowId('quarantine', takenOf(copyOf(1)));
    const quarantine = await environment.client.workflow.getHandle(id).describe();
    expect(quarantine.type).toBe(WORKFLOWS.quarantine);
    // found again while it is being taken away
    const again = fakes(1, async () => changed(copyOf(1)));
    await run(again.transform);
    expect(again.notes.at(-1)?.state).toBe('done');
  });

  test('takes nothing away that is not shown, and says so', async () => {
    const gone = { ...sound, place: 'gone' as const, findings: [DRIFT] };
    const { transform, events } = fakes(1, async () => gone);
    await run(transform);
    expect(events[0]?.data).toMatchObject({ place: 'gone', quarantined: false });
  });

  test('tells nobody of what is no drift', async () => {
    const revoked = { code: 'key_revoked', path: 'statements/', message: 'since', drift: false };
    const { transform, events } = fakes(1, async () => ({ ...sound, findings: [revoked] }));
    await run(transform);
    expect(events).toEqual([]);
  });

  test('goes on past a copy that cannot be looked at, and waits for a store that is away', async () => {
    let tries = 0;
    const { transform, unaudited, notes } = fakes(3, async ({ testId }) => {
      if (testId === copyOf(0).testId) throw new CertusError('key_unusable', 'no keys');
      if (testId === copyOf(1).testId && ++tries < 3)
        throw new CertusError('dependency_unavailable', 'no store');
      return sound;
    });
    await run(transform);
    expect(unaudited).toEqual([`${copyOf(0).testId} key_unusable`]);
    expect([tries, notes.at(-1)?.state]).toEqual([3, 'done']);
  });

  test('reports copies that no row knows, and has them taken away when they are none', async () => {
    const { transform, notes, events } = fakes(0);
    const runs = [copyOf(7), copyOf(8), copyOf(9)].map(({ scope, testId }) => ({ scope, testId }));
    const auditUnrecorded: Fakes['auditUnrecorded'] = async (copy) => {
      if (copy.testId === copyOf(7).testId) return null; // it is recorded by now
      if (copy.testId === copyOf(8).testId) throw new CertusError('key_unusable', 'no keys');
      return changed(copy);
    };
    await run({ ...transform, findUnrecorded: async () => ({ runs, more: false }), auditUnrecorded });
    expect(notes.at(-1)?.unrecorded).toMatchObject([
      { testId: copyOf(8).testId, code: 'not_recorded' },
      { testId: copyOf(8).testId, code: 'key_unusable' },
      { testId: copyOf(9).testId, code: 'not_recorded' },
      { testId: copyOf(9).testId, code: 'hash_mismatch' },
    ]);
    expect(events).toHaveLength(1);
  });

  test('by its schedule goes through all tenants, also past one that fails', async () => {
    const { transform, begun, notes } = fakes(1);
    const beginAudit: Fakes['beginAudit'] = async (audit) => {
      const answer = await transform.beginAudit(audit);
      if (audit.tenant === 'acme') throw new CertusError('bundle_invalid', 'no');
      return answer;
    };
    const scheduled = input({ tenant: null, id: null });
    await expect(run({ ...transform, beginAudit }, scheduled)).rejects.toThrow(WorkflowFailedError);
    expect(begun).toEqual(['acme', 'globex']);
    expect(notes.map(({ state }) => state)).toEqual(['failed', 'running', 'done']);
  });

  test('that is called off is on record as that', async () => {
    const { transform, notes } = fakes(1);
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    await during({ ...transform, auditCopy: untilCancelled(resolve) }, async () => {
      const audit = await start(input());
      await begun;
      await audit.cancel();
      await expect(audit.result()).rejects.toThrow();
    });
    expect(notes.map(({ state }) => state)).toEqual(['failed']);
  });
});

test('uploads are swept, and how many there were is the answer', async () => {
  const swept = await during({ sweepUploads: async () => 3 }, async () =>
    environment.client.workflow.execute(WORKFLOWS.uploadSweep, {
      taskQueue: taskQueue('transform'),
      workflowId: 'certus/upload-sweep',
      args: [],
    }),
  );
  expect(swept).toBe(3);
});
