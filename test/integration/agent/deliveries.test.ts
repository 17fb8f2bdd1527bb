// needs: postgres, temporal
import { rmSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Delivery } from '../../../contracts/delivery.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { deliveryOf, itemOf } from '../../unit/connectors/deliveries.ts';
import { certificate } from '../../unit/keys/certificates.ts';
import { temporaryFolder } from '../../unit/scan/sources.ts';
import { newTenant } from '../enrolment/trust-and-api.ts';
import { newAuthority } from './certificates.ts';
import { type Enrolled, type Receiving, startReceiving } from './receiving.ts';

const folder = temporaryFolder('deliveries');
const EMAIL = ['inna.keller', 'nordwind-versand.de'].join('@');
let here: Receiving;
let tenant: string;
let agent: Enrolled;
let api: Awaited<ReturnType<Receiving['apiFor']>>;
let source: string;

beforeAll(async () => {
  here = await startReceiving(folder);
  tenant = newTenant();
  agent = await here.enrol(tenant);
  api = await here.apiFor(tenant);
});
afterAll(async () => {
  await here?.stop();
  rmSync(folder, { recursive: true, force: true });
});
let number = 0;
beforeEach(() => {
  source = `docs-${++number}`;
});

const says = (key: string, text: string) =>
  itemOf(key, { drafts: [{ kind: 'document', key: 'text/1', title: key, text }] });
const ofSource = (changes: Partial<Delivery>): Delivery => deliveryOf({ source, ...changes });
const found = async (q: string, ask = api) => {
  const { json } = await ask(`/v1/search?workspace_id=web&limit=100&q=${encodeURIComponent(q)}`);
  return json.hits;
};
const ingestions = async () => {
  const { json } = await api('/v1/ingestions?workspace_id=web&limit=200');
  const ours = json.ingestions.filter(
    ({ source_location }: { source_location: string }) =>
      source_location === `agent:${agent.keyId}/${source}`,
  );
  return ours;
};
const refused = (status: number, code: string) => ({ status, json: expect.objectContaining({ code }) });

describe('a delivery', () => {
  test('is taken in, and found with an envelope that says from where', async () => {
    const delivery = ofSource({
      items: [says('docs/rates.md', `The crawler asks eight times in a second, says [PERSON] to ${EMAIL}.`)],
      labels: [],
      component: 'shop',
    });
    expect(await here.deliver(agent, delivery)).toEqual({
      status: 200,
      json: {
        delivery: sha256(JSON.stringify(delivery)),
        ingestion_id: expect.stringMatching(/^ing_/),
        ...{ state: 'done', failure: null },
      },
    });
    const [hit] = await found('crawler');
    expect(hit).toMatchObject({ kind: 'document', source: 'agent', title: 'docs/rates.md' });
    expect(hit.envelope).toMatchObject({
      ...{ tenant, workspace_id: 'web', source: 'agent', source_location: '/srv/share/docs/rates.md' },
      extra: {
        ...{ agent: agent.keyId, agent_source: source, agent_source_kind: 'folder' },
        ...{ site_sanitizer: '1.0.0', format: 'markdown' },
      },
    });
    expect(hit.text).toContain('says [PERSON] to [EMAIL_ADDRESS]');
    expect(JSON.stringify(hit)).not.toContain(EMAIL);
    expect(await ingestions()).toMatchObject([
      { state: 'done', done: 1, source: 'agent', requested_by: `agent/${agent.keyId}` },
    ]);
  });

  test('twice, at the same time, and again later, is one ingestion', async () => {
    const payload = JSON.stringify(ofSource({ items: [says('a.md', 'the heron stands alone')] }));
    // each with a signature of its own: what was signed is the same
    const told = await Promise.all([1, 2, 3, 4].map(() => here.post(agent, agent.bundle(payload))));
    expect(new Set(told.map(({ json }) => json.ingestion_id)).size).toBe(1);
    expect(told.every(({ status }) => status === 202 || status === 200)).toBe(true);
    await here.ended('web', told[0]?.json.ingestion_id);
    expect(await here.post(agent, agent.bundle(payload))).toMatchObject({
      ...{ status: 200, json: { state: 'done', ingestion_id: told[0]?.json.ingestion_id } },
    });
    expect(await found('heron')).toHaveLength(1);
    expect(await ingestions()).toMatchObject([{ done: 1 }]);
  });

  test('goes on where the platform broke off between its row and its run', async () => {
    const { temporal } = here.deps;
    const payload = JSON.stringify(ofSource({ items: [says('a.md', 'the stork comes back')] }));
    const real = temporal.workflow.start;
    temporal.workflow.start = (() => Promise.reject(new Error('the process ended here'))) as never;
    const broken = await here.post(agent, agent.bundle(payload)).finally(() => {
      temporal.workflow.start = real;
    });
    expect(broken.status).toBe(500);
    expect(await ingestions()).toMatchObject([{ state: 'running', done: 0 }]);
    // who comes after it has it go on, and waits
    const next = ofSource({ sequence: 2, items: [says('b.md', 'the swift comes later')] });
    expect(await here.post(agent, agent.bundle(next))).toEqual(refused(429, 'delivery_waits'));
    const [{ ingestion_id }] = await ingestions();
    await here.ended('web', ingestion_id);
    expect(await here.deliver(agent, next)).toMatchObject({ status: 200, json: { state: 'done' } });
    expect(await found('stork')).toHaveLength(1);
  });

  test('changes and takes away what those before it brought, and nothing else', async () => {
    await here.deliver(
      agent,
      ofSource({ items: [says('a.md', 'an otter'), says('b.md', 'a badger'), says('c.md', 'a lynx')] }),
    );
    await here.deliver(
      agent,
      ofSource({ sequence: 2, items: [says('a.md', 'a beaver')], gone: ['b.md', 'never-there.md'] }),
    );
    expect(await found('otter')).toEqual([]);
    expect(await found('badger')).toEqual([]);
    expect(await found('beaver')).toHaveLength(1);
    expect(await found('lynx')).toHaveLength(1);
    expect((await ingestions())[0]).toMatchObject({ done: 1, removed: 1 });
  });

  test('that comes late is refused, and so is another one under its number', async () => {
    await here.deliver(agent, ofSource({ sequence: 5, items: [says('a.md', 'the newest word')] }));
    for (const sequence of [4, 5]) {
      const late = ofSource({ sequence, items: [says('a.md', 'an older word')] });
      expect(await here.post(agent, agent.bundle(late))).toEqual(refused(409, 'delivery_out_of_order'));
    }
    expect(await found('newest')).toHaveLength(1);
    expect(await found('older')).toEqual([]);
    const other = deliveryOf({ source: `${source}-other`, sequence: 1, items: [] });
    expect((await here.deliver(agent, other)).status).toBe(200);
  });

  test('is one of several that come under one number at the same moment', async () => {
    const told = await Promise.all(
      ['ibis', 'teal', 'smew', 'rook'].map((bird) =>
        here.post(agent, agent.bundle(ofSource({ sequence: 1, items: [says('a.md', `a ${bird} alone`)] }))),
      ),
    );
    const taken = told.filter(({ status }) => status < 400);
    expect(taken).toHaveLength(1);
    expect(told.filter(({ status }) => status === 409)).toHaveLength(3);
    await here.ended('web', taken[0]?.json.ingestion_id);
    expect(await ingestions()).toHaveLength(1);
  });

  test('names what of it could not be read', async () => {
    const items = [
      itemOf('plan.pdf', { drafts: [], unread: [{ reason: 'encrypted', place: '' }] }),
      { ...says('mail.eml', 'a letter about gulls'), unread: [{ reason: 'too_large', place: EMAIL }] },
    ];
    const { json } = await here.deliver(agent, ofSource({ items }));
    expect(json.state).toBe('done');
    const { json: failed } = await api(`/v1/ingestions/${json.ingestion_id}/failed?workspace_id=web`);
    expect(failed.items).toMatchObject([
      { key: 'mail.eml', code: 'partly_read', message: 'too_large: [EMAIL_ADDRESS]' },
      { key: 'plan.pdf', code: 'encrypted' },
    ]);
    expect(await found('gulls')).toHaveLength(1);
  });

  test('is forgotten by its source, and found with a label only by who has it', async () => {
    const items = [says('a.md', 'the pelican is shy')];
    await here.deliver(agent, ofSource({ items, labels: ['forest'] }));
    const scope = { tenant, workspace: 'web' };
    const asked = { text: 'pelican', limit: 5 };
    expect((await here.deps.search.search(scope, { ...asked, access: ['sea'] })).total).toBe(0);
    const { total, hits } = await here.deps.search.search(scope, { ...asked, access: ['forest'] });
    expect(total).toBe(1);
    // for other people from now on, though nothing else of it has changed
    await here.deliver(agent, ofSource({ sequence: 2, items, labels: ['sea'] }));
    expect((await here.deps.search.search(scope, { ...asked, access: ['forest'] })).total).toBe(0);
    expect((await here.deps.search.search(scope, { ...asked, access: ['sea'] })).total).toBe(1);
    const source_id = hits[0]?.document.sourceId;
    expect(source_id).toMatch(/^source_/);
    expect((await api('/v1/index/forget', { workspace_id: 'web', source_id })).json).toMatchObject({
      ...{ removed: 1, remaining: 0 },
    });
    expect((await here.deps.search.search(scope, { ...asked, access: ['forest'] })).total).toBe(0);
  });

  test('is ingested once more by a person only while it is the newest', async () => {
    const first = await here.deliver(agent, ofSource({ items: [says('a.md', 'one wren')] }));
    const again = (id: string) => api(`/v1/ingestions/${id}/replay`, { workspace_id: 'web' });
    const replayed = await again(first.json.ingestion_id);
    expect(replayed.status).toBe(202);
    await here.ended('web', replayed.json.ingestion_id);
    await here.deliver(agent, ofSource({ sequence: 2, items: [says('a.md', 'two wrens')] }));
    expect(await again(first.json.ingestion_id)).toEqual(refused(409, 'delivery_out_of_order'));
  });

  test('leaves nothing personal in rows, objects apart, where a careless site has named it', async () => {
    const items = [
      itemOf(`mail/${EMAIL}.md`, {
        location: `/home/${EMAIL}/a.md`,
        drafts: [],
        unread: [{ reason: 'damaged', place: EMAIL }],
      }),
    ];
    const { json } = await here.deliver(agent, ofSource({ items, sanitizer: EMAIL }));
    const { client } = here.deps.database;
    const rows = await client.$queryRaw`
      SELECT row_to_json(r)::text AS row FROM ingestions r WHERE id = ${json.ingestion_id}
      UNION ALL SELECT row_to_json(r)::text FROM failed_items r WHERE ingestion_id = ${json.ingestion_id}`;
    expect(JSON.stringify(rows)).toContain('EMAIL_ADDRESS');
    expect(JSON.stringify(rows)).not.toContain(EMAIL);
  });
});

describe('who may deliver', () => {
  const deliveryNow = () => ofSource({ items: [says('a.md', 'a word')] });

  test('is nobody without a certificate of the authority: the connection itself is refused', async () => {
    const strange = await (await newAuthority('another-ca')).agent();
    const known = await certificate();
    const attempts = [
      undefined,
      { certificatePem: strange.pem, keyPem: strange.keyPem },
      { certificatePem: known.pem, keyPem: known.keyPem },
    ];
    for (const who of attempts)
      await expect(here.ask(who, `/v1/deliveries/${'a'.repeat(64)}`)).rejects.toThrow(
        /alert|ECONNRESET|socket|EPIPE/i,
      );
    expect(await here.ask(agent, `/v1/deliveries/${'a'.repeat(64)}`)).toEqual(refused(404, 'not_found'));
  });

  test('is of its own tenant, whatever it sends', async () => {
    const other = await here.enrol(newTenant());
    const delivery = ofSource({ items: [says('a.md', 'a magpie of another house')] });
    const told = await here.deliver(other, delivery);
    expect(told).toMatchObject({ status: 200, json: { state: 'done' } });
    expect(await found('magpie')).toEqual([]);
    expect(await found('magpie', await here.apiFor(other.tenant))).toHaveLength(1);
    const digest = sha256(JSON.stringify(delivery));
    expect(await here.ask(agent, `/v1/deliveries/${digest}`)).toEqual(refused(404, 'not_found'));
    // of two agents of one tenant none brings anything in the name of the other
    const neighbour = await here.enrol(tenant);
    const bundle = agent.bundle(deliveryNow());
    expect(await here.post(neighbour, bundle)).toEqual(refused(422, 'untrusted_signer'));
  });

  test('is nobody any more from the moment on that his key is revoked', async () => {
    const short = await here.enrol(tenant);
    const delivery = deliveryNow();
    expect((await here.deliver(short, delivery)).status).toBe(200);
    const order = { kind: 'revoke_key' as const, key_id: short.keyId, invalid_since: null };
    const { result } = await here.installation.order(tenant, { ...order, reason: 'key_compromise' });
    await result;
    const next = { ...delivery, sequence: 2 };
    expect(await here.post(short, short.bundle(next))).toEqual(refused(403, 'agent_not_enrolled'));
    const asked = `/v1/deliveries/${sha256(JSON.stringify(delivery))}`;
    expect(await here.ask(short, asked)).toEqual(refused(403, 'agent_not_enrolled'));
  });

  test('is nobody whose row says more than the list of Trust', async () => {
    const listed = await here.enrol(tenant);
    const stranger = await here.enrol(newTenant());
    const { client } = here.deps.database;
    await client.signingKey.updateMany({ where: { id: stranger.keyId }, data: { tenant } });
    expect(await here.post(stranger, stranger.bundle(deliveryNow()))).toEqual(
      refused(403, 'agent_not_enrolled'),
    );
    await client.signingKey.updateMany({ where: { id: listed.keyId }, data: { status: 'inactive' } });
    expect(await here.post(listed, listed.bundle(deliveryNow()))).toEqual(refused(403, 'agent_not_enrolled'));
  });

  test('is whoever signs with the key of his connection, and what he signed stays as it is', async () => {
    const bundle = agent.bundle(deliveryNow()) as { dsseEnvelope: object };
    const payload = Buffer.from(JSON.stringify({ ...deliveryNow(), sequence: 9 })).toString('base64');
    const changed = { ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payload } };
    expect(await here.post(agent, changed)).toEqual(refused(422, 'signature_invalid'));
    expect(await here.post(agent, agent.bundle({ ...deliveryNow(), more: 1 }))).toEqual(
      refused(422, 'invalid_request'),
    );
    expect(await here.post(agent, {})).toEqual(refused(422, 'delivery_invalid'));
    expect(await ingestions()).toEqual([]);
  });

  test('gets nothing else, and no bomb in', async () => {
    for (const path of ['/v1/search', '/v1/ingestions', '/healthz', '/docs'])
      expect(await here.ask(agent, path)).toEqual(refused(404, 'not_found'));
    expect(await here.ask(agent, '/v1/deliveries')).toEqual(refused(405, 'method_not_allowed'));
    const raw = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
    const headers = { 'content-encoding': 'gzip' };
    expect(await here.ask(agent, '/v1/deliveries', { raw, headers })).toEqual(
      refused(413, 'payload_too_large'),
    );
  });
});
