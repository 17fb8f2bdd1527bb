import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { Scope } from '../../contracts/identifiers.ts';
import type { Notice } from '../../contracts/scan.ts';
import {
  type AuditScope,
  auditedSince,
  copiesToAudit,
  countCopies,
  MOST_FINDINGS,
  recordAudited,
} from '../../services/database/audited-copies.ts';
import { type CopyFinding, openAudit, updateAudit } from '../../services/database/golden-audits.ts';
import type { CopyToAudit } from './audit-copy.ts';
import type { AuditDeps } from './audit-deps.ts';

/** Of one tenant. */
export type TenantAudit = AuditScope & { readonly id: string; readonly sample: number };
export type BegunAudit = { readonly since: string; readonly copies: number };

type Deps = Pick<AuditDeps, 'database' | 'now'>;

export async function beginAudit({ database, now }: Deps, audit: TenantAudit): Promise<BegunAudit> {
  const { id, tenant, workspace, sample } = audit;
  const { startedAt } = await openAudit(database, { id, tenant, workspace, sample, startedAt: now() });
  const copies = await countCopies(database, audit);
  return { since: startedAt.toISOString(), copies: Math.ceil(copies * sample) };
}

export async function nextCopies(
  { database }: Deps,
  audit: TenantAudit,
  { since, limit }: { readonly since: string; readonly limit: number },
): Promise<CopyToAudit[]> {
  const copies = await copiesToAudit(database, audit, { since: new Date(since), limit });
  return copies.map((copy) => ({ ...copy, since }));
}

/** An error is told as what it is: a copy that nobody could look at has neither drifted nor been audited well. */
export function noteUnaudited(
  { database, now }: Deps,
  { scope, testId, since }: CopyToAudit,
  { code, message }: Notice,
): Promise<void> {
  const at = new Date(Math.max(now().getTime(), Date.parse(since)));
  const finding = { code, path: '', message: `it could not be audited: ${message}`, drift: false };
  return recordAudited(database, scope, testId, { findings: [finding], at });
}

type Found = {
  readonly since: string;
  /** Of copies that no row knows. */
  readonly unrecorded: readonly CopyFinding[];
};

/** Counted from the rows anew each time, so that nothing is counted twice, and what another audit did meanwhile counts too. */
export async function noteAudit(
  { database, now }: Deps,
  audit: TenantAudit,
  { since, unrecorded }: Found,
  state: 'running' | 'done' | 'failed',
): Promise<void> {
  const { checked, drifted, findings } = await auditedSince(database, audit, new Date(since));
  const runs = (wanted: readonly CopyFinding[]) =>
    new Set(wanted.map(({ workspace, testId }) => `${workspace}/${testId}`)).size;
  await updateAudit(database, audit.id, {
    checked: checked + runs(unrecorded),
    drifted: drifted + runs(unrecorded.filter(({ drift }) => drift)),
    findings: [...unrecorded, ...findings].slice(0, MOST_FINDINGS),
    ...(state === 'running' ? {} : { state, endedAt: now() }),
  });
}

/** Somebody may have written rows that are of no copy of ours; what they say becomes a key. */
export function requireScope(copy: CopyToAudit): CopyToAudit {
  if (!z.object({ scope: Scope }).safeParse(copy).success)
    throw new CertusError('invalid_request', 'the row names no tenant or no workspace');
  return copy;
}
