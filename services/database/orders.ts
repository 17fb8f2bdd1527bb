import type { OrderOutcome } from '../../contracts/orders.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import type { Prisma } from './generated/client.ts';
import { storable } from './storable.ts';

export type NewOrder = {
  readonly tenant: string;
  readonly id: string;
  readonly kind: string;
  readonly statement: Uint8Array;
  readonly givenBy: string;
  readonly givenAt: Date;
};

export type OrderRecord = NewOrder & {
  readonly outcome: OrderOutcome | null;
  readonly carriedOutAt: Date | null;
};

export async function recordOrder({ client }: Database, order: NewOrder): Promise<void> {
  const row = { ...storable(order), statement: new Uint8Array(order.statement) };
  await reachable(client.order.create({ data: row }));
}

export async function findOrder(
  { client }: Database,
  tenant: string,
  id: string,
): Promise<OrderRecord | undefined> {
  const row = await reachable(client.order.findUnique({ where: { tenant_id: { tenant, id } } }));
  return (row as unknown as OrderRecord | null) ?? undefined;
}

/** The first outcome stands: an order that was carried out twice was done once. */
export async function closeOrder(
  { client }: Database,
  tenant: string,
  id: string,
  outcome: OrderOutcome,
  at: Date,
): Promise<void> {
  const data = { outcome: storable(outcome) as Prisma.InputJsonValue, carriedOutAt: at };
  await reachable(client.order.updateMany({ where: { tenant, id, carriedOutAt: null }, data }));
}

/** The newest first. */
export async function listOrders(
  { client }: Database,
  tenant: string,
  limit: number,
): Promise<OrderRecord[]> {
  const rows = await reachable(
    client.order.findMany({ where: { tenant }, orderBy: [{ givenAt: 'desc' }, { id: 'desc' }], take: limit }),
  );
  return rows as unknown as OrderRecord[];
}
