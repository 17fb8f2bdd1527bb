import type { Delivery } from '../../contracts/notification.ts';
import type { Database } from './database.ts';
import { reachable } from './errors.ts';
import { storable } from './storable.ts';

export type EventDeliveryRecord = {
  readonly subscriptionId: string;
  readonly eventId: bigint;
  readonly type: string;
  readonly round: number;
  readonly outcome: Delivery['outcome'];
  readonly detail: string | null;
  readonly at: Date;
};

export async function recordDelivery(
  { client }: Database,
  tenant: string,
  delivery: EventDeliveryRecord,
): Promise<void> {
  await reachable(client.eventDelivery.create({ data: { ...storable(delivery), tenant } }));
}

type Page = { readonly subscriptionId: string; readonly before?: bigint | undefined; readonly limit: number };

/** Newest first; `next` is where the following page begins. */
export async function listDeliveries(
  { client }: Database,
  tenant: string,
  { subscriptionId, before, limit }: Page,
): Promise<{ deliveries: EventDeliveryRecord[]; next: bigint | undefined }> {
  const rows = await reachable(
    client.eventDelivery.findMany({
      where: { tenant, subscriptionId, ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: 'desc' },
      take: limit + 1,
    }),
  );
  const next = rows.length > limit ? rows[limit - 1]?.id : undefined;
  return { deliveries: rows.slice(0, limit) as EventDeliveryRecord[], next };
}

/** How often an event was replayed to a subscriber so far. */
export async function lastRound(
  { client }: Database,
  tenant: string,
  key: Pick<EventDeliveryRecord, 'subscriptionId' | 'eventId'>,
): Promise<number> {
  const { _max } = await reachable(
    client.eventDelivery.aggregate({ where: { tenant, ...key }, _max: { round: true } }),
  );
  return _max.round ?? 0;
}
