import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import {
  EventDeliveryView,
  NewSubscription,
  SubscriptionId,
  SubscriptionView,
} from '../../contracts/platform-event.ts';
import {
  type EventDeliveryRecord,
  lastRound,
  listDeliveries,
} from '../../services/database/event-deliveries.ts';
import {
  addSubscription,
  findSubscription,
  listSubscriptions,
  removeSubscription,
  type SubscriptionRecord,
} from '../../services/database/subscriptions.ts';
import { findEvent } from '../../services/database/trust-events.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid } from '../problems.ts';
import { type Route, route } from '../route.ts';
import { Place } from './event-routes.ts';
import { deliveryExample, subscriptionExample } from './examples.ts';
import { startReplay } from './replay.ts';
import { shownAddress } from './shown-address.ts';

type Deps = Pick<ApiDeps, 'database' | 'temporal'>;

const View = SubscriptionView.meta({ id: 'Subscription' });
const Params = z.object({ subscription_id: SubscriptionId });

/** Who is told of what happens, what became of it, and telling them again. */
export function subscriptionRoutes(deps: Deps): Route[] {
  return [subscribe(deps), list(deps), unsubscribe(deps), deliveries(deps), replay(deps)];
}

const subscribe = (deps: Deps) =>
  route({
    method: 'post',
    path: '/v1/subscriptions',
    id: 'subscribe',
    summary: 'Be told of what happens',
    description:
      'A webhook is posted to with `certus-event`, `certus-delivery` and, where CERTUS_NOTIFY_SECRET_FILE is set, `certus-signature: t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>">`. It is tried for three days. The address is never shown in full again.',
    tag: 'events',
    auth: 'token',
    role: 'admin',
    body: {
      schema: NewSubscription.meta({ id: 'NewSubscription' }),
      examples: {
        webhook: {
          address: 'https://hooks.example.org/certus',
          events: ['document_quarantined', 'golden_drift'],
        },
      },
    },
    answers: { 201: { description: 'It is kept.', schema: View, example: subscriptionExample } },
    errors: ['invalid_request', 'dependency_unavailable'],
    handle: async ({ principal, body }) => {
      requireAddress(body);
      const subscription: SubscriptionRecord = {
        ...body,
        id: `hook_${randomBytes(12).toString('hex')}`,
        createdBy: principal.subject,
        createdAt: new Date(),
      };
      await addSubscription(deps.database, principal.tenant, subscription);
      return { status: 201, body: viewOf(subscription) };
    },
  });

function requireAddress({ kind, address }: NewSubscription): void {
  const fits =
    kind === 'email' ? z.email().max(320).safeParse(address).success : /^https?:$/.test(protocolOf(address));
  if (!fits)
    throw invalid([
      { path: 'address', message: kind === 'email' ? 'is not an e-mail address' : 'is not an http(s) URL' },
    ]);
}

const protocolOf = (address: string): string => (URL.canParse(address) ? new URL(address).protocol : '');

const list = (deps: Deps) =>
  route({
    method: 'get',
    path: '/v1/subscriptions',
    id: 'listSubscriptions',
    summary: 'Who is told',
    tag: 'events',
    auth: 'token',
    answers: {
      200: {
        description: 'The oldest first.',
        schema: z.object({ subscriptions: z.array(View) }).meta({ id: 'SubscriptionList' }),
        example: { subscriptions: [subscriptionExample] },
      },
    },
    errors: ['dependency_unavailable'],
    handle: async ({ principal }) => {
      const all = await listSubscriptions(deps.database, principal.tenant);
      return { status: 200, body: { subscriptions: all.map(viewOf) } };
    },
  });

const unsubscribe = (deps: Deps) =>
  route({
    method: 'delete',
    path: '/v1/subscriptions/{subscription_id}',
    id: 'unsubscribe',
    summary: 'Be told no longer',
    tag: 'events',
    auth: 'token',
    role: 'admin',
    params: Params,
    answers: { 204: { description: 'Nobody is told there from now on.' } },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal, params }) => {
      if (!(await removeSubscription(deps.database, principal.tenant, params.subscription_id)))
        throw unknown();
      return { status: 204 };
    },
  });

const deliveries = (deps: Deps) =>
  route({
    method: 'get',
    path: '/v1/subscriptions/{subscription_id}/deliveries',
    id: 'listDeliveries',
    summary: 'What a subscriber was told, and what became of it',
    tag: 'events',
    auth: 'token',
    params: Params,
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(500).default(50),
      cursor: z.string().max(200).optional(),
    }),
    answers: {
      200: {
        description: 'The newest first. `attempt` counts the times that it was asked for again.',
        schema: z
          .object({ deliveries: z.array(EventDeliveryView), next_cursor: z.string().nullable() })
          .meta({ id: 'EventDeliveryList' }),
        example: { deliveries: [deliveryExample], next_cursor: null },
      },
    },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal: { tenant }, params, query: { cursor, limit } }) => {
      const { subscription_id: subscriptionId } = params;
      if ((await findSubscription(deps.database, tenant, subscriptionId)) === undefined) throw unknown();
      const before = cursor === undefined ? undefined : decodeCursor(cursor, Place);
      const page = await listDeliveries(deps.database, tenant, { subscriptionId, before, limit });
      return {
        status: 200,
        body: {
          deliveries: page.deliveries.map(deliveryView),
          next_cursor: page.next === undefined ? null : encodeCursor(page.next.toString()),
        },
      };
    },
  });

const replay = (deps: Deps) =>
  route({
    method: 'post',
    path: '/v1/subscriptions/{subscription_id}/replay',
    id: 'replayEvent',
    summary: 'Tell a subscriber of an event again',
    tag: 'events',
    auth: 'token',
    role: 'admin',
    params: Params,
    body: {
      schema: z.strictObject({ event_id: z.string().regex(/^\d{1,18}$/) }).meta({ id: 'ReplayRequest' }),
      examples: { again: { event_id: '4711' } },
    },
    answers: {
      202: {
        description: 'It is being told; the deliveries of the subscription will show it.',
        schema: z.object({ event_id: z.string(), attempt: z.number().int() }).meta({ id: 'Replay' }),
        example: { event_id: '4711', attempt: 1 },
        headers: z.object({ Location: z.string().meta({ description: 'Where its deliveries are listed.' }) }),
      },
    },
    errors: ['invalid_request', 'not_found', 'dependency_unavailable'],
    handle: async ({ principal: { tenant }, params: { subscription_id: id }, body }) => {
      const eventId = BigInt(body.event_id);
      const [event, subscription] = await Promise.all([
        findEvent(deps.database, tenant, eventId),
        findSubscription(deps.database, tenant, id),
      ]);
      if (subscription === undefined) throw unknown();
      if (event === undefined) throw new CertusError('not_found', 'there is no such event');
      const round = (await lastRound(deps.database, tenant, { subscriptionId: id, eventId })) + 1;
      await startReplay(deps.temporal, { tenant, eventId: body.event_id, subscriptionId: id, round });
      return {
        status: 202,
        headers: { Location: `/v1/subscriptions/${id}/deliveries` },
        body: { event_id: body.event_id, attempt: round },
      };
    },
  });

const unknown = () => new CertusError('not_found', 'there is no such subscription');

const viewOf = ({
  id,
  kind,
  address,
  events,
  createdBy,
  createdAt,
}: SubscriptionRecord): SubscriptionView => ({
  subscription_id: id,
  kind,
  address: shownAddress(kind, address),
  events: [...events],
  created_by: createdBy,
  created_at: createdAt.toISOString(),
});

const deliveryView = ({
  eventId,
  type,
  round,
  outcome,
  detail,
  at,
}: EventDeliveryRecord): EventDeliveryView => ({
  event_id: eventId.toString(),
  type,
  attempt: round,
  outcome,
  detail,
  at: at.toISOString(),
});
