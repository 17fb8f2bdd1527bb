import { z } from 'zod';
import { AuditFinding } from '../../contracts/retention.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import type { Prisma } from './generated/client.ts';
import { storable } from './storable.ts';

const Finding = AuditFinding.extend({ workspace: z.string(), testId: z.string() });
/** What was found, and of which copy. */
export type CopyFinding = z.infer<typeof Finding>;

export type AuditRecord = {
  readonly id: string;
  readonly tenant: string;
  /** Null when all of the tenant's were looked at. */
  readonly workspace: string | null;
  readonly state: 'running' | 'done' | 'failed';
  readonly sample: number;
  readonly checked: number;
  readonly drifted: number;
  readonly findings: readonly CopyFinding[];
  readonly startedAt: Date;
  readonly endedAt: Date | null;
};

type NewAudit = Pick<AuditRecord, 'id' | 'tenant' | 'workspace' | 'sample' | 'startedAt'>;
type Place = Pick<Database, 'client'>;

/** Inserts the audit unless it is there: the API and the first step both call it. */
export async function openAudit(database: Place, audit: NewAudit): Promise<AuditRecord> {
  const data = [storable({ ...audit, state: 'running' })];
  await reachable(database.client.goldenAudit.createMany({ data, skipDuplicates: true }));
  const found = await findAudit(database, audit.tenant, audit.id);
  if (found === undefined) throw new Error(`the audit ${audit.id} belongs to another tenant`);
  return found;
}

export async function findAudit(
  { client }: Place,
  tenant: string,
  id: string,
): Promise<AuditRecord | undefined> {
  const row = await reachable(client.goldenAudit.findFirst({ where: { id, tenant } }));
  return row === null ? undefined : recordOf(row);
}

export type AuditCursor = { readonly startedAt: Date; readonly id: string };

/** The newest first. */
export async function listAudits(
  { client }: Place,
  tenant: string,
  { limit, after }: { readonly limit: number; readonly after?: AuditCursor | undefined },
): Promise<{ readonly audits: AuditRecord[]; readonly next: AuditCursor | undefined }> {
  const following = after && {
    OR: [{ startedAt: { lt: after.startedAt } }, { startedAt: after.startedAt, id: { lt: after.id } }],
  };
  const rows = await reachable(
    client.goldenAudit.findMany({
      where: { tenant, ...following },
      orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
      take: limit + 1,
    }),
  );
  const audits = rows.slice(0, limit).map(recordOf);
  const last = rows.length > limit ? audits.at(-1) : undefined;
  return { audits, next: last && { startedAt: last.startedAt, id: last.id } };
}

type AuditResult = Pick<AuditRecord, 'checked' | 'drifted' | 'findings'> &
  Partial<Pick<AuditRecord, 'state' | 'endedAt'>>;

/** What is closed stays as it is. */
export async function updateAudit(
  { client }: Place,
  id: string,
  { findings, ...change }: AuditResult,
): Promise<void> {
  const drift = storable(findings) as Prisma.InputJsonArray;
  await reachable(
    client.goldenAudit.updateMany({ where: { id, endedAt: null }, data: { ...change, drift } }),
  );
}

const recordOf = ({
  tenant,
  state,
  drift,
  ...row
}: Prisma.GoldenAuditGetPayload<Record<string, never>>): AuditRecord => ({
  ...row,
  tenant: tenant ?? '',
  state: z.enum(['running', 'done', 'failed']).parse(state),
  findings: z.array(Finding).parse(drift),
});
