// needs: postgres
import { createHmac, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createEventActivities,
  type EventActivities,
} from '../../../activities/events/create-event-activities.ts';
import type { NewPlatformEvent } from '../../../contracts/platform-event.ts';
import { type Database, openDatabase } from '../../../services/database/database.ts';
import { listDeliveries } from '../../../services/database/event-deliveries.ts';
import { addSubscription, removeSubscription } from '../../../services/database/subscriptions.ts';
import { httpServer } from '../../unit/fetch/http-server.ts';

const SECRET = Buffer.from('a secret of two sides');
const hex = () => randomBytes(12).toString('hex');

let database: Database;
let server: Awaited<ReturnType<typeof httpServer>>;
let status = 200;
let activities: EventActivities;

beforeAll(async () => {
  database = openDatabase(process.env.CERTUS_DATABASE_URL ?? '');
  server = await httpServer((_, response) => response.writeHead(status).end());
  activities = createEventActivities({
    database,
    secret: SECRET,
    mailer: undefined,
    allowedHosts: [`127.0.0.1:${server.port}`, '127.0.0.1'],
    now: () => new Date('2026-11-21T09:00:00Z'),
  });
});
afterAll(async () => {
  await server.close();
  await database.close();
});
afterEach(() => {
  status = 200;
  server.seen.length = 0;
});

const event = (tenant: string, more: Partial<NewPlatformEvent> = {}): NewPlatformEvent => ({
  tenant,
  type: 'document_quarantined',
  about: `review_${'1'.repeat(32)}`,
  data: { workspace_id: 'default', kinds: { EMAIL_ADDRESS: 3 } },
  once: `quarantined/${hex()}`,
  at: '2026-11-21T08:59:00.000Z',
  ...more,
});

async function subscriber(tenant: string, events: NewPlatformEvent['type'][] = []): Promise<string> {
  const id = `hook_${hex()}`;
  await addSubscription(database, tenant, {
    id,
    kind: 'webhook',
    address: `${server.url}/hook`,
    events,
    createdBy: 'local',
    createdAt: new Date(),
  });
  return id;
}

const tenant = () => `t-${hex()}`;

describe('what happened', () => {
  test('is put on record once, however often it is told', async () => {
    const mine = tenant();
    const what = event(mine);
    const first = await activities.recordPlatformEvent(what);
    expect(await activities.recordPlatformEvent({ ...what, data: { other: true } })).toEqual(first);
    expect(first.wanted).toBe(false);
    expect((await activities.recordPlatformEvent(event(mine))).eventId).not.toBe(first.eventId);
  });

  test('is told to whoever wants to know of it, in this tenant alone', async () => {
    const mine = tenant();
    const [all, some] = [await subscriber(mine), await subscriber(mine, ['document_quarantined'])];
    await subscriber(mine, ['golden_drift']);
    await subscriber(tenant());
    const { eventId, wanted } = await activities.recordPlatformEvent(event(mine));
    expect(wanted).toBe(true);
    const told = await activities.subscribersOf({ tenant: mine, eventId, round: 0 });
    expect(told.toSorted()).toEqual([all, some].toSorted());
  });
});

describe('a webhook', () => {
  test('is signed, knows itself again, and what became of it is on record', async () => {
    const mine = tenant();
    const subscriptionId = await subscriber(mine);
    const { eventId } = await activities.recordPlatformEvent(event(mine));
    const to = { tenant: mine, eventId, subscriptionId, round: 0 };
    await activities.deliverEvent(to);
    await activities.deliverEvent(to);
    await activities.deliverEvent({ ...to, round: 1 });

    const [first, second, replayed] = server.seen;
    const news = JSON.parse(first?.body ?? '');
    expect(news).toMatchObject({
      event: 'document_quarantined',
      event_id: eventId,
      data: { workspace_id: 'default' },
    });
    const [, seconds, mac] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(first?.headers['certus-signature'])) ?? [];
    expect(mac).toBe(createHmac('sha256', SECRET).update(`${seconds}.${first?.body}`).digest('hex'));
    expect(second?.headers['certus-delivery']).toBe(first?.headers['certus-delivery']);
    expect(replayed?.headers['certus-delivery']).not.toBe(first?.headers['certus-delivery']);

    const { deliveries } = await listDeliveries(database, mine, { subscriptionId, limit: 10 });
    expect(deliveries.map(({ outcome, round }) => [outcome, round])).toEqual([
      ['delivered', 1],
      ['delivered', 0],
      ['delivered', 0],
    ]);
  });

  test('that answers with an error is tried again, and one that refuses is not', async () => {
    const mine = tenant();
    const subscriptionId = await subscriber(mine);
    const { eventId } = await activities.recordPlatformEvent(event(mine));
    const to = { tenant: mine, eventId, subscriptionId, round: 0 };
    status = 503;
    await expect(activities.deliverEvent(to)).rejects.toMatchObject({ type: 'dependency_unavailable' });
    status = 410;
    await activities.deliverEvent(to);
    await activities.noteFailure(to, 'nobody answers');
    const { deliveries } = await listDeliveries(database, mine, { subscriptionId, limit: 10 });
    expect(deliveries.map(({ outcome, detail }) => [outcome, detail])).toEqual([
      ['failed', 'nobody answers'],
      ['refused', 'HTTP 410'],
    ]);
  });

  test('of who has unsubscribed meanwhile is not sent, and none of another tenant', async () => {
    const mine = tenant();
    const subscriptionId = await subscriber(mine);
    const { eventId } = await activities.recordPlatformEvent(event(mine));
    await activities.deliverEvent({ tenant: tenant(), eventId, subscriptionId, round: 0 });
    await removeSubscription(database, mine, subscriptionId);
    await activities.deliverEvent({ tenant: mine, eventId, subscriptionId, round: 0 });
    expect(server.seen).toEqual([]);
  });
});

test('mail that cannot be sent is told of, and a channel is told in words', async () => {
  const mine = tenant();
  const ids = await Promise.all(
    (['email', 'slack'] as const).map(async (kind) => {
      const id = `hook_${hex()}`;
      const address = kind === 'email' ? 'team@example.org' : `${server.url}/slack`;
      const base = { id, kind, address, events: [], createdBy: 'local', createdAt: new Date() };
      await addSubscription(database, mine, base);
      return id;
    }),
  );
  const { eventId } = await activities.recordPlatformEvent(event(mine, { about: 'review_<!channel>' }));
  for (const subscriptionId of ids)
    await activities.deliverEvent({ tenant: mine, eventId, subscriptionId, round: 0 });
  const of = async (id: string) =>
    (await listDeliveries(database, mine, { subscriptionId: id, limit: 1 })).deliveries[0]?.outcome;
  expect([await of(ids[0] ?? ''), await of(ids[1] ?? '')]).toEqual(['not_configured', 'delivered']);
  expect(JSON.parse(server.seen[0]?.body ?? '').text).toBe('document quarantined: review_&lt;!channel&gt;');
});
