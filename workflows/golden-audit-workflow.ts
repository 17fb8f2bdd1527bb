import {
  ActivityFailure,
  CancellationScope,
  ChildWorkflowFailure,
  continueAsNew,
  executeChild,
  isCancellation,
  proxyActivities,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { AuditedCopy, CopyToAudit } from '../activities/golden/audit-copy.ts';
import type { TenantAudit } from '../activities/golden/begin-audit.ts';
import type { AuditActivities } from '../activities/golden/create-audit-activities.ts';
import type { AuditFinding, AuditInput } from '../contracts/retention.ts';
import type { Notice } from '../contracts/scan.ts';
import { goldenAuditWorkflowId } from '../contracts/workflow-names.ts';
import { announce } from './announce.ts';
import { failureNotice } from './failure-notice.ts';
import { driftEvent } from './golden-news.ts';
import { inZone } from './options.ts';
import { startQuarantine } from './start-quarantine.ts';

const { beginAudit, nextCopies, noteUnaudited, noteAudit } = proxyActivities<AuditActivities>(
  inZone('transform', '10 minutes'),
);
/** They read every object of a copy, or the names of all that golden holds. */
const { tenantsToAudit, findUnrecorded, auditCopy, auditUnrecorded } = proxyActivities<AuditActivities>(
  inZone('transform', '1 day'),
);

/** An audit that goes on in another history. */
export type AuditUnderWay = Parameters<AuditActivities['noteAudit']>[1] & { readonly left: number };

const PAGE = 20;
/** Whoever promotes or publishes meanwhile needs the worker as well. */
const SIDE_BY_SIDE = 2;
const PAGES_PER_HISTORY = 10;

/** Reads golden again and holds it to what was promoted; what has changed is taken away. */
export async function goldenAuditWorkflow(input: AuditInput, before?: AuditUnderWay): Promise<void> {
  const { tenant, workspace, sample } = input;
  if (tenant === null) return auditEveryTenant(sample);
  const audit = { id: input.id ?? newAuditId(), tenant, workspace, sample };
  let found = before;
  try {
    found ??= await begun(audit);
    const next = await auditPages(audit, found);
    if (next !== undefined)
      return await continueAsNew<typeof goldenAuditWorkflow>({ ...input, id: audit.id }, next);
    await noteAudit(audit, found, 'done');
  } catch (error) {
    if (!(error instanceof ActivityFailure) && !isCancellation(error)) throw error;
    const known = found ?? { since: workflowInfo().startTime.toISOString(), unrecorded: [] };
    await CancellationScope.nonCancellable(() => noteAudit(audit, known, 'failed'));
    throw error;
  }
}

/** One after the other, each on record with its tenant; whatever is wrong with one keeps nobody from the others. */
async function auditEveryTenant(sample: number): Promise<void> {
  let failure: ChildWorkflowFailure | undefined;
  for (const tenant of await tenantsToAudit()) {
    const id = newAuditId();
    try {
      await executeChild(goldenAuditWorkflow, {
        workflowId: goldenAuditWorkflowId(id),
        args: [{ tenant, workspace: null, id, sample }],
      });
    } catch (error) {
      if (!(error instanceof ChildWorkflowFailure) || isCancellation(error)) throw error;
      failure = error;
    }
  }
  if (failure !== undefined) throw failure;
}

const newAuditId = (): string => `audit_${uuid4().replaceAll('-', '').slice(0, 24)}`;

async function begun(audit: TenantAudit): Promise<AuditUnderWay> {
  const { since, copies } = await beginAudit(audit);
  return { since, left: copies, unrecorded: await lookAtUnrecorded(audit, since) };
}

type Unrecorded = AuditUnderWay['unrecorded'];

/** What no row knows is shown all the same. */
async function lookAtUnrecorded(audit: TenantAudit, since: string): Promise<Unrecorded> {
  const { runs, more } = await findUnrecorded(audit);
  const found: Unrecorded[number][] = [];
  for (const { scope, testId } of runs) {
    const copy = { scope, testId, since };
    const looked = await attempt(() => auditUnrecorded(copy));
    if (looked.audited === null && looked.failure === undefined) continue; // it is recorded by now
    const findings = [more ? MANY_NOT_RECORDED : NOT_RECORDED, ...findingsOf(looked)];
    found.push(
      ...findings.map((finding) => ({ ...finding, workspace: scope.workspace, testId: copy.testId })),
    );
    await follow(copy, looked);
  }
  return found;
}

const NOT_RECORDED: AuditFinding = {
  code: 'not_recorded',
  path: 'golden-manifest.json',
  message: 'golden shows a copy that no row knows',
  drift: false,
};
const MANY_NOT_RECORDED = { ...NOT_RECORDED, message: `${NOT_RECORDED.message}, as of many others` };

/** Few of each: they are carried along until the audit ends. */
const findingsOf = ({ audited, failure }: Looked): readonly AuditFinding[] =>
  failure === undefined ? (audited?.findings.slice(0, 5) ?? []) : [{ ...failure, path: '', drift: false }];

/** Where it goes on in another history; nothing once it has come to its end. */
async function auditPages(audit: TenantAudit, from: AuditUnderWay): Promise<AuditUnderWay | undefined> {
  let { left } = from;
  const { since } = from;
  for (let page = 0; page < PAGES_PER_HISTORY; page++) {
    const copies = left === 0 ? [] : await nextCopies(audit, { since, limit: Math.min(PAGE, left) });
    if (copies.length === 0) return undefined;
    const lanes = Array.from({ length: SIDE_BY_SIDE }, (_, lane) =>
      copies.filter((__, at) => at % SIDE_BY_SIDE === lane),
    );
    await Promise.all(lanes.map(auditInTurn));
    await noteAudit(audit, from, 'running');
    left -= copies.length;
  }
  return { ...from, left };
}

async function auditInTurn(copies: readonly CopyToAudit[]): Promise<void> {
  for (const copy of copies) {
    const looked = await attempt(() => auditCopy(copy));
    if (looked.failure !== undefined) await noteUnaudited(copy, looked.failure);
    await follow(copy, looked);
  }
}

type Looked = { readonly audited: AuditedCopy | null; readonly failure?: Notice };

/** One copy that cannot be looked at keeps nobody from the others. */
async function attempt(look: () => Promise<AuditedCopy | null>): Promise<Looked> {
  try {
    return { audited: await look() };
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return { audited: null, failure: failureNotice(error) };
  }
}

async function follow(copy: CopyToAudit, { audited }: Looked): Promise<void> {
  if (audited === null || !audited.findings.some(({ drift }) => drift)) return;
  if (audited.quarantine !== null) await startQuarantine(audited.quarantine);
  await announce(driftEvent(copy, audited, new Date().toISOString()));
}
