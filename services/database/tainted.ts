import type { Revocation } from '../../contracts/keys.ts';
import type { Taint, TaintedRun } from '../../contracts/provenance.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { Prisma } from './generated/client.ts';

export type Marked = {
  /** Permits that rest on what the key signed. */
  readonly permits: number;
  /** Runs that are published because of them. */
  readonly published: number;
  /** Statements that it signed on request, or that were attached to runs. */
  readonly signatures: number;
  readonly attached: number;
  /** Permits from before facts were kept: whose word they rest on is not known. */
  readonly unknown: number;
};

/**
 * Marks every permit that rests on a key's signature: as evidence, as endorsement or as another statement that counted.
 * Evidence that was permitted before the time since which the key is not believed stays as it was: when it was made, only the
 * evidence itself says, and whoever stole the key writes what is believed. Other statements tell no time at all. Marking twice
 * changes nothing.
 */
export async function markRevoked(
  { client }: Database,
  tenant: string,
  keyId: string,
  { at, reason, invalid_since }: Revocation,
): Promise<Marked> {
  const taint: Taint = { key_id: keyId, at, reason, invalid_since };
  const permits = await reachable(client.$executeRaw`
    UPDATE permits
    SET tainted = jsonb_path_query_array(coalesce(tainted, '[]'), '$[*] ? (@.key_id != $key)', ${variable(keyId)}::jsonb)
      || ${JSON.stringify([taint])}::jsonb
    WHERE tenant = ${tenant} AND permitted AND facts->'signers' @> ${signer(keyId)}::jsonb
      AND (${invalid_since}::timestamptz IS NULL
        OR facts->'signers' @> ${signer(keyId, 'endorsement')}::jsonb
        OR facts->'signers' @> ${signer(keyId, 'statement')}::jsonb
        OR decided_at >= ${invalid_since}::timestamptz
        OR coalesce((facts->>'finished_on')::timestamptz >= ${invalid_since}::timestamptz, true))`);
  const [published, signatures, attached, unknown] = await Promise.all([
    countPublished({ client }, tenant, keyId),
    reachable(client.signature.count({ where: { tenant, keyId } })),
    reachable(client.attachedStatement.count({ where: { tenant, keyId } })),
    reachable(client.permit.count({ where: { tenant, permitted: true, facts: { equals: Prisma.DbNull } } })),
  ]);
  return { permits, published, signatures, attached, unknown };
}

/** A place in the list of what a key has tainted. */
export type TaintedCursor = { readonly workspace: string; readonly permitId: string };

/** What the revocation of a key has marked, run by run, with where it is published; `next` is where the next page begins. */
export async function taintedRuns(
  { client }: Database,
  tenant: string,
  keyId: string,
  { limit, after, published }: { limit: number; after?: TaintedCursor | undefined; published: boolean },
): Promise<{ runs: TaintedRun[]; next: TaintedCursor | undefined }> {
  const rows = await reachable(client.$queryRaw<Row[]>`
    SELECT p.workspace, p.id, p.test_id, p.bundle_digest, s.component, s.assessment, s.upload_status,
      s.golden_manifest, s.oci_reference
    FROM permits p JOIN scans s USING (tenant, workspace, test_id)
    WHERE p.tenant = ${tenant} AND p.tainted @> ${signer(keyId)}::jsonb
      AND ${published ? PUBLISHED : Prisma.sql`TRUE`}
      AND ${after ? Prisma.sql`(p.workspace, p.id) > (${after.workspace}, ${after.permitId})` : Prisma.sql`TRUE`}
    ORDER BY p.workspace, p.id LIMIT ${limit + 1}`);
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    runs: page.map(({ workspace, id, ...row }) => ({ workspace_id: workspace, permit_id: id, ...row })),
    next: last && { workspace: last.workspace, permitId: last.id },
  };
}

type Row = Omit<TaintedRun, 'workspace_id' | 'permit_id'> & { workspace: string; id: string };

async function countPublished(
  { client }: Pick<Database, 'client'>,
  tenant: string,
  keyId: string,
): Promise<number> {
  const [row] = await reachable(client.$queryRaw<[{ count: number }]>`
    SELECT count(DISTINCT (p.workspace, p.test_id))::int AS count
    FROM permits p JOIN scans s USING (tenant, workspace, test_id)
    WHERE p.tenant = ${tenant} AND p.tainted @> ${signer(keyId)}::jsonb AND ${PUBLISHED}`);
  return row?.count ?? 0;
}

const PUBLISHED = Prisma.sql`(s.golden_manifest IS NOT NULL OR s.oci_reference IS NOT NULL)`;

const signer = (keyId: string, as?: string): string =>
  JSON.stringify([{ key_id: keyId, ...(as === undefined ? {} : { as }) }]);
const variable = (keyId: string): string => JSON.stringify({ key: keyId });
