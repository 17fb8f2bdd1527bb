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

/** Once it is in the index, and what it replaces is out of it. */
export async function recordItem(
  { client }: Place,
  { scope, origin }: Origin,
  item: IngestedItem,
  indexedAt: Date,
): Promise<void> {
  const { key, ...rest } = storable({ ...item, indexedAt });
  const where = { tenant_workspace_origin_key: { ...scope, origin, key } };
  await reachable(
    client.ingestedItem.upsert({ where, create: { ...scope, origin, key, ...rest }, update: rest }),
  );
}

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

/** Some of those that a whole listing has not named. */
export async function unseenItems(
  { client }: Place,
  { scope, origin }: Origin,
  seenBy: string,
  limit: number,
): Promise<Pick<IngestedItem, 'key' | 'documentId'>[]> {
  return reachable(
    client.ingestedItem.findMany({
      where: { ...scope, origin, seenBy: { not: seenBy } },
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
