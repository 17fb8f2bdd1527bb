import type { Scope } from '../../contracts/identifiers.ts';
import { AuditFinding } from '../../contracts/retention.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import type { CopyFinding } from './golden-audits.ts';
import { storable } from './storable.ts';

/** Which copies an audit is about. */
export type AuditScope = { readonly tenant: string; readonly workspace: string | null };
type Sql = Pick<Database, 'sql'>;
type Client = Pick<Database, 'client'>;

export async function tenantsWithCopies({ sql }: Sql): Promise<string[]> {
  const rows = await reachable(
    sql.query<{ tenant: string }>('SELECT DISTINCT tenant FROM golden_copies ORDER BY tenant', []),
  );
  return rows.map(({ tenant }) => tenant);
}

export const countCopies = ({ client }: Client, scope: AuditScope): Promise<number> =>
  reachable(client.goldenCopy.count({ where: within(scope) }));

/**
 * The next ones to look at, those first whose last audit is the longest ago. Whoever was looked at since then is done, by
 * this audit or by another one.
 */
export async function copiesToAudit(
  { client }: Client,
  scope: AuditScope,
  { since, limit }: { readonly since: Date; readonly limit: number },
): Promise<{ readonly scope: Scope; readonly testId: string }[]> {
  const rows = await reachable(
    client.goldenCopy.findMany({
      where: { ...within(scope), OR: [{ auditedAt: null }, { auditedAt: { lt: since } }] },
      orderBy: [
        { auditedAt: { sort: 'asc', nulls: 'first' } },
        { tenant: 'asc' },
        { workspace: 'asc' },
        { testId: 'asc' },
      ],
      take: limit,
      select: { tenant: true, workspace: true, testId: true },
    }),
  );
  return rows.map(({ tenant, workspace, testId }) => ({ scope: { tenant, workspace }, testId }));
}

export async function recordAudited(
  { client }: Client,
  { tenant, workspace }: Scope,
  testId: string,
  { findings, at }: { readonly findings: readonly AuditFinding[]; readonly at: Date },
): Promise<void> {
  const data = { auditedAt: at, drift: storable([...findings]) };
  await reachable(client.goldenCopy.updateMany({ where: { tenant, workspace, testId }, data }));
}

/** Those of the runs that no row knows. */
export async function unrecordedOf(
  { client }: Client,
  { tenant, workspace }: Scope,
  testIds: readonly string[],
): Promise<string[]> {
  const rows = await reachable(
    client.goldenCopy.findMany({
      where: { tenant, workspace, testId: { in: [...testIds] } },
      select: { testId: true },
    }),
  );
  const known = new Set(rows.map(({ testId }) => testId));
  return testIds.filter((testId) => !known.has(testId));
}

/** What was found since then; of very many findings the first ones. */
export async function auditedSince(
  { sql }: Sql,
  { tenant, workspace }: AuditScope,
  since: Date,
): Promise<{ checked: number; drifted: number; findings: CopyFinding[] }> {
  const of = 'tenant = $1 AND ($2::text IS NULL OR workspace = $2) AND audited_at >= $3';
  const values = [tenant, workspace, since];
  const [counts, rows] = await Promise.all([
    reachable(
      sql.query<{ checked: string; drifted: string }>(
        `SELECT count(*) AS checked, count(*) FILTER (WHERE drift @> '[{"drift": true}]') AS drifted
         FROM golden_copies WHERE ${of}`,
        values,
      ),
    ),
    reachable(
      sql.query<{ workspace: string; testId: string; drift: unknown }>(
        `SELECT workspace, test_id AS "testId", drift FROM golden_copies
         WHERE ${of} AND jsonb_array_length(drift) > 0 ORDER BY workspace, test_id LIMIT ${MOST_FINDINGS}`,
        values,
      ),
    ),
  ]);
  const findings = rows.flatMap(({ drift, ...copy }) =>
    AuditFinding.array()
      .parse(drift)
      .map((finding) => ({ ...finding, ...copy })),
  );
  return {
    checked: Number(counts[0]?.checked ?? 0),
    drifted: Number(counts[0]?.drifted ?? 0),
    findings: findings.slice(0, MOST_FINDINGS),
  };
}

export const MOST_FINDINGS = 1000;

const within = ({ tenant, workspace }: AuditScope) => ({
  tenant,
  ...(workspace === null ? {} : { workspace }),
});
