import { Finding } from '../../contracts/finding.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { Change, ChangeCounts } from '../../contracts/triage.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { Prisma } from './generated/client.ts';

/** A place in the comparison: what is new or still there by its place in the later scan, what is fixed by its place in the earlier. */
export type ComparisonCursor = { readonly order: number; readonly ordinal: number };
export type ComparedFinding = { readonly change: Change; readonly finding: Finding };

type Row = { order: number; ordinal: number; change: Change; document: unknown };
type CountRow = { change: Change; count: bigint };

/**
 * How two scans of a component differ. An issue is the same when any tool gave it the same name in both: whether another
 * tool has joined or left in between makes no difference.
 */
export async function compareScans(
  { client }: Database,
  { tenant, workspace }: Scope,
  { base, test, looked, change, limit, after }: Comparison,
): Promise<{ findings: ComparedFinding[]; next: ComparisonCursor | undefined; counts: ChangeCounts }> {
  const changes = [...(change ?? ['new', 'moved', 'fixed'])];
  const [rows, counted] = await Promise.all([
    reachable(client.$queryRaw<Row[]>`
      WITH ${compared(tenant, workspace, base, test, looked)}
      SELECT "order", ordinal, change, document FROM compared
      WHERE change = ANY(${changes}::text[]) AND ("order", ordinal) > (${after?.order ?? -1}::int, ${after?.ordinal ?? -1}::int)
      ORDER BY "order", ordinal LIMIT ${limit + 1}`),
    reachable(client.$queryRaw<CountRow[]>`
      WITH ${compared(tenant, workspace, base, test, looked)} SELECT change, count(*) FROM compared GROUP BY change`),
  ]);
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    findings: page.map(({ change: how, document }) => ({ change: how, finding: Finding.parse(document) })),
    next: last && { order: last.order, ordinal: last.ordinal },
    counts: totals(counted),
  };
}

type Comparison = {
  readonly base: string;
  readonly test: string;
  /** The tools that looked at everything in the later scan: what only others could have seen is not called fixed. */
  readonly looked: readonly string[];
  readonly change?: readonly Change[] | undefined;
  readonly limit: number;
  readonly after?: ComparisonCursor | undefined;
};

/** "order" 0 is the later scan, 1 what only the earlier one has. */
const compared = (
  tenant: string,
  workspace: string,
  base: string,
  test: string,
  looked: readonly string[],
) => Prisma.sql`
  later AS (SELECT * FROM findings WHERE tenant = ${tenant} AND workspace = ${workspace} AND test_id = ${test}),
  earlier AS (SELECT * FROM findings WHERE tenant = ${tenant} AND workspace = ${workspace} AND test_id = ${base}),
  pairs AS (
    SELECT l.ordinal AS later, e.ordinal AS earlier
    FROM (SELECT ordinal, unnest(fingerprints) AS name FROM later) l
    JOIN (SELECT ordinal, unnest(fingerprints) AS name FROM earlier) e USING (name)),
  same AS (SELECT later, min(earlier) AS earlier FROM pairs GROUP BY later),
  compared AS (
    SELECT 0 AS "order", l.ordinal, l.document,
      CASE WHEN e.ordinal IS NULL THEN 'new'
           WHEN l.path IS DISTINCT FROM e.path OR l.start_line IS DISTINCT FROM e.start_line THEN 'moved'
           ELSE 'unchanged' END AS change
    FROM later l LEFT JOIN same s ON s.later = l.ordinal LEFT JOIN earlier e ON e.ordinal = s.earlier
    UNION ALL
    SELECT 1, e.ordinal, e.document, 'fixed' FROM earlier e
    WHERE NOT EXISTS (SELECT FROM pairs p WHERE p.earlier = e.ordinal)
      AND e.tools && (${[...looked]}::text[] || ARRAY(SELECT DISTINCT tools[1] FROM later)))`;

function totals(rows: readonly CountRow[]): ChangeCounts {
  const counts = { new: 0, unchanged: 0, moved: 0, fixed: 0 };
  for (const { change, count } of rows) counts[change] = Number(count);
  return counts;
}
