import type { Scope } from '../../contracts/identifiers.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { storable } from './storable.ts';

/** What of an item is in the index. */
export type IngestedItem = {
  readonly key: string;
  readonly version: string;
  readonly contentHash: string;
  readonly documentId: string;
  /** With which rules it was looked into. */
  readonly rules: string;
  readonly records: number;
  readonly bytes: number;
  /** The ingestion that indexed it, and the last one that saw it. */
  readonly ingestionId: string;
  readonly seenBy: string;
};

/** All items of one source, or of everything that is brought in one way. */
export type Origin = { readonly scope: Scope; readonly origin: string };

type Place = Pick<Database, 'client'>;

export async function knownItems(
  { client }: Place,
  { scope, origin }: Origin,
  keys: readonly string[],
): Promise<ReadonlyMap<string, IngestedItem>> {
  if (keys.length === 0) return new Map();
  const rows = await reachable(
    client.ingestedItem.findMany({ where: { ...scope, origin, key: { in: [...keys] } }, omit: SCOPE }),
  );
  return new Map(rows.map(({ bytes, ...row }) => [row.key, { ...row, bytes: Number(bytes) }]));
}

/** Once they are in the index, and what they replace is out of it. */
export async function recordItems(
  { client }: Place,
  { scope: { tenant, workspace }, origin }: Origin,
  items: readonly IngestedItem[],
  indexedAt: Date,
): Promise<void> {
  const rows = new Map(items.map((item) => storable(item)).map((item) => [item.key, rowOf(item)]));
  if (rows.size === 0) return;
  await reachable(client.$executeRaw`
    INSERT INTO ingested_items (
      tenant, workspace, origin, key, version, content_hash, document_id, rules, records, bytes, ingestion_id, seen_by, indexed_at
    )
    SELECT
      ${tenant}, ${workspace}, ${origin}, key, version, content_hash, document_id, rules, records, bytes, ingestion_id, seen_by,
      ${indexedAt}
    FROM jsonb_to_recordset(${JSON.stringify([...rows.values()])}::jsonb) AS row (
      key text, version text, content_hash text, document_id text, rules text, records int, bytes bigint, ingestion_id text,
      seen_by text
    )
    ORDER BY key
    ON CONFLICT (tenant, workspace, origin, key) DO UPDATE SET
      version = excluded.version, content_hash = excluded.content_hash, document_id = excluded.document_id,
      rules = excluded.rules, records = excluded.records, bytes = excluded.bytes, ingestion_id = excluded.ingestion_id,
      seen_by = excluded.seen_by, indexed_at = excluded.indexed_at`);
}

const rowOf = ({ contentHash, documentId, ingestionId, seenBy, ...same }: IngestedItem): object => ({
  ...same,
  content_hash: contentHash,
  document_id: documentId,
  ingestion_id: ingestionId,
  seen_by: seenBy,
});

/** They are there, and as they were. */
export async function markSeen(
  { client }: Place,
  { scope, origin }: Origin,
  keys: readonly string[],
  seenBy: string,
): Promise<void> {
  if (keys.length === 0) return;
  const where = { ...scope, origin, key: { in: [...keys] } };
  await reachable(client.ingestedItem.updateMany({ where, data: { seenBy } }));
}

/**
 * Some of those that a whole listing has not named. What another ingestion has seen since that one began is there: two of one
 * source at the same time must not take away what the other one has just brought.
 */
export async function unseenItems(
  { client }: Place,
  { scope, origin }: Origin,
  { seenBy, since }: { readonly seenBy: string; readonly since: Date },
  limit: number,
): Promise<Pick<IngestedItem, 'key' | 'documentId'>[]> {
  const beside = await reachable(
    client.ingestion.findMany({
      where: { ...scope, id: { not: seenBy }, OR: [{ endedAt: null }, { endedAt: { gt: since } }] },
      select: { id: true },
    }),
  );
  return reachable(
    client.ingestedItem.findMany({
      where: { ...scope, origin, seenBy: { notIn: [seenBy, ...beside.map(({ id }) => id)] } },
      orderBy: { key: 'asc' },
      take: limit,
      select: { key: true, documentId: true },
    }),
  );
}

/** Once they are out of the index. */
export async function forgetItems(
  { client }: Place,
  { scope, origin }: Origin,
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return;
  await reachable(client.ingestedItem.deleteMany({ where: { ...scope, origin, key: { in: [...keys] } } }));
}

/** Wherever they came from: what is forgotten on request must be read again when it comes along again. */
export async function forgetWhere(
  { client }: Place,
  scope: Scope,
  {
    captured_from: from,
    captured_to: to,
    ...which
  }: {
    readonly ingestionId?: string;
    readonly documentId?: string;
    readonly origin?: string;
    readonly captured_from?: string | undefined;
    readonly captured_to?: string | undefined;
  },
): Promise<number> {
  const indexedAt = {
    ...(from === undefined ? {} : { gte: new Date(from) }),
    ...(to === undefined ? {} : { lt: new Date(to) }),
  };
  const { count } = await reachable(
    client.ingestedItem.deleteMany({ where: { ...scope, ...which, indexedAt } }),
  );
  return count;
}

const SCOPE = { tenant: true, workspace: true, origin: true, indexedAt: true } as const;
