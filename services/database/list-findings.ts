import { Finding, type FindingKind, type Severity } from '../../contracts/finding.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { TriageState } from '../../contracts/triage.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { rankOf, type StoredFinding } from './findings.ts';
import { Prisma } from './generated/client.ts';

/** A place in the list of one scan, worst first. */
export type FindingCursor = { readonly rank: number; readonly ordinal: number };

export type FindingFilter = {
  readonly severity?: readonly Severity[] | undefined;
  readonly kind?: readonly FindingKind[] | undefined;
  readonly tool?: readonly string[] | undefined;
  readonly rule?: readonly string[] | undefined;
  readonly change?: readonly string[] | undefined;
  readonly state?: readonly TriageState[] | undefined;
  readonly suppressed?: boolean | undefined;
  /** A file, or a folder ending in "/". */
  readonly path?: string | undefined;
  readonly fingerprint?: string | undefined;
};

type Row = { ordinal: number; rank: number; change: StoredFinding['change']; document: unknown };

/** The findings of one scan, worst first; `next` is where the following page begins. */
export async function listFindings(
  { client }: Database,
  { tenant, workspace }: Scope,
  testId: string,
  { limit, after, ...filter }: FindingFilter & { limit: number; after?: FindingCursor | undefined },
): Promise<{ findings: StoredFinding[]; next: FindingCursor | undefined }> {
  const rows = await reachable(client.$queryRaw<Row[]>`
    SELECT f.ordinal, f.rank, f.change, f.document FROM findings f
    WHERE f.tenant = ${tenant} AND f.workspace = ${workspace} AND f.test_id = ${testId}
      AND ${Prisma.join([Prisma.sql`TRUE`, ...conditions(filter), ...following(after)], ' AND ')}
    ORDER BY f.rank, f.ordinal LIMIT ${limit + 1}`);
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    findings: page.map(({ ordinal, change, document }) => ({
      ordinal,
      change,
      finding: Finding.parse(document),
    })),
    next: last && { rank: last.rank, ordinal: last.ordinal },
  };
}

function conditions(filter: FindingFilter): Prisma.Sql[] {
  const { severity, kind, tool, rule, change, state, suppressed, path, fingerprint } = filter;
  return [
    ...(severity ? [Prisma.sql`f.rank = ANY(${severity.map(rankOf)}::smallint[])`] : []),
    ...(kind ? [Prisma.sql`f.kind = ANY(${[...kind]}::text[])`] : []),
    ...(tool ? [Prisma.sql`f.tools && ${[...tool]}::text[]`] : []),
    ...(rule ? [Prisma.sql`f.rule = ANY(${[...rule]}::text[])`] : []),
    ...(change ? [Prisma.sql`f.change = ANY(${[...change]}::text[])`] : []),
    ...(suppressed === undefined ? [] : [Prisma.sql`f.suppressed = ${suppressed}`]),
    ...(fingerprint ? [Prisma.sql`${fingerprint} = ANY(f.fingerprints)`] : []),
    ...(path?.endsWith('/') ? [Prisma.sql`starts_with(f.path, ${path})`] : []),
    ...(path && !path.endsWith('/') ? [Prisma.sql`f.path = ${path}`] : []),
    ...(state ? [Prisma.sql`${STATE} = ANY(${[...state]}::text[])`] : []),
  ];
}

/** The newest decision about the issue under any of its names; one that was accepted for a while is open afterwards. */
const STATE = Prisma.sql`COALESCE((
  SELECT CASE WHEN d.until < now() THEN 'open' ELSE d.state END FROM triage_decisions d
  WHERE d.tenant = f.tenant AND d.workspace = f.workspace AND d.component = f.component
    AND d.fingerprint = ANY(f.fingerprints)
  ORDER BY d.id DESC LIMIT 1), 'open')`;

const following = (after: FindingCursor | undefined): Prisma.Sql[] =>
  after ? [Prisma.sql`(f.rank, f.ordinal) > (${after.rank}::smallint, ${after.ordinal}::int)`] : [];
