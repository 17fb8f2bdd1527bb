import type { Scope } from '../../contracts/identifiers.ts';
import { IngestionSource, Reading } from '../../contracts/ingestion.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { Prisma } from './generated/client.ts';
import { storable } from './storable.ts';

/** A source that is ingested again and again. */
export type SourceRecord = {
  readonly scope: Scope;
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly config: IngestionSource;
  readonly reading: Reading;
  readonly labels: readonly string[];
  readonly checkpoint: unknown;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly removedAt: Date | null;
};

export type NewSource = Omit<SourceRecord, 'scope' | 'checkpoint' | 'removedAt'>;
type Place = Pick<Database, 'client'>;

/** Added again, it is the same; one that was removed begins anew. */
export async function addSource({ client }: Place, scope: Scope, source: NewSource): Promise<void> {
  const { labels, ...rest } = storable(source);
  const row = { ...rest, ...scope, labels: [...labels] };
  await reachable(client.ingestionSource.createMany({ data: [row], skipDuplicates: true }));
  const where = { ...scope, id: source.id, removedAt: { not: null } };
  const anew = { removedAt: null, checkpoint: Prisma.DbNull, createdAt: source.createdAt };
  await reachable(client.ingestionSource.updateMany({ where, data: anew }));
}

export async function findSource(
  { client }: Place,
  { tenant, workspace }: Scope,
  id: string,
): Promise<SourceRecord | undefined> {
  const key = { tenant_workspace_id: { tenant, workspace, id } };
  const row = await reachable(client.ingestionSource.findUnique({ where: key }));
  return row === null ? undefined : recordOf(row);
}

export type SourceCursor = { readonly createdAt: Date; readonly id: string };

/** The newest first; without those that were removed. */
export async function listSources(
  { client }: Place,
  { tenant, workspace }: Scope,
  { limit, after }: { readonly limit: number; readonly after?: SourceCursor | undefined },
): Promise<{ readonly sources: SourceRecord[]; readonly next: SourceCursor | undefined }> {
  const following = after && {
    OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { lt: after.id } }],
  };
  const rows = await reachable(
    client.ingestionSource.findMany({
      where: { tenant, workspace, removedAt: null, ...following },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: limit + 1,
    }),
  );
  const sources = rows.slice(0, limit).map(recordOf);
  const last = rows.length > limit ? sources.at(-1) : undefined;
  return { sources, next: last && { createdAt: last.createdAt, id: last.id } };
}

/** What the next ingestion begins with; only a whole one says so. */
export async function recordCheckpoint(
  { client }: Place,
  { tenant, workspace }: Scope,
  id: string,
  checkpoint: unknown,
): Promise<void> {
  const data = { checkpoint: storable(checkpoint) as Prisma.InputJsonValue };
  await reachable(client.ingestionSource.updateMany({ where: { tenant, workspace, id }, data }));
}

/** The next ingestion lists all of it: what was forgotten is in no list of changes. */
export async function forgetCheckpoints(
  { client }: Place,
  { tenant, workspace }: Scope,
  id: string | undefined,
): Promise<void> {
  const where = { tenant, workspace, ...(id === undefined ? {} : { id }) };
  await reachable(client.ingestionSource.updateMany({ where, data: { checkpoint: Prisma.DbNull } }));
}

export async function removeSource(
  { client }: Place,
  { tenant, workspace }: Scope,
  id: string,
  removedAt: Date,
): Promise<boolean> {
  const where = { tenant, workspace, id, removedAt: null };
  const { count } = await reachable(client.ingestionSource.updateMany({ where, data: { removedAt } }));
  return count > 0;
}

type Row = Prisma.IngestionSourceGetPayload<Record<string, never>>;

const recordOf = ({ tenant, workspace, config, reading, ...row }: Row): SourceRecord => ({
  ...row,
  scope: { tenant, workspace },
  config: IngestionSource.parse(config),
  reading: Reading.parse(reading),
});
