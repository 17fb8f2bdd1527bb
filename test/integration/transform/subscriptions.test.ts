// needs: postgres, temporal
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { recordTrustEvent } from '../../../services/database/trust-events.ts';
import { type Api, startApi } from '../api-harness.ts';

const MEMBER = 'm'.repeat(40);
let api: Api;

beforeAll(async () => {
  const token_sha256 = createHash('sha256').update(MEMBER).digest('hex');
  api = await startApi({ tokens: [{ subject: 'member', tenant: 'default', roles: [], token_sha256 }] });
});
afterAll(() => api?.stop());

describe('a subscription', () => {
  test('is made, shown without its secret, and removed', async () => {
    const address = 'https://hooks.example.org/T0/B0/very-secret';
    const made = await api.ask('/v1/subscriptions', {
      method: 'POST',
      body: { address, events: ['golden_drift'] },
    });
    expect([made.status, made.json.address]).toEqual([201, 'https://hooks.example.org/…']);
    const list = await api.ask('/v1/subscriptions');
    expect(list.text).not.toContain('very-secret');
    expect(api.log()).not.toContain('very-secret');
    const path = `/v1/subscriptions/${made.json.subscription_id}`;
    expect((await api.ask(path, { method: 'DELETE' })).status).toBe(204);
    expect((await api.ask(path, { method: 'DELETE' })).status).toBe(404);
  });

  test.each([
    [{ address: 'ftp://example.org/x' }],
    [{ address: 'not a url' }],
    [{ kind: 'email', address: 'two@example.org, one@example.org' }],
    [{ address: 'https://example.org', events: ['everything'] }],
  ])('is refused: %j', async (body) => {
    expect((await api.ask('/v1/subscriptions', { method: 'POST', body })).status).toBe(422);
  });

  test('takes an administrator', async () => {
    const asked = { method: 'POST', body: { address: 'https://example.org/' }, token: MEMBER };
    const refused = await api.ask('/v1/subscriptions', asked);
    expect([refused.status, refused.json.code]).toEqual([403, 'forbidden']);
    expect((await api.ask('/v1/subscriptions', { token: MEMBER })).status).toBe(200);
  });
});

test('what happened is listed, and told again under a number of its own', async () => {
  const about = `review_${'a'.repeat(32)}`;
  const once = `test/${process.hrtime.bigint()}`;
  const base = { tenant: 'default', type: 'document_rejected', about, data: {}, once, at: new Date() };
  await recordTrustEvent(api.deps.database, base);
  const { json: body } = await api.ask(`/v1/events?about=${about}&limit=1`);
  expect(body.events[0]).toMatchObject({ type: 'document_rejected', about });
  const hook = await api.ask('/v1/subscriptions', {
    method: 'POST',
    body: { address: 'https://h.example/' },
  });
  const path = `/v1/subscriptions/${hook.json.subscription_id}`;
  const replayed = await api.ask(`${path}/replay`, { method: 'POST', body: { event_id: body.events[0].id } });
  expect([replayed.status, replayed.json.attempt]).toEqual([202, 1]);
  expect((await api.ask(`${path}/replay`, { method: 'POST', body: { event_id: '999999999' } })).status).toBe(
    404,
  );
  expect((await api.ask(`${path}/deliveries`)).json.deliveries).toEqual([]);
});

test('the statistics are counted, in both languages', async () => {
  const { json: body, status } = await api.ask('/health/stats');
  expect([status, body.total_uploads]).toEqual([200, body.successful_uploads + body.failed_uploads]);
  const metrics = await api.ask('/metrics');
  expect([metrics.status, metrics.text]).toEqual([200, expect.stringContaining('certus_privacy_scans ')]);
  expect((await api.ask('/metrics', { token: MEMBER })).status).toBe(403);
});
