// needs: postgres
import 'reflect-metadata';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { tenantKeySet } from '../../../domain/custody/tenant-key-set.ts';
import { newestKeySet } from '../../../services/database/key-sets.ts';
import { recordTrustEvent } from '../../../services/database/trust-events.ts';
import { newTenant, openRegistry, type Registry } from './registry.ts';

let tenant: string;
let registry: Registry;
beforeEach(async () => {
  tenant = newTenant();
  registry = await openRegistry(tenant);
});
afterEach(() => registry.stop());

/** A key, and the order to revoke it, which Trust has not carried out yet. */
async function ordered(): Promise<{ keyId: string; orderId: string }> {
  const { json } = await registry.ask('POST', '/v1/keys/generate', {});
  registry.trustAway = true;
  const given = await registry.ask('POST', `/v1/keys/${json.id}/revoke`, { reason: 'key_compromise' });
  registry.trustAway = false;
  return { keyId: json.id, orderId: given.json.order_id };
}
const isRevoked = async (id: string): Promise<boolean> => {
  const { keys } = tenantKeySet(registry.platform, await newestKeySet(registry.database, tenant), tenant);
  return keys.find((key) => key.id === id)?.revoked !== undefined;
};

test('an order that a row calls done is carried out all the same', async () => {
  const { keyId, orderId } = await ordered();
  await registry.database.client.order.update({
    where: { tenant_id: { tenant, id: orderId } },
    data: { outcome: { state: 'done', result: { key_id: keyId } }, carriedOutAt: new Date() },
  });
  expect(await registry.carry(orderId)).toMatchObject({ state: 'done', result: { key_id: keyId } });
  expect(await isRevoked(keyId)).toBe(true);
});

test('an order of which somebody else has told that it was carried out is not called done', async () => {
  const { keyId, orderId } = await ordered();
  const data = { result: { key_id: keyId, revoked_at: new Date().toISOString() }, key_set_version: 1 };
  await recordTrustEvent(registry.database, {
    tenant,
    type: 'key_revoked',
    about: keyId,
    data,
    once: orderId,
    at: new Date(),
  });
  expect(await registry.carry(orderId)).toMatchObject({ state: 'refused', code: 'order_invalid' });
});

test('an order that was carried out answers the same again, also when its time is over', async () => {
  const { keyId, orderId } = await ordered();
  const first = await registry.carry(orderId);
  expect(await registry.carry(orderId)).toEqual(first);
  registry.clock = new Date(Date.now() + 48 * 3_600_000);
  expect(await registry.carry(orderId)).toEqual(first);
  expect(await isRevoked(keyId)).toBe(true);
});

test.each([
  ['key_unusable', 'key_unusable'],
  ['internal_error', 'key_unusable'],
  ['never heard of', 'key_unusable'],
  ['key_mismatch', 'key_mismatch'],
])(
  'an order for a key that could not be made (%s) ends refused, and is not tried for ever',
  async (code, told) => {
    registry.trustAway = true;
    const { json } = await registry.ask('POST', '/v1/keys/generate', {});
    registry.trustAway = false;
    const failed = { code, message: 'no encryption' };
    const refused = { state: 'refused', code: told, message: 'no encryption' };
    expect(await registry.carry(json.order_id, { failed })).toMatchObject(refused);
    expect(await registry.ask('GET', '/v1/keys?status=active')).toMatchObject({
      json: { keys: [{ origin: 'file' }] },
    });
  },
);
