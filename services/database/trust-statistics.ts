import type { Database } from './database.ts';
import { reachable } from './errors.ts';

const MOST_SIGNERS = 100;

export type TrustStatistics = {
  /** Entries of the log by what they are about. */
  readonly entries: Readonly<Record<string, number>>;
  /** Denials by their reason. */
  readonly denials: Readonly<Record<string, number>>;
  /** Ids of the keys under whose signatures they stand. */
  readonly signers: readonly string[];
};

/** What Trust has done for a tenant, counted in the log: of that nothing was taken away, whatever became of rows. */
export async function trustStatistics({ sql }: Database, tenant: string): Promise<TrustStatistics> {
  const [counted, signed] = await reachable(
    Promise.all([
      sql.query<Counted>(COUNT, [tenant]),
      sql.query<{ signer: string }>(SIGNERS, [tenant, MOST_SIGNERS]),
    ]),
  );
  const entries: Record<string, number> = {};
  const denials: Record<string, number> = {};
  for (const { kind, reason, count } of counted) {
    entries[kind] = (entries[kind] ?? 0) + Number(count);
    if (reason !== null) denials[reason] = Number(count);
  }
  return { entries, denials, signers: signed.map(({ signer }) => signer) };
}

type Counted = { kind: string; reason: string | null; count: string };

/** Of a denial the note is its reason; that of others is of no interest here. */
const COUNT = `
  SELECT kind, CASE WHEN kind = 'denial' THEN entry::jsonb ->> 'note' END AS reason, count(*) AS count
  FROM log_leaves WHERE tenant = $1 GROUP BY 1, 2`;

const SIGNERS = `
  SELECT DISTINCT signer FROM log_leaves WHERE tenant = $1 AND signer IS NOT NULL ORDER BY signer LIMIT $2`;
