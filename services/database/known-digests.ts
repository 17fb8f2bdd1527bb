import type { Scope } from '../../contracts/identifiers.ts';
import type { DigestKind, KnownDigest } from '../../contracts/provenance.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { storable } from './storable.ts';

/** One run that knows a digest, and as what. */
export type DigestUse = {
  readonly workspace: string;
  readonly testId: string;
  readonly kind: DigestKind;
  readonly name: string;
};

const BATCH = 2000;

/** Notes by which digests a run is known. Noting them again changes nothing. */
export async function recordKnownDigests(
  { client }: Database,
  { tenant, workspace }: Scope,
  testId: string,
  entries: readonly KnownDigest[],
): Promise<void> {
  for (let at = 0; at < entries.length; at += BATCH) {
    const data = entries
      .slice(at, at + BATCH)
      .map((entry) => ({ ...storable(entry), tenant, workspace, testId }));
    await reachable(client.knownDigest.createMany({ data, skipDuplicates: true }));
  }
}

/** Every run of the tenant that knows the digest, in whatever workspace; `more` when there are others still. */
export async function findKnownDigest(
  { client }: Database,
  tenant: string,
  sha256: string,
  limit: number,
): Promise<{ uses: DigestUse[]; more: boolean }> {
  const rows = await reachable(
    client.knownDigest.findMany({
      where: { tenant, sha256 },
      select: { workspace: true, testId: true, kind: true, name: true },
      orderBy: [{ workspace: 'asc' }, { testId: 'desc' }, { name: 'asc' }],
      take: limit + 1,
    }),
  );
  return { uses: rows.slice(0, limit) as DigestUse[], more: rows.length > limit };
}
