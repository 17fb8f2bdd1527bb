import type { AnnounceInput } from '../../contracts/platform-event.ts';
import type { Database } from '../../services/database/database.ts';
import { listSubscriptions, type SubscriptionRecord } from '../../services/database/subscriptions.ts';
import { findEvent } from '../../services/database/trust-events.ts';

/** Who is to be told, by id: an address is often a secret, and a history is no place for one. */
export async function subscribersOf(
  { database }: { readonly database: Database },
  { tenant, eventId, subscriptionId }: AnnounceInput,
): Promise<string[]> {
  if (subscriptionId !== undefined) return [subscriptionId];
  const event = await findEvent(database, tenant, BigInt(eventId));
  if (event === undefined) return [];
  return (await wantedBy(database, tenant, event.type)).map(({ id }) => id);
}

export async function wantedBy(
  database: Database,
  tenant: string,
  type: string,
): Promise<SubscriptionRecord[]> {
  const all = await listSubscriptions(database, tenant);
  return all.filter(({ events }) => events.length === 0 || (events as readonly string[]).includes(type));
}
