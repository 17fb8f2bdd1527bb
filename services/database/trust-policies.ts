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

export type NewestPolicy = PolicyRecord & {
  /** By version and by when it was set: a row that is put on top of one is not on top of the other. */
  readonly newestBy: 'version' | 'set_at';
  /** The signed order that it names; none when there is no such order. */
  readonly order: Uint8Array | undefined;
};

/** The newest of each mode, of the workspace and of the tenant, in one question: every decision begins with it. */
export async function newestPolicies(
  { sql }: Database,
  tenant: string,
  workspace: string,
): Promise<NewestPolicy[]> {
  const rows = await reachable(sql.query<NewestPolicyRow>(NEWEST, [tenant, [workspace, '*']]));
  return rows.map(({ newest_by, set_by, set_at, order_id, statement, ...row }) => ({
    ...row,
    setBy: set_by,
    setAt: set_at,
    orderId: order_id,
    newestBy: newest_by,
    order: statement ?? undefined,
  }));
}

type NewestPolicyRow = Pick<PolicyRecord, 'workspace' | 'version' | 'mode' | 'digest' | 'document'> & {
  newest_by: NewestPolicy['newestBy'];
  set_by: string;
  set_at: Date;
  order_id: string;
  statement: Buffer | null;
};

const NEWEST = `
  SELECT p.*, o.statement
  FROM unnest($2::text[]) AS place
  CROSS JOIN (VALUES ('enforced'), ('shadow')) AS wanted (mode)
  CROSS JOIN LATERAL (
    (SELECT 'version' AS newest_by, t.workspace, t.version, t.mode, t.digest, t.document, t.set_by, t.set_at, t.order_id
      FROM trust_policies t WHERE t.tenant = $1 AND t.workspace = place AND t.mode = wanted.mode
      ORDER BY t.version DESC LIMIT 1)
    UNION ALL
    (SELECT 'set_at', t.workspace, t.version, t.mode, t.digest, t.document, t.set_by, t.set_at, t.order_id
      FROM trust_policies t WHERE t.tenant = $1 AND t.workspace = place AND t.mode = wanted.mode
      ORDER BY t.set_at DESC LIMIT 1)) AS p
  LEFT JOIN orders o ON o.tenant = $1 AND o.id = p.order_id`;

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
