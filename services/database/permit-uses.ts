import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';

export type PermitUse = {
  readonly permitId: string;
  readonly destination: 'golden' | 'oci';
  /** Which publication takes it. */
  readonly usedBy: string;
};

/** Takes a permit for a destination, once and for all: the publication that has it may go on, every other is refused. */
export async function takePermit(
  { client }: Database,
  { tenant, workspace }: Scope,
  { permitId, destination, usedBy }: PermitUse,
  usedAt: Date,
): Promise<void> {
  const key = { tenant, workspace, permitId, destination };
  await reachable(client.permitUse.createMany({ data: [{ ...key, usedBy, usedAt }], skipDuplicates: true }));
  const taken = await reachable(
    client.permitUse.findUnique({ where: { tenant_workspace_permitId_destination: key } }),
  );
  if (taken?.usedBy !== usedBy)
    throw new CertusError('permit_used', `the permit ${permitId} was used for ${destination} before`);
}

export async function permitUses(
  { client }: Database,
  { tenant, workspace }: Scope,
  permitId: string,
): Promise<(PermitUse & { readonly usedAt: Date })[]> {
  const rows = await reachable(client.permitUse.findMany({ where: { tenant, workspace, permitId } }));
  return rows.map(({ destination, usedBy, usedAt }) => ({
    permitId,
    destination: destination as PermitUse['destination'],
    usedBy,
    usedAt,
  }));
}
