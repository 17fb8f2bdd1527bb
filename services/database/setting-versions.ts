import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { storable } from './storable.ts';

/** A policy as it was set. It counts only with the order that it names: whoever can write a row cannot sign one. */
export type SettingRecord = {
  readonly workspace: string;
  readonly version: number;
  readonly digest: string;
  readonly document: unknown;
  readonly setBy: string;
  readonly setAt: Date;
  readonly orderId: string;
};

export type NewestSetting = SettingRecord & {
  /** By version and by when it was set: a row that is put on top of one is not on top of the other. */
  readonly newestBy: 'version' | 'set_at';
  /** The signed order that it names; none when there is no such order. */
  readonly order: Uint8Array | undefined;
};

/** The versions of one kind of policy, workspace by workspace ("*" for those that have none of their own). */
export interface SettingVersions {
  /** Of the workspace and of the tenant, in one question: what is published begins with it. */
  newest(database: Sql, tenant: string, workspace: string): Promise<NewestSetting[]>;
  /** Newest first; of every workspace when none is named. */
  list(
    database: Sql,
    tenant: string,
    asked: { readonly workspace?: string; readonly limit: number },
  ): Promise<SettingRecord[]>;
  /** The version an order made; none before it was carried out. */
  ofOrder(database: Sql, tenant: string, orderId: string): Promise<SettingRecord | undefined>;
  /** `false` when another order took the version in the meantime. */
  add(database: Sql, tenant: string, record: SettingRecord): Promise<boolean>;
}

type Sql = Pick<Database, 'sql'>;

export const settingVersions = (table: 'privacy_policies' | 'retention_policies'): SettingVersions => ({
  newest: async ({ sql }, tenant, workspace) => {
    const rows = await reachable(sql.query<NewestRow>(newestOf(table), [tenant, [workspace, '*']]));
    return rows.map(({ newest_by, statement, ...row }) => ({
      ...recordOf(row),
      newestBy: newest_by,
      order: statement ?? undefined,
    }));
  },

  list: async ({ sql }, tenant, { workspace, limit }) => {
    const text = `SELECT ${COLUMNS} FROM ${table} t WHERE t.tenant = $1 AND ($2::text IS NULL OR t.workspace = $2)
      ORDER BY t.workspace, t.version DESC LIMIT $3`;
    return (await reachable(sql.query<Row>(text, [tenant, workspace ?? null, limit]))).map(recordOf);
  },

  ofOrder: async ({ sql }, tenant, orderId) => {
    const text = `SELECT ${COLUMNS} FROM ${table} t WHERE t.tenant = $1 AND t.order_id = $2`;
    const [row] = await reachable(sql.query<Row>(text, [tenant, orderId]));
    return row && recordOf(row);
  },

  add: async ({ sql }, tenant, record) => {
    const { workspace, version, digest, document, setBy, setAt, orderId } = storable(record);
    const text = `INSERT INTO ${table} (tenant, workspace, version, digest, document, set_by, set_at, order_id)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING version`;
    const values = [tenant, workspace, version, digest, JSON.stringify(document), setBy, setAt, orderId];
    return (await reachable(sql.query(text, values))).length === 1;
  },
});

type Row = Pick<SettingRecord, 'workspace' | 'version' | 'digest' | 'document'> & {
  set_by: string;
  set_at: Date;
  order_id: string;
};

type NewestRow = Row & { newest_by: NewestSetting['newestBy']; statement: Buffer | null };

const recordOf = ({ set_by, set_at, order_id, ...row }: Row): SettingRecord => ({
  ...row,
  setBy: set_by,
  setAt: set_at,
  orderId: order_id,
});

const COLUMNS = 't.workspace, t.version, t.digest, t.document, t.set_by, t.set_at, t.order_id';

const newestOf = (table: string): string => `
  SELECT p.*, o.statement
  FROM unnest($2::text[]) AS place
  CROSS JOIN LATERAL (
    (SELECT 'version' AS newest_by, ${COLUMNS} FROM ${table} t
      WHERE t.tenant = $1 AND t.workspace = place ORDER BY t.version DESC LIMIT 1)
    UNION ALL
    (SELECT 'set_at', ${COLUMNS} FROM ${table} t
      WHERE t.tenant = $1 AND t.workspace = place ORDER BY t.set_at DESC LIMIT 1)) AS p
  LEFT JOIN orders o ON o.tenant = $1 AND o.id = p.order_id`;
