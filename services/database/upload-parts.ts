import type { Scope } from '../../contracts/identifiers.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';

export type PartRecord = { readonly offset: number; readonly size: number; readonly sha256: string };

/** The pieces of an upload that stand, in the order of their bytes. */
export async function listParts(
  { client }: Database,
  { tenant, workspace }: Scope,
  uploadId: string,
): Promise<PartRecord[]> {
  const where = { tenant, workspace, uploadId };
  const rows = await reachable(client.uploadPart.findMany({ where, orderBy: { offset: 'asc' } }));
  return rows.map(({ offset, size, sha256 }) => ({ offset: Number(offset), size: Number(size), sha256 }));
}

export async function findPart(
  { client }: Database,
  { tenant, workspace }: Scope,
  uploadId: string,
  offset: number,
): Promise<PartRecord | undefined> {
  const key = { tenant, workspace, uploadId, offset: BigInt(offset) };
  const where = { tenant_workspace_uploadId_offset: key };
  const row = await reachable(client.uploadPart.findUnique({ where }));
  return row === null ? undefined : { offset, size: Number(row.size), sha256: row.sha256 };
}

/** The first piece at a place is the one; gives back which that is. */
export async function recordPart(
  database: Database,
  { tenant, workspace }: Scope,
  uploadId: string,
  { offset, size, sha256 }: PartRecord,
): Promise<PartRecord | undefined> {
  const row = { tenant, workspace, uploadId, offset: BigInt(offset), size: BigInt(size), sha256 };
  await reachable(database.client.uploadPart.createMany({ data: [row], skipDuplicates: true }));
  return findPart(database, { tenant, workspace }, uploadId, offset);
}

export async function forgetParts(
  { client }: Database,
  { tenant, workspace }: Scope,
  uploadId: string,
): Promise<void> {
  await reachable(client.uploadPart.deleteMany({ where: { tenant, workspace, uploadId } }));
}
