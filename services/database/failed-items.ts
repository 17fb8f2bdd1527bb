import type { Scope } from '../../contracts/identifiers.ts';
import type { FailedItem } from '../../contracts/ingestion.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import type { Prisma } from './generated/client.ts';
import { storable } from './storable.ts';

type Place = Pick<Database, 'client'>;

/** With the item as its source has listed it, so that it can be asked for again. */
export type SetAside = Omit<FailedItem, 'at'> & { readonly item: unknown; readonly at: Date };

export async function recordFailedItem(
  { client }: Place,
  scope: Scope,
  ingestionId: string,
  { key, item, ...rest }: SetAside,
): Promise<void> {
  const data = { ...storable(rest), item: storable(item) as Prisma.InputJsonValue };
  const where = { tenant_workspace_ingestionId_key: { ...scope, ingestionId, key: storable(key) } };
  const create = { ...scope, ingestionId, key: storable(key), ...data };
  await reachable(client.failedItem.upsert({ where, create, update: data }));
}

/** In the order of their keys. */
export async function listFailedItems(
  { client }: Place,
  scope: Scope,
  ingestionId: string,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<{
  readonly items: (FailedItem & { readonly item: unknown })[];
  readonly next: string | undefined;
}> {
  const rows = await reachable(
    client.failedItem.findMany({
      where: { ...scope, ingestionId, ...(after === undefined ? {} : { key: { gt: after } }) },
      orderBy: { key: 'asc' },
      take: limit + 1,
    }),
  );
  const items = rows.slice(0, limit).map(({ key, code, message, tries, at, item }) => ({
    key,
    code,
    message,
    tries,
    at: at.toISOString(),
    item,
  }));
  return { items, next: rows.length > limit ? items.at(-1)?.key : undefined };
}

/** Which of these were set aside. */
export async function setAsideAmong(
  { client }: Place,
  scope: Scope,
  ingestionId: string,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const where = { ...scope, ingestionId, key: { in: [...keys] } };
  const rows = await reachable(client.failedItem.findMany({ where, select: { key: true } }));
  return new Set(rows.map(({ key }) => key));
}

/** It was read after all. */
export async function clearFailedItem(
  { client }: Place,
  scope: Scope,
  ingestionId: string,
  key: string,
): Promise<void> {
  await reachable(client.failedItem.deleteMany({ where: { ...scope, ingestionId, key } }));
}
