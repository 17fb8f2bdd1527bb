import { z } from 'zod';
import { TrustEventList } from '../../contracts/key-registry.ts';
import { EventDeliveryView, SubscriptionView } from '../../contracts/platform-event.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { query } from '../query.ts';

type Filter = { readonly type?: string; readonly about?: string; readonly limit: string };

export async function listEvents(
  { api, output }: Context,
  { type, about, limit }: Filter,
): Promise<ExitCode> {
  const list = await api().get(`/v1/events${query({ type, about, limit })}`, TrustEventList);
  output.result(list, () =>
    output.table(
      ['ID', 'AT', 'TYPE', 'ABOUT'],
      list.events.map((event) => [event.id, event.at, event.type, event.about]),
    ),
  );
  return EXIT.ok;
}

const COLUMNS = ['ID', 'KIND', 'ADDRESS', 'EVENTS', 'SINCE'];

const row = ({ subscription_id, kind, address, events, created_at }: SubscriptionView): string[] => [
  subscription_id,
  kind,
  address,
  events.length === 0 ? 'all' : events.join(', '),
  created_at,
];

export async function listSubscriptions({ api, output }: Context): Promise<ExitCode> {
  const list = await api().get('/v1/subscriptions', z.object({ subscriptions: z.array(SubscriptionView) }));
  output.result(list, () => output.table(COLUMNS, list.subscriptions.map(row)));
  return EXIT.ok;
}

export async function addSubscription(
  { api, output }: Context,
  address: string,
  { kind, events = [] }: { readonly kind: string; readonly events?: readonly string[] },
): Promise<ExitCode> {
  const made = await api().post('/v1/subscriptions', { kind, address, events }, SubscriptionView);
  output.result(made, () => output.table(COLUMNS, [row(made)]));
  return EXIT.ok;
}

const pathOf = (id: string): string => `/v1/subscriptions/${encodeURIComponent(id)}`;

export async function removeSubscription({ api, output }: Context, id: string): Promise<ExitCode> {
  await api().remove(pathOf(id));
  output.result({ removed: true }, () => output.line(`${id} is told no longer`));
  return EXIT.ok;
}

export async function showDeliveries({ api, output }: Context, id: string): Promise<ExitCode> {
  const list = await api().get(
    `${pathOf(id)}/deliveries`,
    z.object({ deliveries: z.array(EventDeliveryView) }),
  );
  output.result(list, () =>
    output.table(
      ['EVENT', 'TYPE', 'AT', 'ROUND', 'OUTCOME', 'DETAIL'],
      list.deliveries.map(({ event_id, type, at, attempt, outcome, detail }) => [
        event_id,
        type,
        at,
        String(attempt),
        outcome,
        detail ?? '-',
      ]),
    ),
  );
  return EXIT.ok;
}

export async function replayEvent({ api, output }: Context, id: string, event: string): Promise<ExitCode> {
  const told = await api().post(
    `${pathOf(id)}/replay`,
    { event_id: event },
    z.object({ event_id: z.string(), attempt: z.number() }),
  );
  output.result(told, () => output.line(`event ${told.event_id} is told again, round ${told.attempt}`));
  return EXIT.ok;
}
