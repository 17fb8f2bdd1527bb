import type { Database } from './database.ts';
import { reachable } from './errors.ts';

/** How much of what there is, counted when asked: no counter that could drift from the truth, however many processes there are. */
export type TransformStatistics = {
  readonly uploads: { readonly received: number; readonly failed: number };
  readonly privacyScans: number;
  /** Documents and bundles that were ever held back for a person to decide, by where that stands. */
  readonly reviews: Readonly<Record<string, number>>;
  readonly promotions: Readonly<Record<string, number>>;
  readonly goldenCopies: Readonly<Record<string, number>>;
};

/** Of one tenant, or of the whole installation. */
export async function transformStatistics(
  { sql }: Database,
  tenant: string | undefined,
): Promise<TransformStatistics> {
  const rows = await reachable(sql.query<Row>(COUNT, [tenant ?? null]));
  const of = (what: string) =>
    Object.fromEntries(
      rows.filter((row) => row.what === what).map(({ state, count }) => [state, Number(count)]),
    );
  return {
    uploads: { received: of('received').all ?? 0, failed: of('failed').all ?? 0 },
    privacyScans: of('privacy_scan').all ?? 0,
    reviews: of('review'),
    promotions: of('promotion'),
    goldenCopies: of('golden'),
  };
}

type Row = { what: string; state: string; count: string };

const COUNT = `
  SELECT 'received' AS what, 'all' AS state, count(*) AS count FROM received_documents WHERE $1::text IS NULL OR tenant = $1
  UNION ALL SELECT 'failed', 'all', count(*) FROM failed_uploads WHERE $1::text IS NULL OR tenant = $1
  UNION ALL SELECT 'privacy_scan', 'all', count(*) FROM privacy_scans WHERE $1::text IS NULL OR tenant = $1
  UNION ALL SELECT 'review', state, count(*) FROM reviews WHERE $1::text IS NULL OR tenant = $1 GROUP BY state
  UNION ALL SELECT 'promotion', state, count(*) FROM promotions WHERE $1::text IS NULL OR tenant = $1 GROUP BY state
  UNION ALL SELECT 'golden', class, count(*) FROM golden_copies WHERE $1::text IS NULL OR tenant = $1 GROUP BY class`;
