import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { storable } from './storable.ts';

/** A policy as it was set. It counts only with the order that it names: whoever can write a row cannot sign one. */
export type PolicyRecord = {
  readonly workspace: string;
  readonly version: number;
  readonly mode: string;
  readonly digest: string;
  readonly document: unknown;
  readonly setBy: string;
  readonly setAt: Date;
  readonly orderId: string;
};

/** Newest first; of every workspace of the tenant when none is named. */
export async function policyVersions(
  { client }: Database,
  tenant: string,
  { workspace, mode, limit }: { workspace?: string; mode?: string; limit: number },
): Promise<PolicyRecord[]> {
  return reachable(
    client.trustPolicyVersion.findMany({
      where: {
        tenant,
        ...(workspace === undefined ? {} : { workspace }),
        ...(mode === undefined ? {} : { mode }),
      },
      orderBy: [{ workspace: 'asc' }, { version: 'desc' }],
      take: limit,
      omit: { tenant: true },
    }),
  );
}

/** By version and by when it was set: a row that is put on top of one is not on top of the other. */
export async function newestPolicies(
  { client }: Database,
  tenant: string,
  workspace: string,
  mode: string,
): Promise<{ highestVersion: PolicyRecord; lastSet: PolicyRecord } | undefined> {
  const first = (by: 'version' | 'setAt') =>
    reachable(
      client.trustPolicyVersion.findFirst({
        where: { tenant, workspace, mode },
        orderBy: { [by]: 'desc' },
        omit: { tenant: true },
      }),
    );
  const [highestVersion, lastSet] = await Promise.all([first('version'), first('setAt')]);
  return highestVersion === null || lastSet === null ? undefined : { highestVersion, lastSet };
}

/** The version an order made; none before it was carried out. */
export async function policyOfOrder(
  { client }: Database,
  tenant: string,
  orderId: string,
): Promise<PolicyRecord | undefined> {
  const row = await reachable(
    client.trustPolicyVersion.findFirst({ where: { tenant, orderId }, omit: { tenant: true } }),
  );
  return row ?? undefined;
}

/** `false` when another order took the version in the meantime. */
export async function addPolicyVersion(
  { client }: Database,
  tenant: string,
  record: PolicyRecord & { readonly document: object },
): Promise<boolean> {
  const { count } = await reachable(
    client.trustPolicyVersion.createMany({
      data: [{ ...storable(record), tenant }],
      skipDuplicates: true,
    }),
  );
  return count === 1;
}
