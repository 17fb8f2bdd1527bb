// needs: postgres
import 'reflect-metadata';
import { createPublicKey, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { generateKey } from '../../../activities/sign/generate-key.ts';
import { admitTenantKey } from '../../../activities/trust/keys/admit-tenant-key.ts';
import { createKeyCareActivities } from '../../../activities/trust/keys/check-key-expiry.ts';
import type { Environment } from '../../../contracts/keys.ts';
import { PREDICATE, STATEMENT_TYPE } from '../../../contracts/statements.ts';
import { openStatement } from '../../../domain/custody/open-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { openKeySet, tenantKeySet } from '../../../domain/custody/tenant-key-set.ts';
import { newestKeySet } from '../../../services/database/key-sets.ts';
import { certificate, type Made, type Wanted } from '../../unit/keys/certificates.ts';
import { newTenant, openRegistry, type Registry } from './registry.ts';
import { ComplianceStatement } from './statement.ts';

let tenant: string;
let registry: Registry;
beforeEach(async () => {
  tenant = newTenant();
  registry = await openRegistry(tenant);
});
afterEach(() => registry.stop());

const DAY = 24 * 3_600_000;
const anOrder = () => `order_${randomBytes(16).toString('hex')}`;
const fromNow = (days: number) => new Date(Date.now() + days * DAY);
const current = (wanted: Wanted = {}): Promise<Made> =>
  certificate({ from: fromNow(-1), until: fromNow(90), ...wanted });

const upload = (made: Made, environment: Environment = 'production') =>
  registry.ask('POST', '/v1/keys', { environment, certificate_pem: made.pem, private_key_pem: made.keyPem });
const generate = (environment: Environment = 'production', algorithm = 'ecdsa-p256') =>
  registry.ask('POST', '/v1/keys/generate', { environment, algorithm });
const keys = async (query = '') => (await registry.ask('GET', `/v1/keys${query}`)).json.keys;
const events = async (type: string): Promise<string[]> =>
  (await registry.ask('GET', `/v1/trust/events?type=${type}`)).json.events.map(
    ({ about }: { about: string }) => about,
  );

/** What a scan would sign, at a time. */
async function signed(at = new Date(), environment?: Environment): Promise<Uint8Array> {
  const statement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: 'x', digest: { sha256: '0'.repeat(64) } }],
    predicateType: PREDICATE.complianceSample,
    predicate: { at: at.toISOString() },
  };
  return sealStatement(statement, await registry.signers.forTenant(tenant, environment));
}

/** Who is believed to have signed it, by everything that is known now; or why nobody is. */
async function signerOf(bytes: Uint8Array): Promise<string> {
  const keySet = tenantKeySet(registry.platform, await newestKeySet(registry.database, tenant), tenant);
  const expected = { schema: ComplianceStatement, role: 'evidence', tenant, keySet } as const;
  try {
    return openStatement(bytes, { ...expected, madeAt: ({ predicate }) => predicate.at }).key.id;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('a key that is made', () => {
  test.each(['ecdsa-p256', 'ecdsa-p384', 'ed25519', 'rsa-3072'])(
    'signs from then on (%s)',
    async (algorithm) => {
      expect(await signerOf(await signed())).toBe(registry.pinned.keyId);
      const made = await generate('production', algorithm);
      expect(made).toMatchObject({ status: 201, json: { status: 'active', origin: 'generated', algorithm } });
      expect(made.headers.get('location')).toBe(`/v1/keys/${made.json.id}`);
      expect((await registry.signers.forTenant(tenant)).keyId).toBe(made.json.id);
      expect(await signerOf(await signed())).toBe(made.json.id);
    },
  );

  test('takes the place of the one before, which verifies what it signed while it was valid', async () => {
    const first = (await generate()).json.id;
    const before = await signed();
    const rotated = await registry.ask('POST', '/v1/keys/rotate', {});
    const second = rotated.json.id;
    expect(await signerOf(before)).toBe(first);
    expect(await signerOf(await signed())).toBe(second);
    expect(await registry.ask('GET', `/v1/keys/${first}`)).toMatchObject({
      json: { status: 'inactive', deactivated_at: expect.any(String) },
    });
    expect(await events('key_deactivated')).toEqual(expect.arrayContaining([first, registry.pinned.keyId]));
  });

  test('signs what ended just before it was made: it took the place of another in the middle of a run', async () => {
    const ended = new Date();
    await generate();
    expect(await signerOf(await signed(ended))).toBe((await keys('?status=active'))[0].id);
    expect(await signerOf(await signed(fromNow(-5)))).toBe('key_not_valid_then');
  });

  test('is of its environment alone', async () => {
    const sandbox = (await generate('sandbox')).json.id;
    expect((await registry.signers.forTenant(tenant, 'sandbox')).keyId).toBe(sandbox);
    expect((await registry.signers.forTenant(tenant)).keyId).toBe(registry.pinned.keyId);
    expect((await keys('?environment=sandbox')).map(({ id }: { id: string }) => id)).toEqual([sandbox]);
  });

  test('is made once for an order, and is of that order', async () => {
    const deps = { sealedKeys: registry.sealedKeys, keyEncryption: undefined };
    const order = {
      tenant,
      orderId: anOrder(),
      environment: 'sandbox',
    } as const;
    await expect(generateKey(deps, { ...order, algorithm: 'ed25519' })).rejects.toMatchObject({
      code: 'key_unusable',
    });
    const id = (await generate()).json.id;
    const row = await registry.database.client.signingKey.findFirstOrThrow({ where: { tenant, id } });
    const again = { tenant, orderId: row.orderId, environment: 'production' } as const;
    const encryption = { id: 'x', formerIds: [], wrap: fail, unwrap: fail };
    const making = { sealedKeys: registry.sealedKeys, keyEncryption: encryption };
    expect((await generateKey(making, { ...again, algorithm: 'ecdsa-p256' })).key_id).toBe(id);
    await expect(generateKey(making, { ...again, algorithm: 'ed25519' })).rejects.toMatchObject({
      code: 'key_mismatch',
    });
  });
});

describe('a key that is brought', () => {
  test('signs from then on, and its certificate goes with it', async () => {
    const until = new Date(Math.ceil(fromNow(90).getTime() / 1000) * 1000); // certificates know no less than a second
    const answer = await upload(await current({ until }));
    expect(answer).toMatchObject({ status: 201, json: { origin: 'uploaded', holder: 'certus' } });
    expect((await registry.signers.forTenant(tenant)).certificatePem).toBe(answer.json.certificate_pem);
    expect(await signerOf(await signed())).toBe(answer.json.id);
    expect(answer.json.not_after).toBe(until.toISOString());
  });

  test('twice at once leaves one that signs', async () => {
    const made = await Promise.all([current(), current(), current()]);
    const answers = await Promise.all(made.map((key) => upload(key)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const active = (await keys('?status=active')) as { id: string }[];
    expect(active.map(({ id }) => id)).toEqual([(await registry.signers.forTenant(tenant)).keyId]);
    expect(await signerOf(await signed())).toBe(active[0]?.id);
    const listed = openKeySet(registry.platform, (await newestKeySet(registry.database, tenant))!, tenant);
    expect(listed.predicate.version).toBe(3);
    expect(
      listed.predicate.keys.filter((key) => Date.parse(key.valid_until ?? '9999') > Date.now()),
    ).toHaveLength(1);
  });

  test('is brought once', async () => {
    const made = await current();
    const first = await upload(made);
    expect((await upload(made)).json.code).toBe('key_in_use');
    expect((await upload(made, 'sandbox')).json.code).toBe('key_in_use');
    expect(await signerOf(await signed())).toBe(first.json.id);
    await registry.ask('POST', `/v1/keys/${first.json.id}/revoke`, {});
    expect((await upload(made)).json.code).toBe('key_revoked');
  });

  test('that does not fit is refused, and changes nothing', async () => {
    const [made, other] = [await current(), await current()];
    expect((await upload({ ...made, keyPem: other.keyPem })).json.code).toBe('key_mismatch');
    expect((await upload(await current({ until: fromNow(-0.5) }))).json.code).toBe('certificate_expired');
    expect((await upload(await current({ from: fromNow(1) }))).json.code).toBe('certificate_not_yet_valid');
    expect(await keys()).toHaveLength(1);
    expect(await newestKeySet(registry.database, tenant)).toBeUndefined();
    expect((await registry.signers.forTenant(tenant)).keyId).toBe(registry.pinned.keyId);
  });

  test('whose certificate has ended meanwhile signs nothing more', async () => {
    await upload(await current());
    registry.clock = fromNow(91);
    await expect(registry.signers.forTenant(tenant)).rejects.toMatchObject({ code: 'certificate_expired' });
  });

  test('is looked at again by Trust, whoever ordered', async () => {
    const [made, other] = [await current(), await current()];
    const key = {
      tenant,
      orderId: anOrder(),
      environment: 'production',
      publicKeyPem: pemOf(made),
      holder: 'certus',
      origin: 'uploaded',
    } as const;
    await expect(admitTenantKey(registry.trust, { ...key, certificatePem: other.pem })).rejects.toMatchObject(
      {
        code: 'key_mismatch',
      },
    );
    registry.clock = fromNow(91);
    await expect(admitTenantKey(registry.trust, { ...key, certificatePem: made.pem })).rejects.toMatchObject({
      code: 'certificate_expired',
    });
  });
});

describe('a private key', () => {
  test('is in no answer, no log, no table and no object', async () => {
    const made = await current();
    await upload(made);
    await registry.ask('POST', '/v1/keys', {
      certificate_pem: made.pem,
      private_key_pem: made.keyPem,
      more: 1,
    });
    await registry.ask('POST', '/v1/keys', `{"private_key_pem": ${JSON.stringify(made.keyPem)}, oops`);
    await registry.ask('POST', '/v1/keys', { certificate_pem: 'x', private_key_pem: made.keyPem });
    await generate();
    const said = [registry.said()];
    for (const path of ['/v1/keys', '/v1/keys/export', '/v1/trust/events'])
      said.push((await registry.ask('GET', path)).text);
    const { client } = registry.database;
    for (const rows of [
      await client.signingKey.findMany({ where: { tenant } }),
      (await client.order.findMany({ where: { tenant } })).map(({ statement }) =>
        Buffer.from(statement).toString(),
      ),
      (await client.trustEvent.findMany({ where: { tenant } })).map(({ data }) => data),
    ])
      said.push(JSON.stringify(rows));
    for await (const { key } of registry.sealedKeys.list(''))
      said.push(Buffer.from(await registry.sealedKeys.read(key, 1e6)).toString());
    const secret = made.keyPem.split('\n').filter((line) => !line.startsWith('-') && line !== '');
    const scalar = made.privateKey.export({ format: 'jwk' }).d ?? '';
    expect(scalar).toHaveLength(43);
    for (const text of said)
      for (const part of [...secret.map((line) => line.slice(20)).filter((line) => line.length > 10), scalar])
        expect(text).not.toContain(part);
  });
});

describe('a key that ends', () => {
  test('signs nothing more once it is deactivated, and nothing takes its place', async () => {
    const id = (await generate()).json.id;
    const before = await signed();
    expect(await registry.ask('POST', `/v1/keys/${id}/deactivate`)).toMatchObject({
      status: 200,
      json: { status: 'inactive' },
    });
    await expect(registry.signers.forTenant(tenant)).rejects.toMatchObject({ code: 'no_signing_key' });
    expect(await signerOf(before)).toBe(id);
  });

  test('is not believed at all, or since a time, once it is revoked', async () => {
    const id = (await generate()).json.id;
    const [early, late] = [await signed(fromNow(-2)), await signed()];
    const since = fromNow(-1).toISOString();
    const revoke = (body: object) => registry.ask('POST', `/v1/keys/${id}/revoke`, body);
    expect(await revoke({ reason: 'key_compromise', invalid_since: since })).toMatchObject({
      status: 200,
      json: { status: 'revoked', revoked: { reason: 'key_compromise', invalid_since: since } },
    });
    expect([await signerOf(early), await signerOf(late)]).toEqual([id, 'key_revoked']);
    await expect(registry.signers.forTenant(tenant)).rejects.toMatchObject({ code: 'no_signing_key' });
    // only further back
    expect((await revoke({ invalid_since: fromNow(-0.5).toISOString() })).json.code).toBe('key_revoked');
    expect((await revoke({ invalid_since: null })).status).toBe(200);
    expect(await signerOf(early)).toBe('key_revoked');
    expect((await revoke({ invalid_since: since })).json.code).toBe('key_revoked');
    expect((await registry.ask('POST', `/v1/keys/${id}/deactivate`)).json.code).toBe('key_revoked');
  });

  test('does not end before it was told', async () => {
    const id = (await generate()).json.id;
    const answer = await registry.ask('POST', `/v1/keys/${id}/revoke`, {
      invalid_since: fromNow(1).toISOString(),
    });
    expect(answer.json.code).toBe('invalid_request');
  });

  test('may be the one in the file of the installation', async () => {
    const id = registry.pinned.keyId;
    const before = await signed();
    expect(await keys()).toMatchObject([{ id, origin: 'file', status: 'active' }]);
    const answer = await registry.ask('POST', `/v1/keys/${id}/revoke`, { reason: 'key_compromise' });
    expect(answer).toMatchObject({ status: 200, json: { origin: 'file', status: 'revoked' } });
    expect(await signerOf(before)).toBe('key_revoked');
    await expect(registry.signers.forTenant(tenant)).rejects.toMatchObject({ code: 'no_signing_key' });
    expect(await keys()).toHaveLength(1);
  });

  test('is one of the tenant, and no key of the platform', async () => {
    const id = (await generate()).json.id;
    const other = newTenant();
    expect((await registry.ask('GET', `/v1/keys/${id}`, undefined, other)).json.code).toBe('key_not_found');
    expect((await registry.ask('POST', `/v1/keys/${id}/revoke`, {}, other)).json.code).toBe('key_not_found');
    const permit = registry.platform.keys.find(({ role }) => role === 'permit')?.id;
    expect((await registry.ask('POST', `/v1/keys/${permit}/revoke`, {})).json.code).toBe('key_not_found');
    expect(await signerOf(await signed())).toBe(id);
  });
});

describe('keys that a tenant holds itself', () => {
  const enrol = async (orderId: string, publicKeyPem: string, certificatePem: string) =>
    admitTenantKey(registry.trust, {
      tenant,
      orderId,
      environment: 'production',
      publicKeyPem,
      certificatePem,
      holder: 'tenant',
      origin: 'enrolled',
    });

  test('may be many, and Certus signs with none of them', async () => {
    for (const order of [anOrder(), anOrder()]) {
      const made = await current();
      await enrol(order, pemOf(made), made.pem);
    }
    expect((await keys('?status=active')).map(({ holder }: { holder: string }) => holder).sort()).toEqual([
      'certus',
      'tenant',
      'tenant',
    ]);
    expect((await registry.signers.forTenant(tenant)).keyId).toBe(registry.pinned.keyId);
  });
});

describe('an order', () => {
  test('that is carried out twice is done once, and completed when the log was away', async () => {
    registry.logFails = true;
    const made = await current();
    expect((await upload(made)).status).toBe(500);
    registry.logFails = false;
    const { id: orderId } = await registry.database.client.order.findFirstOrThrow({ where: { tenant } });
    const outcome = await registry.carry(orderId);
    expect(outcome).toMatchObject({ state: 'done', result: { key_set_version: 1 } });
    await registry.database.client.order.updateMany({
      where: { tenant },
      data: { carriedOutAt: null, outcome: {} },
    });
    expect((await keys('?status=active')).length).toBe(1);
    expect(registry.log.filter(({ kind }) => kind === 'key_set')).toHaveLength(1);
  });

  test('that died between the table and the log is completed by the next try', async () => {
    const made = await current();
    const key = {
      tenant,
      orderId: anOrder(),
      environment: 'production',
      publicKeyPem: pemOf(made),
      certificatePem: made.pem,
      holder: 'certus',
      origin: 'uploaded',
    } as const;
    registry.logFails = true;
    await expect(admitTenantKey(registry.trust, key)).rejects.toThrow('the log is away');
    expect(await keys('?status=active')).toHaveLength(1);
    registry.logFails = false;
    await generate();
    const first = await admitTenantKey(registry.trust, key);
    expect(await admitTenantKey(registry.trust, key)).toEqual(first);
    const versions = registry.log.filter(({ kind }) => kind === 'key_set').map(({ name }) => name);
    expect(versions.sort()).toEqual(['1', '2']);
    expect(await events('key_uploaded')).toHaveLength(1);
  });

  test('that Trust cannot take now goes on without whoever gave it', async () => {
    registry.trustAway = true;
    const answer = await generate();
    expect(answer).toMatchObject({ status: 202, json: { state: 'pending' } });
    expect(answer.headers.get('location')).toBe(`/v1/orders/${answer.json.order_id}`);
  });
});

describe('who can write into the database', () => {
  test('gets no key of theirs onto the list', async () => {
    const theirs = await current();
    await registry.database.client.signingKey.create({
      data: {
        tenant,
        id: 'f'.repeat(32),
        environment: 'production',
        status: 'active',
        holder: 'tenant',
        origin: 'enrolled',
        algorithm: 'ecdsa-p256',
        publicKey: pemOf(theirs),
        createdAt: new Date(),
        orderId: anOrder(),
      },
    });
    await generate();
    const listed = openKeySet(registry.platform, (await newestKeySet(registry.database, tenant))!, tenant);
    expect(listed.predicate.keys.map(({ public_key_pem }) => public_key_pem)).not.toContain(pemOf(theirs));
  });

  test('cannot have Trust go on from a list that it did not sign, or from an old one', async () => {
    await generate();
    const old = (await newestKeySet(registry.database, tenant))!;
    const { client } = registry.database;
    const forge = (statement: Uint8Array) =>
      client.keySetVersion.create({
        data: { tenant, version: 9, statement: new Uint8Array(statement), digest: 'x', issuedAt: new Date() },
      });
    await forge(old);
    expect((await generate()).json.code).toBe('signature_invalid');
    await client.keySetVersion.deleteMany({ where: { tenant, version: 9 } });
    const changed = Buffer.from(old);
    changed[changed.length - 40] = (changed[changed.length - 40] ?? 0) ^ 1;
    await forge(changed);
    expect((await generate()).json.code).toBe('signature_invalid');
    await client.keySetVersion.deleteMany({ where: { tenant, version: 9 } });
    expect((await generate()).status).toBe(201);
  });

  test('cannot give one tenant the sealed key of another', async () => {
    const id = (await generate()).json.id;
    const other = newTenant();
    const stolen = await registry.sealedKeys.read(`${tenant}/production/${id}.sealed.json`, 1e6);
    await registry.sealedKeys.put(`${other}/production/${id}.sealed.json`, stolen, { contentType: 'x/y' });
    const row = await registry.database.client.signingKey.findFirstOrThrow({ where: { tenant, id } });
    await registry.database.client.signingKey.create({ data: { ...row, tenant: other } });
    await expect(registry.signers.forTenant(other)).rejects.toMatchObject({ code: 'key_unusable' });
    await expect(registry.signers.forTenant(newTenant())).rejects.toMatchObject({ code: 'no_signing_key' });
  });
});

describe('what is told', () => {
  test('comes page by page, the newest first', async () => {
    await generate();
    await generate();
    const all = (await registry.ask('GET', '/v1/trust/events')).json.events;
    expect(all.map(({ type }: { type: string }) => type)).toEqual([
      'key_generated',
      'key_deactivated',
      'key_generated',
      'key_deactivated',
    ]);
    const paged: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = (await registry.ask('GET', `/v1/trust/events?limit=3${more}`)).json;
      paged.push(...page.events);
      cursor = page.next_cursor;
    }
    expect(paged).toEqual(all);
    expect((await registry.ask('GET', '/v1/trust/events?cursor=abc')).json.code).toBe('invalid_request');
    expect((await registry.ask('GET', '/v1/trust/events', undefined, newTenant())).json.events).toEqual([]);
  });

  test('are the ends of certificates, 30, 7 and 1 day before, each once', async () => {
    const { json } = await upload(await current({ until: fromNow(20) }));
    const care = createKeyCareActivities(registry.trust);
    const start = Date.now();
    const told = async (days: number) => {
      const all = await care.checkKeyExpiry(new Date(start + days * DAY).toISOString());
      return all.filter((key) => key.tenant === tenant);
    };
    expect(await told(0)).toMatchObject([{ keyId: json.id, days: 30 }]);
    expect(await told(0)).toMatchObject([{ keyId: json.id, days: 30 }]); // the same run, tried again
    expect(await told(1)).toEqual([]);
    expect(await told(14)).toMatchObject([{ days: 7 }]);
    expect(await told(15)).toEqual([]);
    expect(await told(19.5)).toMatchObject([{ days: 1 }]);
    expect(await told(21)).toEqual([]);
    expect(await events('key_expiring')).toEqual([json.id, json.id, json.id]);
  });
});

describe('the exported keys', () => {
  test('are all that offline verification needs', async () => {
    const id = (await generate()).json.id;
    const bytes = await signed();
    const { json: keySet } = await registry.ask('GET', '/v1/keys/export');
    const { key } = openStatement(bytes, {
      schema: ComplianceStatement,
      role: 'evidence',
      tenant,
      keySet,
      madeAt: ({ predicate }) => predicate.at,
    });
    expect(key.id).toBe(id);
    expect(keySet.keys.map(({ role }: { role: string }) => role).sort()).toEqual([
      'evidence',
      'evidence',
      'operator',
      'permit',
    ]);
  });
});

const fail = async (): Promise<never> => {
  throw new Error('nothing is sealed here');
};
const pemOf = ({ privateKey }: Made): string =>
  createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
