import type { Delivery } from '../../contracts/notification.ts';
import type { EventNews } from '../../contracts/platform-event.ts';
import { eventMail, eventSlack } from '../../domain/notify/event-message.ts';
import type { Database } from '../../services/database/database.ts';
import { recordDelivery } from '../../services/database/event-deliveries.ts';
import { findSubscription, type SubscriptionRecord } from '../../services/database/subscriptions.ts';
import { findEvent } from '../../services/database/trust-events.ts';
import { deliverWebhook } from '../notify/deliver-webhook.ts';
import type { NotifyDeps, Sent } from '../notify/deps.ts';
import { postNews } from '../notify/post-news.ts';
import { sendMail } from '../notify/send-mail.ts';

export type EventDeps = NotifyDeps & { readonly database: Database };

export type DeliveredTo = {
  readonly tenant: string;
  readonly eventId: string;
  readonly subscriptionId: string;
  /** 0 when it happened, more for each time that somebody asks for it again. */
  readonly round: number;
};

/** Tells one subscriber of one event, at least once; who has unsubscribed meanwhile is not told. */
export async function deliverEvent(deps: EventDeps, to: DeliveredTo): Promise<void> {
  const [event, subscription] = await Promise.all([
    findEvent(deps.database, to.tenant, BigInt(to.eventId)),
    findSubscription(deps.database, to.tenant, to.subscriptionId),
  ]);
  if (event === undefined || subscription === undefined) return;
  const { id, ...rest } = event;
  const news: EventNews = {
    event: rest.type,
    delivery_id: [id, to.subscriptionId, ...(to.round === 0 ? [] : [to.round])].join('.'),
    event_id: id.toString(),
    tenant: to.tenant,
    about: rest.about,
    data: rest.data,
    at: rest.at.toISOString(),
  };
  await note(deps, to, news.event, await send(deps, subscription, news));
}

/** After the last attempt: that it failed is seen where deliveries are looked at. */
export async function noteFailure(deps: EventDeps, to: DeliveredTo, detail: string): Promise<void> {
  const event = await findEvent(deps.database, to.tenant, BigInt(to.eventId));
  if (event !== undefined) await note(deps, to, event.type, { outcome: 'failed', detail });
}

function send(deps: EventDeps, { kind, address }: SubscriptionRecord, news: EventNews): Promise<Sent> {
  switch (kind) {
    case 'webhook':
      return deliverWebhook(deps, news, address);
    case 'slack':
      return postNews(deps, address, Buffer.from(JSON.stringify(eventSlack(news))), {
        'content-type': 'application/json',
      });
    case 'email':
      return sendMail(deps, address, { id: news.delivery_id, ...eventMail(news) });
  }
}

const note = (
  { database, now }: EventDeps,
  { tenant, eventId, subscriptionId, round }: DeliveredTo,
  type: string,
  { outcome, detail }: Pick<Delivery, 'outcome' | 'detail'>,
): Promise<void> =>
  recordDelivery(database, tenant, {
    subscriptionId,
    eventId: BigInt(eventId),
    type,
    round,
    outcome,
    detail,
    at: now(),
  });
