import type { AuditedCopy } from '../../activities/golden/audit-copy.ts';
import type { AuditActivities } from '../../activities/golden/create-audit-activities.ts';
import type { RetentionActivities } from '../../activities/golden/create-retention-activities.ts';
import type { DueCopy } from '../../activities/golden/due-copies.ts';
import type { RawRemovalActivities } from '../../activities/golden/remove-raw.ts';
import type { ForgetActivities } from '../../activities/ingest/forget-hidden.ts';
import type { DeletionLogActivities } from '../../activities/trust/known/log-deletion.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { QuarantineInput } from '../../contracts/quarantine.ts';
import { WORKFLOWS } from '../../contracts/workflow-names.ts';
import type { AuditUnderWay } from '../../workflows/golden-audit-workflow.ts';
import type { Activities } from '../workflow/fakes.ts';
import { DIGEST, held, order } from '../workflow/review-fakes.ts';
import { transformFakes } from '../workflow/transform-fakes.ts';
import { taintedRun, trustFakes } from '../workflow/trust-fakes.ts';
import type { Recording } from './recording.ts';
import { alone } from './transform-recordings.ts';

const AUDIT = { tenant: 'default', workspace: null, id: `audit_${'1'.repeat(24)}`, sample: 1 };
const SINCE = '2026-06-01T12:00:00.000Z';
const UNDER_WAY: AuditUnderWay = { since: SINCE, unrecorded: [], left: 3 };
const copy = (nth: number) => {
  const { scope, testId } = taintedRun(nth);
  return { scope, testId };
};
const changedCopy: QuarantineInput = {
  ...taintedRun(2),
  cause: { drift: [{ code: 'digest_mismatch', path: 'findings.json' }] },
};
const deletion = (nth: number) => ({ ...copy(nth), bundleDigest: DIGEST, orderId: order(1) });

/** What becomes of copies once they are golden. */
export const GOLDEN_RECORDINGS: readonly Recording[] = [
  alone('golden-audit', WORKFLOWS.goldenAudit, [AUDIT], () => zones(someDrift())),
  alone('golden-audit-continuation', WORKFLOWS.goldenAudit, [AUDIT, UNDER_WAY], () => zones(someDrift())),
  alone('golden-audit-failed', WORKFLOWS.goldenAudit, [AUDIT], () => zones({ findUnrecorded: broken })),
  alone('golden-audit-every-tenant', WORKFLOWS.goldenAudit, [{ ...AUDIT, tenant: null, id: null }], () =>
    zones(),
  ),
  alone('quarantine-drift', WORKFLOWS.quarantine, [changedCopy], () => zones()),
  alone('retention', WORKFLOWS.retention, [], () => zones(twoPagesDue())),
  alone('retention-continuation', WORKFLOWS.retention, [], () => zones(nothingDueForLong())),
  {
    ...alone('retention-continued', WORKFLOWS.retention, [], () => zones(nothingDueForLong())),
    first: true,
  },
  alone('delete-evidence', WORKFLOWS.deleteEvidence, [deletion(7)], () => zones()),
  alone('delete-evidence-held', WORKFLOWS.deleteEvidence, [deletion(8)], () => zones({ buryCopy: onHold })),
  // takes two minutes: so short a time is not waited for
  alone('delete-evidence-locked', WORKFLOWS.deleteEvidence, [deletion(9)], () => zones(locked())),
];

type Golden = AuditActivities & RetentionActivities;

function zones(changes: Partial<Golden> = {}): Activities {
  const trusted = trustFakes();
  const { transform } = transformFakes(held(1, Date.now()), new Map(), '');
  const raw: RawRemovalActivities = { removeRaw: async () => ({ removed: 2, left: 1 }) };
  const log: DeletionLogActivities = { logDeletion: async () => 9 };
  const forget: ForgetActivities = { forgetHidden: async () => 3 };
  const golden: Golden = {
    tenantsToAudit: async () => ['default', 'other'],
    beginAudit: async () => ({ since: SINCE, copies: 0 }),
    findUnrecorded: async () => ({ runs: [], more: false }),
    nextCopies: async () => [],
    auditCopy: async () => asPromoted,
    auditUnrecorded: async () => asPromoted,
    noteUnaudited: async () => undefined,
    noteAudit: async () => undefined,
    dueCopies: async () => ({ copies: [], stopped: [], next: null }),
    archiveCopy: async () => ({ state: 'archived', component: 'shop' }),
    mayBeDeletedAt: async () => null,
    buryCopy: async () => ({ component: 'shop', deletedOn: SINCE, reason: 'because' }),
    clearCopy: async () => ({ removed: 5, shared: 0, retained: 0, retainedUntil: null }),
    withdrawDeleted: async () => 'withdrawn',
    recordDeletion: async () => undefined,
    ...changes,
  };
  return {
    assurance: { ...trusted.assurance, ...raw },
    trust: { ...trusted.trust, ...log },
    transform: { ...trusted.transform, ...transform, ...golden },
    ingest: { ...trusted.ingest, ...forget },
  };
}

const asPromoted: AuditedCopy = {
  place: 'golden',
  findings: [],
  fingerprint: '0'.repeat(16),
  quarantine: null,
};

/** Of three copies, one has changed and one cannot be looked at; and one more is shown that no row knows. */
function someDrift(): Partial<Golden> {
  const changed: AuditedCopy = {
    ...asPromoted,
    findings: [{ code: 'digest_mismatch', path: 'findings.json', message: 'it was changed', drift: true }],
    quarantine: changedCopy,
  };
  let pages = 0;
  return {
    beginAudit: async () => ({ since: SINCE, copies: 3 }),
    findUnrecorded: async () => ({ runs: [copy(4)], more: false }),
    nextCopies: async () => (pages++ === 0 ? [1, 2, 3].map((nth) => ({ ...copy(nth), since: SINCE })) : []),
    auditCopy: async ({ testId }) => {
      if (testId === copy(3).testId) return broken();
      return testId === copy(2).testId ? changed : asPromoted;
    },
  };
}

const broken = (): Promise<never> =>
  Promise.reject(new CertusError('order_invalid', 'what is on record was signed by nobody'));

const onHold = (): Promise<never> =>
  Promise.reject(new CertusError('legal_hold', 'nothing of it is deleted while it is on hold'));

/** To archive, to delete, and one that stays where it is because it cannot be archived. */
function twoPagesDue(): Partial<Golden> {
  const due = (nth: number, what: DueCopy['due']): DueCopy => ({
    ...deletion(nth),
    orderId: null,
    due: what,
  });
  return {
    dueCopies: async (after) =>
      after === null
        ? { copies: [due(1, 'archive'), due(2, 'delete')], stopped: [], next: cursor(2) }
        : { copies: [due(3, 'archive')], stopped: ['default/web'], next: null },
    archiveCopy: async ({ testId }) =>
      testId === copy(3).testId ? broken() : { state: 'archived', component: 'shop' },
  };
}

const cursor = (nth: number) => ({ ...copy(nth).scope, testId: copy(nth).testId });

function nothingDueForLong(): Partial<Golden> {
  let pages = 0;
  return {
    dueCopies: async () => ({
      copies: [],
      stopped: [],
      next: ++pages > 20 ? null : cursor(pages),
    }),
  };
}

/** Before it is buried, and once more when its files are cleared away. */
function locked(): Partial<Golden> {
  const soon = () => new Date(Date.now() + 1000).toISOString();
  let asked = 0;
  let cleared = 0;
  return {
    mayBeDeletedAt: async () => (asked++ === 0 ? soon() : null),
    clearCopy: async () =>
      cleared++ === 0
        ? { removed: 4, shared: 0, retained: 1, retainedUntil: soon() }
        : { removed: 1, shared: 1, retained: 0, retainedUntil: null },
  };
}
