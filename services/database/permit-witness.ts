import type { Scope } from '../../contracts/identifiers.ts';
import { RekorEntry } from '../../contracts/rekor-entry.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { Prisma } from './generated/client.ts';
import { storable } from './storable.ts';

/** A permit that was given; what a second log is told of it. */
export type PermitToWitness = {
  readonly statement: Uint8Array;
  /** Its entry, when the log has it already. */
  readonly rekor: RekorEntry | undefined;
};

/** None for a denial: only what is signed is witnessed. */
export async function permitToWitness(
  { client }: Database,
  tenant: string,
  workspace: string,
  id: string,
): Promise<PermitToWitness | undefined> {
  const key = { tenant_workspace_id: { tenant, workspace, id } };
  const select = { statement: true, rekor: true };
  const row = await reachable(client.permit.findUnique({ where: key, select }));
  if (row === null || row.statement === null) return undefined;
  return { statement: row.statement, rekor: row.rekor === null ? undefined : RekorEntry.parse(row.rekor) };
}

/** The first entry stands: a log has each statement once. */
export async function recordPermitEntry(
  { client }: Database,
  tenant: string,
  workspace: string,
  id: string,
  entry: RekorEntry,
): Promise<void> {
  const { rekor } = storable({ rekor: entry });
  await reachable(
    client.$executeRaw`UPDATE permits SET rekor = ${JSON.stringify(rekor)}::jsonb
      WHERE tenant = ${tenant} AND workspace = ${workspace} AND id = ${id} AND rekor IS NULL`,
  );
}

/** Permits of which a second log knows nothing yet, the oldest first, but for so many that come before. */
export async function unwitnessedPermits(
  { client }: Database,
  limit: number,
  skip = 0,
): Promise<{ scope: Scope; id: string }[]> {
  const rows = await reachable(
    client.permit.findMany({
      where: { rekor: { equals: Prisma.DbNull }, statement: { not: null } },
      orderBy: [{ decidedAt: 'asc' }, { id: 'asc' }],
      skip,
      take: limit,
      select: { tenant: true, workspace: true, id: true },
    }),
  );
  return rows.map(({ tenant, workspace, id }) => ({ scope: { tenant, workspace }, id }));
}
