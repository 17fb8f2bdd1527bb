import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import type { Prisma } from './generated/client.ts';
import { storable } from './storable.ts';

export type NewTrustEvent = {
  readonly tenant: string;
  readonly type: string;
  /** What it is about: a key, a permit, a scan. */
  readonly about: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Told once under this name: the second time finds it told. */
  readonly once: string;
  readonly at: Date;
};

export type TrustEvent = Omit<NewTrustEvent, 'once' | 'data'> & {
  readonly id: bigint;
  readonly data: Record<string, unknown>;
};

/** Either the database or a transaction of it: an event is told together with what it is about, or not at all. */
type Place = Pick<Database, 'client'> | { readonly client: Prisma.TransactionClient };

/** Whether it was news. */
export async function recordTrustEvent({ client }: Place, event: NewTrustEvent): Promise<boolean> {
  const data = { ...storable(event), data: storable(event.data) as Prisma.InputJsonObject };
  const { count } = await reachable(client.trustEvent.createMany({ data: [data], skipDuplicates: true }));
  return count > 0;
}

export async function findTrustEvent(
  { client }: Place,
  tenant: string,
  once: string,
): Promise<TrustEvent | undefined> {
  const key = { tenant_once: { tenant, once } };
  const row = await reachable(client.trustEvent.findUnique({ where: key, omit: { once: true } }));
  return (row as TrustEvent | null) ?? undefined;
}

type Page = {
  readonly type?: string | undefined;
  readonly about?: string | undefined;
  readonly before?: bigint | undefined;
  readonly limit: number;
};

/** Newest first; `next` is where the following page begins. */
export async function listTrustEvents(
  { client }: Database,
  tenant: string,
  { type, about, before, limit }: Page,
): Promise<{ events: TrustEvent[]; next: bigint | undefined }> {
  const rows = await reachable(
    client.trustEvent.findMany({
      where: {
        tenant,
        ...(type === undefined ? {} : { type }),
        ...(about === undefined ? {} : { about }),
        ...(before === undefined ? {} : { id: { lt: before } }),
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
      omit: { once: true },
    }),
  );
  const events = rows.slice(0, limit) as unknown as TrustEvent[];
  return { events, next: rows.length > limit ? events.at(-1)?.id : undefined };
}

export async function findEvent(
  { client }: Place,
  tenant: string,
  id: bigint,
): Promise<TrustEvent | undefined> {
  const key = { tenant_id: { tenant, id } };
  const row = await reachable(client.trustEvent.findUnique({ where: key, omit: { once: true } }));
  return (row as TrustEvent | null) ?? undefined;
}
