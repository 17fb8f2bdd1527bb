import type { Notice } from '../../contracts/scan.ts';
import { findGoldenCopy } from '../../services/database/golden-copies.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { type AuditedCopy, auditCopy, type CopyToAudit } from './audit-copy.ts';
import type { AuditDeps } from './audit-deps.ts';
import {
  type BegunAudit,
  beginAudit,
  nextCopies,
  noteAudit,
  noteUnaudited,
  requireScope,
  type TenantAudit,
} from './begin-audit.ts';
import { findUnrecorded, tenantsToAudit, type Unrecorded } from './find-unrecorded.ts';

/** How the transform zone looks at what it has promoted. */
export const createAuditActivities = (deps: AuditDeps) => ({
  tenantsToAudit: (): Promise<string[]> => withHeartbeat((signal) => tenantsToAudit(deps, signal)),
  beginAudit: (audit: TenantAudit): Promise<BegunAudit> => withHeartbeat(() => beginAudit(deps, audit)),
  findUnrecorded: (audit: TenantAudit): Promise<Unrecorded> =>
    withHeartbeat((signal) => findUnrecorded(deps, audit, signal)),
  nextCopies: (audit: TenantAudit, page: Parameters<typeof nextCopies>[2]): Promise<CopyToAudit[]> =>
    withHeartbeat(() => nextCopies(deps, audit, page)),
  auditCopy: (copy: CopyToAudit): Promise<AuditedCopy> =>
    withHeartbeat((signal) => auditCopy(deps, requireScope(copy), signal)),
  /** Nothing where a row has been written meanwhile: a promotion shows a copy a moment before it puts it on record. */
  auditUnrecorded: (copy: CopyToAudit): Promise<AuditedCopy | null> =>
    withHeartbeat(async (signal) => {
      const row = await findGoldenCopy(deps.database, copy.scope, copy.testId);
      return row === undefined ? auditCopy(deps, copy, signal) : null;
    }),
  noteUnaudited: (copy: CopyToAudit, failure: Notice): Promise<void> =>
    withHeartbeat(() => noteUnaudited(deps, copy, failure)),
  noteAudit: (
    audit: TenantAudit,
    found: Parameters<typeof noteAudit>[2],
    state: Parameters<typeof noteAudit>[3],
  ): Promise<void> => withHeartbeat(() => noteAudit(deps, audit, found, state)),
});

export type AuditActivities = ReturnType<typeof createAuditActivities>;
