// needs: postgres, temporal
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openKeyless } from '../../../api/signing/open-keyless.ts';
import { signRequestKey } from '../../../contracts/object-keys.ts';
import { PREDICATE } from '../../../contracts/statements.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { openSignature } from '../../../domain/custody/open-signature.ts';
import { trustedRootFrom } from '../../../domain/sigstore/trusted-root.ts';
import { toText } from '../../histories/format.ts';
import { CONTENT, signingKey, statement, TYPE } from '../../unit/signing/signing-fixture.ts';
import { IDENTITY, identityToken, type Sigstore, startSigstore } from '../keyless/servers.ts';
import { type Reply, type Signing, startSigning } from './signing-harness.ts';

const MINUTE = 60_000;
let its: Signing;
let sigstore: Sigstore;
beforeAll(async () => {
  sigstore = await startSigstore();
  const root = trustedRootFrom(sigstore.trustedRoot);
  const settings = {
    CERTUS_FULCIO_URL: sigstore.url,
    CERTUS_REKOR_URL: sigstore.url,
    CERTUS_TSA_URL: sigstore.tsaUrl,
  };
  const keyless = openKeyless(settings, root);
  its = await startSigning({ trustedRoot: root, ...(keyless === undefined ? {} : { keyless }) });
}, MINUTE);
afterAll(async () => {
  await its?.close();
  await sigstore?.close();
}, MINUTE);

const content = { name: 'release.txt', artifact: CONTENT.toString('base64') };
const sign = (items: unknown[], more: object = {}, asking = {}) =>
  its.ask('POST', '/v1/sign', { items, ...more }, asking);
const opened = (bundle: unknown, what?: Uint8Array) =>
  openSignature(Buffer.from(JSON.stringify(bundle)), {
    keySet: its.keySet,
    role: 'evidence',
    tenant: its.tenant,
    at: new Date(),
    content: what,
  });

describe('what is asked to be signed', () => {
  test('is signed, verified and logged, each item in its order', async () => {
    const { subject, predicateType: predicate_type, predicate } = statement();
    const reply = await sign([{ statement: statement() }, content, { subject, predicate_type, predicate }]);
    expect(reply.status).toBe(201);
    const { bundles, signatures, ...first } = reply.json;
    expect(
      bundles.map((bundle: unknown, at: number) => opened(bundle, at === 1 ? CONTENT : undefined)),
    ).toMatchObject([
      { kind: 'statement', predicateType: TYPE },
      { kind: 'message', subjects: [sha256(CONTENT)] },
      { kind: 'statement', predicateType: TYPE },
    ]);
    for (const { transparency_entry, digest } of signatures) {
      const logged = await its.reader.entry(transparency_entry.uuid);
      expect(logged).toMatchObject({ index: transparency_entry.index, entry: { kind: 'signature', digest } });
    }
    expect(first).toMatchObject({
      status: 'done',
      entry_id: signatures[0].transparency_entry.uuid,
      signature: bundles[0].dsseEnvelope.signatures[0].sig,
      certificate: null,
    });
    const again = await its.ask('GET', `/v1/signatures/${first.signature_id}`);
    expect(again).toMatchObject({ status: 200, json: reply.json });
  });

  test('in the words of old gets an answer in the words of old', async () => {
    const asked = { artifact: content.artifact, artifact_type: 'text/plain', subject: 'release.txt' };
    const { status, json } = await its.ask('POST', '/v1/sign', asked);
    expect(status).toBe(201);
    expect(json.signature).toBe(json.bundles[0].messageSignature.signature);
    expect(opened(json.bundles[0], CONTENT)).toMatchObject({ kind: 'message' });
  });

  test('is signed once under one Idempotency-Key, also when it is asked twice at once', async () => {
    const key = randomBytes(6).toString('hex');
    const [one, two] = await Promise.all([sign([content], {}, { key }), sign([content], {}, { key })]);
    const three = await sign([content], {}, { key });
    expect([one?.status, two?.status, three.status]).toEqual([201, 201, 201]);
    expect([two?.json, three.json]).toEqual([one?.json, one?.json]);
    const other = await sign([{ ...content, artifact: 'aGk=' }], {}, { key });
    expect(other).toMatchObject({ status: 409, json: { code: 'idempotency_conflict' } });
    const environment = await sign([content], { environment: 'sandbox' }, { key });
    expect(environment).toMatchObject({ status: 409, json: { code: 'idempotency_conflict' } });
  });

  test('is of one tenant and workspace, and nobody else learns that it is there', async () => {
    const { json } = await sign([content]);
    const elsewhere = await its.ask('GET', `/v1/signatures/${json.signature_id}?workspace_id=other`);
    const stranger = await its.ask('GET', `/v1/signatures/${json.signature_id}`, undefined, {
      tenant: 'globex',
    });
    expect([elsewhere.status, stranger.status]).toEqual([404, 404]);
  });

  test('is refused where it is what Certus says itself', async () => {
    const reply = await sign([content, { statement: statement({ predicateType: PREDICATE.permit }) }]);
    expect(reply).toMatchObject({ status: 422, json: { code: 'statement_invalid' } });
  });

  test('is refused for a tenant without a key, and may be asked for again once there is one', async () => {
    const tenant = `t-${randomBytes(6).toString('hex')}`;
    const asking = { tenant, key: 'k' };
    expect(await sign([content], {}, asking)).toMatchObject({
      status: 409,
      json: { code: 'no_signing_key' },
    });
    const key = signingKey('P-256', 'evidence', { tenant });
    its.keys.set(tenant, key.signer);
    its.keySet.keys.push(key.trusted);
    expect((await sign([content], {}, asking)).status).toBe(201);
  });

  test(
    'waits for Trust, shows nothing meanwhile, and is there once Trust is back',
    async () => {
      await its.stop('trust');
      const asked = await sign([content]);
      const place = asked.headers.get('location') ?? '';
      expect(asked).toMatchObject({ status: 202, json: { status: 'pending', bundles: [], signature: null } });
      expect(await its.ask('GET', place)).toMatchObject({
        status: 200,
        json: { status: 'pending', bundles: [] },
      });
      await its.start('trust');
      let later: Reply;
      do later = await its.ask('GET', place);
      while (later.json.status === 'pending');
      expect(later.json).toMatchObject({ status: 'done', signatures: [{ kind: 'message' }] });
    },
    MINUTE,
  );

  test('is not shown once somebody has put another bundle in its place', async () => {
    const { json } = await sign([content]);
    const [row] = await its.database.client.signature.findMany({
      where: { tenant: its.tenant, id: json.signature_id },
    });
    await its.raw.put(row?.bundleKey ?? '', Buffer.from('{}'), { contentType: 'application/json' });
    const reply = await its.ask('GET', `/v1/signatures/${json.signature_id}`);
    expect(reply).toMatchObject({ status: 409, json: { code: 'digest_mismatch' } });
  });

  test('of a request that was put into the uploads by hand is not what somebody else asked for', async () => {
    const key = signRequestKey({ tenant: its.tenant, workspace: 'default' }, 'f'.repeat(64));
    await its.uploads.put(key, Buffer.from('{}'), { contentType: 'application/json' });
    const input = {
      scope: { tenant: its.tenant, workspace: 'default' },
      id: `sign_${'f'.repeat(32)}`,
      request: 'f'.repeat(64),
    };
    const run = its.temporal.workflow.execute('signWorkflow', {
      workflowId: `forged-${its.tenant}`,
      taskQueue: 'certus-assurance',
      args: [{ ...input, items: 1, mode: 'keyed', environment: null, requestedAt: new Date().toISOString() }],
    });
    await expect(run).rejects.toMatchObject({ cause: { cause: { type: 'digest_mismatch' } } });
  });
});

describe('keyless', () => {
  test('signs as whoever the token names, and the token stays nowhere', async () => {
    const token = identityToken();
    const { status, json } = await sign([content, { statement: statement() }], {
      mode: 'keyless',
      identity_token: token,
    });
    expect(status).toBe(201);
    expect(json.certificate).toContain('BEGIN CERTIFICATE');
    expect(json.signatures.map(({ key_id }: { key_id: string }) => key_id.includes(IDENTITY))).toEqual([
      true,
      true,
    ]);
    const history = await its.temporal.workflow
      .getHandle(`sign/${its.tenant}/default/${json.signature_id}`)
      .fetchHistory();
    const told = decoded(toText(history));
    expect(told).toContain(json.signature_id);
    expect(told).not.toContain(token);
    for (const bucket of [its.uploads, its.raw])
      for await (const entry of bucket.list('')) {
        const stored = await bucket.read(entry.key, 1_000_000);
        expect(Buffer.from(stored).toString('latin1')).not.toContain(token);
      }
  });

  test('wants a token, and a token wants it', async () => {
    for (const more of [{ mode: 'keyless' }, { identity_token: 'a.b.c' }])
      expect(await sign([content], more)).toMatchObject({ status: 422, json: { code: 'invalid_request' } });
  });
});

/** What a history carries lies in it in base64. */
const decoded = (text: string): string =>
  text.replaceAll(/[A-Za-z0-9+/]{16,}={0,2}/g, (found) => Buffer.from(found, 'base64').toString('latin1'));
