import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { storable } from './storable.ts';

/** A decision of Trust; only one that permits has a statement. */
export type PermitRecord = {
  readonly id: string;
  readonly testId: string;
  readonly bundleDigest: string;
  readonly permitted: boolean;
  readonly reason: string | null;
  readonly detail: string | null;
  /** The signed statement, byte for byte. */
  readonly statement: Uint8Array | null;
  readonly decidedAt: Date;
  readonly expiresAt: Date | null;
};

/** The first decision over a bundle stands: whoever decides again gets the row that won. */
export async function recordPermit(
  { client }: Database,
  { tenant, workspace }: Scope,
  permit: PermitRecord,
): Promise<PermitRecord> {
  const { testId, bundleDigest } = permit;
  const statement = permit.statement && new Uint8Array(permit.statement);
  const row = { ...storable(permit), tenant, workspace, statement };
  const [mine] = await reachable(
    client.permit.createManyAndReturn({ data: [row], skipDuplicates: true, omit: SCOPE }),
  );
  if (mine !== undefined) return mine;
  const key = { tenant, workspace, testId, bundleDigest, ground: 'run' };
  const winner = await reachable(
    client.permit.findUnique({ where: { tenant_workspace_testId_bundleDigest_ground: key }, omit: SCOPE }),
  );
  if (winner === null) {
    throw new CertusError('internal_error', `The permit id ${permit.id} already belongs to another bundle.`);
  }
  return winner;
}

export async function findPermit(
  { client }: Database,
  { tenant, workspace }: Scope,
  id: string,
): Promise<PermitRecord | undefined> {
  const key = { tenant_workspace_id: { tenant, workspace, id } };
  return (await reachable(client.permit.findUnique({ where: key, omit: SCOPE }))) ?? undefined;
}

const SCOPE = { tenant: true, workspace: true } as const;
