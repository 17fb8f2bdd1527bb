import type { Scope } from '../../contracts/identifiers.ts';
import type { RetentionClass } from '../../contracts/retention.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { storable } from './storable.ts';

type Place = Pick<Database, 'client'>;

/** What was deleted is never anything else again, however late another word comes. */
export async function recordArchived(
  { client }: Place,
  { tenant, workspace }: Scope,
  testId: string,
  at: Date,
): Promise<void> {
  const where = { tenant, workspace, testId, class: 'hot' };
  await reachable(client.goldenCopy.updateMany({ where, data: { class: 'archived', classSince: at } }));
}

export type RecordedDeletion = {
  readonly order_id: string | null;
  readonly reason: string;
  readonly at: string;
};

export async function recordDeleted(
  { client }: Place,
  { tenant, workspace }: Scope,
  testId: string,
  deletion: RecordedDeletion,
): Promise<void> {
  const where = { tenant, workspace, testId, class: { not: 'deleted' } };
  const data = { class: 'deleted', classSince: new Date(deletion.at), deletion: storable({ ...deletion }) };
  await reachable(client.goldenCopy.updateMany({ where, data }));
}

export type StandingCopy = {
  readonly scope: Scope;
  readonly testId: string;
  readonly bundleDigest: string;
  readonly class: RetentionClass;
  readonly promotedAt: Date;
};
export type StandingCursor = { readonly tenant: string; readonly workspace: string; readonly testId: string };

/** Whatever is not deleted, of every tenant, in the order of their names: no page is moved by what becomes of another. */
export async function standingCopies(
  { sql }: Pick<Database, 'sql'>,
  after: StandingCursor | undefined,
  limit: number,
): Promise<StandingCopy[]> {
  const { tenant, workspace, testId } = after ?? { tenant: '', workspace: '', testId: '' };
  const rows = await reachable(
    sql.query<Row>(
      `SELECT tenant, workspace, test_id, bundle_digest, class, promoted_at FROM golden_copies
       WHERE class IN ('hot', 'archived') AND (tenant, workspace, test_id) > ($1, $2, $3)
       ORDER BY tenant, workspace, test_id LIMIT $4`,
      [tenant, workspace, testId, limit],
    ),
  );
  return rows.map((row) => ({
    scope: { tenant: row.tenant, workspace: row.workspace },
    testId: row.test_id,
    bundleDigest: row.bundle_digest,
    class: row.class,
    promotedAt: row.promoted_at,
  }));
}

type Row = {
  readonly tenant: string;
  readonly workspace: string;
  readonly test_id: string;
  readonly bundle_digest: string;
  readonly class: RetentionClass;
  readonly promoted_at: Date;
};
