import type { Scope } from '../../contracts/identifiers.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { storable } from './storable.ts';

/** What was signed on request; it stands in the log once it has a place there. */
export type SignatureRecord = {
  readonly item: number;
  readonly kind: string;
  readonly subjects: readonly string[];
  readonly predicateType: string | null;
  readonly keyId: string;
  /** Where its bundle lies in raw. */
  readonly bundleKey: string;
  readonly digest: string;
  readonly logIndex: number | null;
  readonly logEntryId: string | null;
  readonly signedAt: Date;
};

/** The first record of each item stands; gives back what stands. */
export async function recordSignatures(
  database: Database,
  { tenant, workspace }: Scope,
  id: string,
  signatures: readonly SignatureRecord[],
): Promise<SignatureRecord[]> {
  const data = signatures.map(({ subjects, logIndex: _index, logEntryId: _entry, ...row }) => ({
    ...storable(row),
    subjects: [...subjects],
    tenant,
    workspace,
    id,
  }));
  await reachable(database.client.signature.createMany({ data, skipDuplicates: true }));
  return findSignatures(database, { tenant, workspace }, id);
}

type Place = { readonly item: number; readonly logIndex: number; readonly logEntryId: string };

/** All or none: whoever finds one item logged finds the whole request done. */
export async function completeSignatures(
  { client }: Database,
  { tenant, workspace }: Scope,
  id: string,
  places: readonly Place[],
): Promise<void> {
  const updates = places.map(({ item, logIndex, logEntryId }) =>
    client.signature.update({
      where: { tenant_workspace_id_item: { tenant, workspace, id, item } },
      data: { logIndex: BigInt(logIndex), logEntryId },
    }),
  );
  await reachable(client.$transaction(updates));
}

export async function findSignatures(
  { client }: Database,
  { tenant, workspace }: Scope,
  id: string,
): Promise<SignatureRecord[]> {
  const rows = await reachable(
    client.signature.findMany({
      where: { tenant, workspace, id },
      orderBy: { item: 'asc' },
      omit: { tenant: true, workspace: true, id: true },
    }),
  );
  return rows.map(({ logIndex, ...row }) => ({
    ...row,
    logIndex: logIndex === null ? null : Number(logIndex),
  }));
}
