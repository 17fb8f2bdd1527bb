import type { EventType } from '../../contracts/platform-event.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { storable } from './storable.ts';

export type SubscriptionRecord = {
  readonly id: string;
  readonly kind: 'webhook' | 'slack' | 'email';
  /** Often a secret: it leaves neither in an answer, nor in a log, nor in a workflow's history. */
  readonly address: string;
  readonly events: readonly EventType[];
  readonly createdBy: string;
  readonly createdAt: Date;
};

export async function addSubscription(
  { client }: Database,
  tenant: string,
  subscription: SubscriptionRecord,
): Promise<void> {
  const row = { ...storable(subscription), tenant, events: [...subscription.events] };
  await reachable(client.subscription.create({ data: row }));
}

export async function listSubscriptions({ client }: Database, tenant: string): Promise<SubscriptionRecord[]> {
  const rows = await reachable(
    client.subscription.findMany({
      where: { tenant },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      omit: { tenant: true },
    }),
  );
  return rows as SubscriptionRecord[];
}

export async function findSubscription(
  { client }: Database,
  tenant: string,
  id: string,
): Promise<SubscriptionRecord | undefined> {
  const row = await reachable(
    client.subscription.findUnique({ where: { tenant_id: { tenant, id } }, omit: { tenant: true } }),
  );
  return (row as SubscriptionRecord | null) ?? undefined;
}

/** Whether there was one. */
export async function removeSubscription({ client }: Database, tenant: string, id: string): Promise<boolean> {
  const { count } = await reachable(client.subscription.deleteMany({ where: { tenant, id } }));
  return count > 0;
}
