// needs: postgres, temporal
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { keyId } from '../../../contracts/key-id.ts';
import type { TrustedKey } from '../../../contracts/keys.ts';
import { goldenManifestKey, rawPrefix, sealedKeyKey } from '../../../contracts/object-keys.ts';
import type { Order, TrustAction } from '../../../contracts/orders.ts';
import type { ScanStatus } from '../../../contracts/scan.ts';
import { type PermitStatement, PREDICATE } from '../../../contracts/statements.ts';
import { WORKFLOWS } from '../../../contracts/workflow-names.ts';
import { taskQueue } from '../../../contracts/zones.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { orderStatement } from '../../../domain/custody/order-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { keySetStatement } from '../../../domain/keys/key-set-statement.ts';
import { recordOrder } from '../../../services/database/orders.ts';
import { openFileEncryption } from '../../../services/keys/encryption/file-encryption.ts';
import { openFileSigner } from '../../../services/keys/file-signer.ts';
import { sealPrivateKey } from '../../../services/keys/sealed-key.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import { Service } from '../assurance/service.ts';
import { until } from '../local/processes.ts';
import { signedBy } from './statements.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TENANT = 'default';
const SAMPLE = {
  component_id: 'shop',
  source_type: 'directory',
  directory_path: resolve('samples/leaky-shop'),
  profile: 'smoke',
};
let service: Service;
let published: ScanStatus;

beforeAll(async () => {
  service = await Service.start();
  published = await service.scan(SAMPLE);
  expect(published).toMatchObject({ upload_status: 'uploaded', errors: [] });
}, 2 * MINUTE);
afterAll(() => service?.close(), MINUTE);

const rows = () => service.its.database.client;
const here = ['-o', 'json'];
async function certus(...words: readonly string[]) {
  const { code, stdout, stderr } = await service.certus(...words, ...here);
  if (code !== 0) throw new Error(`${words.join(' ')}: ${code} ${stderr}`);
  return JSON.parse(stdout);
}
const golden = (testId: string) => service.its.inGolden({ ...service.its.newScan(), testId });
const permitRow = (testId: string) =>
  rows().permit.findFirstOrThrow({ where: { ...service.its.scope, testId } });
type PermitRow = Awaited<ReturnType<typeof permitRow>>;
const payloadOf = (statement: Uint8Array | null): unknown => {
  const { dsseEnvelope } = JSON.parse(Buffer.from(statement ?? []).toString('utf8'));
  return JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString('utf8'));
};
const bytes = (from: Uint8Array) => new Uint8Array(from);

/** A scan that must come to nothing, and why it says it did. */
async function stopped(): Promise<string> {
  const scan = await service.scan(SAMPLE);
  expect(scan).toMatchObject({ status: 'FAILED', golden_manifest: null, oci_reference: null });
  expect(await golden(scan.test_id)).toEqual([]);
  return `${scan.errors[0]?.code}: ${scan.errors[0]?.message}`;
}
const publishes = async () => expect(await service.scan(SAMPLE)).toMatchObject({ upload_status: 'uploaded' });

/** Codes with which activities of these workflows were logged as refused for want of a permit. */
const refusals = (workflow: string): string[] =>
  service
    .log()
    .split('\n')
    .filter((line) => line.includes('"activity failed"') && line.includes(workflow))
    .map((line) => String(JSON.parse(line.slice(line.indexOf('{'))).code))
    .filter((code) => /^permit_(?:invalid|missing|used)$/.test(code));

describe('a permit that was exchanged in its row', () => {
  type Forged = Pick<PermitRow, 'statement'> & Partial<Pick<PermitRow, 'logProof'>>;
  type Permit = PermitStatement['predicate']['certus_permit'];

  /** What Trust itself would have signed, were it asked to. */
  const resigned =
    (change: (predicate: PermitStatement['predicate']) => object) =>
    async ({ statement }: PermitRow): Promise<Forged> => {
      const given = payloadOf(statement) as PermitStatement;
      const predicate = { ...given.predicate, ...change(given.predicate) };
      const signer = await openFileSigner(service.its.keys.permitKeyFile);
      return { statement: bytes(await sealStatement({ ...given, predicate }, signer)) };
    };
  const withTerms = (terms: Partial<Permit>) =>
    resigned(({ certus_permit }) => ({ certus_permit: { ...certus_permit, ...terms } }));

  const FORGERIES: Record<string, { forge: (row: PermitRow) => Promise<Forged>; says: string }> = {
    'is signed with the key of the evidence': {
      says: 'untrusted_signer',
      forge: async ({ statement }) => ({
        statement: bytes(
          await sealStatement(
            payloadOf(statement) as object,
            await openFileSigner(service.its.keys.evidenceKeyFile),
          ),
        ),
      }),
    },
    'is the good one of another bundle': {
      says: 'subject_mismatch',
      forge: async () => {
        const { statement, logProof } = await permitRow(published.test_id);
        return { statement, logProof };
      },
    },
    'is for another tenant': { says: 'wrong_scope', forge: withTerms({ tenant: 'globex' }) },
    'is for another workspace': { says: 'wrong_scope', forge: withTerms({ workspace: 'elsewhere' }) },
    'has another id': {
      says: 'permit_for_other_bytes',
      forge: withTerms({ id: `permit_${'0'.repeat(32)}` }),
    },
    'has expired': {
      says: 'permit_expired',
      forge: resigned(({ certus_permit, timeVerified }) => ({
        certus_permit: { ...certus_permit, expires_at: timeVerified },
      })),
    },
    'is for another destination': {
      says: 'destination_not_permitted',
      forge: withTerms({ destinations: ['oci'] }),
    },
    'was given past the log': { says: 'log_proof_invalid', forge: resigned(() => ({})) },
    'has no proof any more': {
      says: 'log_proof_invalid',
      forge: async ({ statement }) => ({ statement, logProof: null }),
    },
    'is empty': { says: 'malformed', forge: async () => ({ statement: new Uint8Array() }) },
    'is none': { says: 'permit_missing', forge: async () => ({ statement: null }) },
  };

  test(
    'is refused by Transform, whatever is wrong with it, and nothing is moved',
    async () => {
      await service.its.workers.stop('transform');
      const doomed = await Promise.all(
        Object.entries(FORGERIES).map(async ([name, how]) => ({
          name,
          ...how,
          testId: await service.begin(SAMPLE),
        })),
      );
      const honest = await service.begin(SAMPLE);
      for (const testId of [...doomed.map((it) => it.testId), honest])
        await until(
          'Trust has decided',
          async () => {
            const { steps } = await service.status(testId);
            return steps.some(({ name, state }) => name === 'publish' && state === 'running');
          },
          90,
        );
      for (const { testId, forge } of doomed) {
        const row = await permitRow(testId);
        expect(row.permitted).toBe(true);
        const { count } = await rows().permit.updateMany({
          where: { ...service.its.scope, id: row.id },
          data: await forge(row),
        });
        expect(count).toBe(1);
      }
      await service.its.workers.start('transform');
      const told: Record<string, string> = {};
      for (const { name, testId } of doomed) {
        const scan = await service.ended(testId);
        expect(scan).toMatchObject({ status: 'FAILED', upload_status: 'upload_failed', oci_reference: null });
        expect(await golden(testId)).toEqual([]);
        expect(await rows().permitUse.count({ where: { permitId: scan.upload_permission_id ?? '' } })).toBe(
          0,
        );
        told[name] = `${scan.errors[0]?.code} ${scan.errors[0]?.message}`;
      }
      expect(told).toEqual(
        Object.fromEntries(doomed.map(({ name, says }) => [name, expect.stringContaining(says)])),
      );
      expect(await service.ended(honest)).toMatchObject({ upload_status: 'uploaded' });
      // each refusal stands in the log of the zone as well, under its code
      for (const { testId, name } of doomed)
        expect(refusals(testId)[0]).toBe(name === 'is none' ? 'permit_missing' : 'permit_invalid');
      expect(refusals(honest)).toEqual([]);
    },
    3 * MINUTE,
  );

  test(
    'is good for one publication: another one that comes with it is refused, wherever it would go',
    async () => {
      const { scope, golden: bucket, client } = service.its;
      const { test_id: testId, component_id: component, assessment_id: assessment } = published;
      const { id: permitId, bundleDigest } = await permitRow(testId);
      const publication = {
        scope,
        component,
        assessment,
        testId,
        bundle: { prefix: rawPrefix(scope, testId), digest: bundleDigest },
        permitId,
      };
      const again = (name: string, changes: object = {}) =>
        client.workflow
          .execute(WORKFLOWS.publish, {
            taskQueue: taskQueue('transform'),
            workflowId: `${name}-${randomBytes(6).toString('hex')}`,
            args: [{ ...publication, ...changes }],
          })
          .then(
            () => 'published',
            (error) => error.cause?.cause?.type,
          );
      const before = await golden(testId);
      expect(await again('replay')).toBe('permit_used');
      expect(refusals('replay-')).toContain('permit_used');
      expect(await golden(testId)).toEqual(before);
      const manifestKey = goldenManifestKey(scope, testId);
      const manifest = await bucket.read(manifestKey, 2 ** 20);
      await bucket.remove(manifestKey);
      expect(await again('replay')).toBe('permit_used');
      expect(await bucket.head(manifestKey)).toBeUndefined();
      await bucket.put(manifestKey, manifest, { contentType: 'application/json' });
      // for another component, or another bundle of the same run, it was not given
      expect(await again('replay', { testId: `test_${'0'.repeat(12)}` })).not.toBe('published');
      expect(await golden(`test_${'0'.repeat(12)}`)).toEqual([]);
    },
    MINUTE,
  );
});

describe('a key that somebody wrote into the database', () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const publicKeyPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const id = keyId(publicKeyPem);
  const trusted: TrustedKey = {
    id,
    role: 'evidence',
    tenant: TENANT,
    environment: 'production',
    public_key_pem: publicKeyPem,
    valid_from: new Date(0).toISOString(),
    valid_until: null,
  };

  test(
    'as one that signs is used, and believed by nobody',
    async () => {
      const { home, keys, common } = service.its;
      const store = await openDirectoryStore(join(home, 'objects'));
      const sealed = await sealPrivateKey(
        await openFileEncryption(keys.sealing.publicKeyFile),
        { tenant: TENANT, environment: 'production', keyId: id },
        {
          pkcs8: pair.privateKey.export({ type: 'pkcs8', format: 'der' }),
          publicKeyPem,
          algorithm: 'ecdsa-p256',
        },
      );
      const sealedKeys = await store.bucket(common.CERTUS_KEYS_BUCKET);
      await sealedKeys.put(sealedKeyKey(TENANT, 'production', id), sealed, {
        contentType: 'application/json',
      });
      await rows().signingKey.create({
        data: {
          tenant: TENANT,
          id,
          environment: 'production',
          status: 'active',
          signing: true,
          holder: 'certus',
          origin: 'generated',
          algorithm: 'ecdsa-p256',
          publicKey: publicKeyPem,
          createdAt: new Date(),
          orderId: `order_${'0'.repeat(32)}`,
        },
      });
      const scan = await service.scan(SAMPLE);
      expect(scan).toMatchObject({ upload_status: 'denied', denial_reason: 'invalid_signer' });
      expect(await golden(scan.test_id)).toEqual([]);

      const file = join(home, 'intruder.key.pem');
      writeFileSync(file, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
      const about = { digest: published.bundle_digest ?? '', type: PREDICATE.endorsement };
      const attach = await service.ask(`/v1/security-scans/${published.test_id}/statements`, {
        workspace_id: service.workspace,
        bundle: await signedBy(file, about),
      });
      expect([attach.status, attach.json.code]).toEqual([422, 'untrusted_signer']);
      const exported = await service.certus('keys', 'export');
      expect(exported.stdout).not.toContain(id);
      await rows().signingKey.delete({ where: { tenant_id: { tenant: TENANT, id } } });
      await publishes();
    },
    2 * MINUTE,
  );

  test(
    'as a list of keys stops every decision: signed by somebody else, or an old one under a new number',
    async () => {
      const made = await certus('keys', 'generate');
      const [before] = await rows().keySetVersion.findMany({
        where: { tenant: TENANT },
        orderBy: { version: 'desc' },
        take: 1,
      });
      await certus('keys', 'revoke', made.id, '--reason', 'key_compromise');
      await certus('keys', 'generate');
      const put = async (statement: Uint8Array) => {
        const version = 1000;
        await rows().keySetVersion.create({
          data: { tenant: TENANT, version, statement: bytes(statement), digest: '', issuedAt: new Date() },
        });
        const why = await stopped();
        const { code } = await service.certus('keys', 'export');
        expect(code).not.toBe(0);
        await rows().keySetVersion.delete({ where: { tenant_version: { tenant: TENANT, version } } });
        return why;
      };
      const list = keySetStatement({ tenant: TENANT, version: 1000, issuedAt: new Date(), keys: [trusted] });
      for (const keyFile of [service.its.keys.evidenceKeyFile, service.its.keys.promotionKeyFile])
        expect(await put(await sealStatement(list, await openFileSigner(keyFile)))).toMatch(/^key_unusable/);
      // with this one the key that was revoked would count again
      expect(await put(before?.statement ?? new Uint8Array())).toMatch(/^key_unusable/);
      await publishes();
    },
    2 * MINUTE,
  );
});

describe('an order that no administrator gave', () => {
  /** What somebody could do who writes into the database and starts workflows. */
  async function carriedOut(id: string, statement: Uint8Array): Promise<string> {
    await recordOrder(service.its.database, {
      tenant: TENANT,
      id,
      kind: 'break_glass',
      statement,
      givenBy: 'local',
      givenAt: new Date(),
    });
    const outcome = (await service.its.client.workflow.execute(WORKFLOWS.order, {
      taskQueue: taskQueue('transform'),
      workflowId: `order/${TENANT}/${id}`,
      args: [{ tenant: TENANT, orderId: id, kind: 'break_glass' }],
    })) as { state: string; code?: string };
    return `${outcome.state} ${outcome.code}`;
  }
  const orderOf = (action: TrustAction, changes: Partial<Order> = {}): Order => ({
    id: `order_${randomBytes(16).toString('hex')}`,
    tenant: TENANT,
    by: 'local',
    given_at: new Date().toISOString(),
    expires_at: new Date(Date.now() + HOUR).toISOString(),
    action,
    ...changes,
  });

  test(
    'is refused: by another key, under another id, of another tenant, or from long ago',
    async () => {
      const kept = await service.scan({ ...SAMPLE, publish: false });
      const action: TrustAction = {
        kind: 'break_glass',
        workspace: service.workspace,
        test_id: kept.test_id,
        bundle_digest: kept.bundle_digest ?? '',
        reason: 'because somebody wrote it here',
        until: new Date(Date.now() + HOUR).toISOString(),
        destinations: ['golden', 'oci'],
      };
      const { operatorKeyFile, evidenceKeyFile, permitKeyFile } = service.its.keys;
      const signed = async (order: Order, file: string) =>
        sealStatement(orderStatement(order), await openFileSigner(file));
      const order = orderOf(action);
      const told: string[] = [];
      for (const file of [evidenceKeyFile, permitKeyFile]) {
        const forged = orderOf(action);
        told.push(await carriedOut(forged.id, await signed(forged, file)));
      }
      const copy = await signed(order, operatorKeyFile);
      told.push(await carriedOut(`order_${randomBytes(16).toString('hex')}`, copy));
      const foreign = orderOf(action, { tenant: 'globex' });
      told.push(await carriedOut(foreign.id, await signed(foreign, operatorKeyFile)));
      const old = orderOf(action, { expires_at: new Date().toISOString() });
      told.push(await carriedOut(old.id, await signed(old, operatorKeyFile)));
      expect(told).toEqual([...Array(4).fill('refused order_invalid'), 'refused order_expired']);
      expect(await rows().permit.count({ where: { testId: kept.test_id } })).toBe(0);
      expect(await golden(kept.test_id)).toEqual([]);
      // the control: given as it should be, the very same is carried out
      expect(await carriedOut(order.id, copy)).toBe('done undefined');
    },
    MINUTE,
  );
});

test(
  'a policy that nobody ordered stops every decision of its workspace, and an old one on top of a new one does too',
  async () => {
    const workspace = service.workspace;
    const set = async (rules: object) => {
      const file = join(service.its.home, `policy-${randomBytes(4).toString('hex')}.json`);
      const policy = { schema: 'https://certus.dev/trust-policy/v1', name: 'p', ...rules };
      writeFileSync(file, JSON.stringify(policy));
      await certus('policy', 'set', file, '--workspace', workspace);
    };
    await set({ gate: 'any' });
    await set({ thresholds: { critical: 0 } });
    const [strict, lax] = await rows().trustPolicyVersion.findMany({
      where: { tenant: TENANT, workspace },
      orderBy: { version: 'desc' },
    });
    if (strict === undefined || lax === undefined) throw new Error('no policy was set');
    const put = async (row: object) => {
      const forged = { ...strict, version: 99, setAt: new Date(), ...row };
      await rows().trustPolicyVersion.create({ data: { ...forged, document: forged.document as object } });
      const why = await stopped();
      await rows().trustPolicyVersion.deleteMany({ where: { tenant: TENANT, workspace, version: 99 } });
      return why;
    };
    expect(await put({ document: lax.document })).toMatch(/^policy_invalid/);
    expect(await put({ document: lax.document, orderId: lax.orderId })).toMatch(/^policy_invalid/);
    expect(await put({ orderId: `order_${'0'.repeat(32)}` })).toMatch(/^policy_invalid/);
    expect(await service.scan(SAMPLE)).toMatchObject({
      upload_status: 'denied',
      denial_reason: 'policy_violation',
    });
    await set({});
    await publishes();
  },
  2 * MINUTE,
);

describe('the log', () => {
  const verified = () =>
    service.certus('log', 'verify', '--keys', service.its.common.CERTUS_KEY_SET_FILE ?? '');

  test(
    'is not continued once somebody wrote into it, and without it nothing is published',
    async () => {
      const client = rows();
      expect((await verified()).code).toBe(0);
      const head = await client.logCheckpoint.findFirstOrThrow({ orderBy: { size: 'desc' } });
      const leaf = await client.logLeaf.findFirstOrThrow({ orderBy: { index: 'desc' } });
      const tile = await client.logTile.findFirstOrThrow({ where: { level: 0 }, orderBy: { index: 'desc' } });
      const flipped = bytes(tile.hashes);
      flipped[0] = (flipped[0] ?? 0) ^ 1;
      const tileKey = { level_index: { level: tile.level, index: tile.index } };
      type Attack = { what: string; change: () => Promise<unknown>; mend: () => Promise<unknown> };
      const ATTACKS: Attack[] = [
        {
          what: 'another hash',
          change: () => client.logTile.update({ where: tileKey, data: { hashes: flipped } }),
          mend: () => client.logTile.update({ where: tileKey, data: { hashes: bytes(tile.hashes) } }),
        },
        {
          what: 'an entry less',
          change: () => client.logLeaf.delete({ where: { index: leaf.index } }),
          mend: () => client.logLeaf.create({ data: leaf }),
        },
        {
          what: 'another signature',
          change: () =>
            client.logCheckpoint.update({
              where: { size: head.size },
              data: { note: head.note.replace(/[A-Za-z0-9+/=]{8}\n$/, 'AAAAAAAA\n') },
            }),
          mend: () => client.logCheckpoint.update({ where: { size: head.size }, data: { note: head.note } }),
        },
      ];
      for (const { what, change, mend } of ATTACKS) {
        await change();
        const [why, { code }] = [await stopped(), await verified()];
        await mend();
        expect([what, why, code]).toEqual([what, expect.stringMatching(/^log_damaged/), 65]);
      }
      expect((await verified()).code).toBe(0);
      await publishes();
    },
    2 * MINUTE,
  );

  test(
    'shows an entry that was rewritten in its row',
    async () => {
      const client = rows();
      const { logEntryId, logIndex } = await permitRow(published.test_id);
      const where = { index: logIndex ?? -1n };
      const { entry } = await client.logLeaf.findUniqueOrThrow({ where });
      await client.logLeaf.update({ where, data: { entry: entry.replace('"permit"', '"denial"') } });
      const shown = await service.ask(`/v1/transparency/${logEntryId}?include_proof=true`);
      const { code } = await verified();
      await client.logLeaf.update({ where, data: { entry } });
      expect([shown.status, shown.json.code]).toEqual([500, 'log_damaged']);
      expect(code).toBe(65);
      expect((await service.ask(`/v1/transparency/${logEntryId}?include_proof=true`)).status).toBe(200);
      expect(sha256(Buffer.concat([Buffer.from([0]), Buffer.from(entry)]))).toBe(logEntryId);
    },
    MINUTE,
  );
});
