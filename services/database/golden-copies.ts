import type { Scope } from '../../contracts/identifiers.ts';
import { AuditFinding, RetentionClass } from '../../contracts/retention.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import type { Prisma } from './generated/client.ts';
import { storable } from './storable.ts';

/** What golden shows of a run, for whoever keeps, audits or clears away; that it is so, the copy itself proves. */
export type NewGoldenCopy = {
  readonly testId: string;
  readonly component: string;
  readonly kind: 'documents' | 'release' | 'scan';
  readonly bundleDigest: string;
  readonly manifestKey: string;
  readonly files: number;
  readonly bytes: number;
  readonly promotedAt: Date;
};

/** The first word stands: a promotion that is tried again must not bring back to life what was archived meanwhile. */
export async function recordGoldenCopy(
  { client }: Pick<Database, 'client'>,
  { tenant, workspace }: Scope,
  copy: NewGoldenCopy,
): Promise<void> {
  const row = { ...storable(copy), tenant, workspace, classSince: copy.promotedAt };
  await reachable(client.goldenCopy.createMany({ data: [row], skipDuplicates: true }));
}

/** A copy as it stands in the list. */
export type GoldenCopyRecord = NewGoldenCopy & {
  readonly scope: Scope;
  readonly class: RetentionClass;
  readonly classSince: Date;
  readonly legalHold: unknown;
  readonly auditedAt: Date | null;
  readonly findings: readonly AuditFinding[];
  readonly deletion: unknown;
};

type Place = Pick<Database, 'client'>;

export async function findGoldenCopy(
  { client }: Place,
  { tenant, workspace }: Scope,
  testId: string,
): Promise<GoldenCopyRecord | undefined> {
  const key = { tenant_workspace_testId: { tenant, workspace, testId } };
  const row = await reachable(client.goldenCopy.findUnique({ where: key }));
  return row === null ? undefined : copyOf(row);
}

export type GoldenCopyCursor = { readonly promotedAt: Date; readonly testId: string };

type Listing = {
  readonly class?: RetentionClass | undefined;
  readonly limit: number;
  readonly after?: GoldenCopyCursor | undefined;
};

/** What was promoted last comes first. */
export async function listGoldenCopies(
  { client }: Place,
  { tenant, workspace }: Scope,
  { class: wanted, limit, after }: Listing,
): Promise<{ readonly copies: GoldenCopyRecord[]; readonly next: GoldenCopyCursor | undefined }> {
  const following = after && {
    OR: [
      { promotedAt: { lt: after.promotedAt } },
      { promotedAt: after.promotedAt, testId: { lt: after.testId } },
    ],
  };
  const rows = await reachable(
    client.goldenCopy.findMany({
      where: { tenant, workspace, ...(wanted === undefined ? {} : { class: wanted }), ...following },
      orderBy: [{ promotedAt: 'desc' }, { testId: 'desc' }],
      take: limit + 1,
    }),
  );
  const copies = rows.slice(0, limit).map(copyOf);
  const last = rows.length > limit ? copies.at(-1) : undefined;
  return { copies, next: last && { promotedAt: last.promotedAt, testId: last.testId } };
}

const copyOf = (row: Prisma.GoldenCopyGetPayload<Record<string, never>>): GoldenCopyRecord => ({
  scope: { tenant: row.tenant, workspace: row.workspace },
  testId: row.testId,
  component: row.component,
  kind: row.kind as GoldenCopyRecord['kind'],
  bundleDigest: row.bundleDigest,
  manifestKey: row.manifestKey,
  files: row.files,
  bytes: Number(row.bytes),
  promotedAt: row.promotedAt,
  class: RetentionClass.parse(row.class),
  classSince: row.classSince,
  legalHold: row.legalHold,
  auditedAt: row.auditedAt,
  findings: AuditFinding.array().parse(row.drift),
  deletion: row.deletion,
});
