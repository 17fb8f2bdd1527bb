// needs: postgres
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { recordQuarantine } from '../../../activities/publish/record-quarantine.ts';
import type { ApiDeps } from '../../../api/deps.ts';
import { provenanceRoutes } from '../../../api/provenance/provenance-routes.ts';
import type { Call } from '../../../api/route.ts';
import { chainRoutes } from '../../../api/verification/chain-routes.ts';
import { BUNDLE } from '../../../contracts/bundle.ts';
import {
  goldenManifestKey,
  goldenPrefix,
  quarantineNoticeKey,
  rawPrefix,
} from '../../../contracts/object-keys.ts';
import type { LogEntry } from '../../../contracts/transparency.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { quarantineStatement } from '../../../domain/custody/quarantine-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { type Database, openDatabase } from '../../../services/database/database.ts';
import { recordKnownDigests } from '../../../services/database/known-digests.ts';
import { type NewPermit, recordPermit } from '../../../services/database/permits.ts';
import { findScan, openScan, updateScan } from '../../../services/database/scans.ts';
import { markRevoked, taintedRuns } from '../../../services/database/tainted.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { pushArtifact } from '../../../services/registry/artifact.ts';
import { openLayoutRegistry } from '../../../services/registry/layout-registry.ts';
import { DECIDED, EXPIRES, FINISHED, KEYS, makeIndex, RUN } from '../../unit/domain/custody-fixture.ts';
import { type Made, makeChain, PINNED } from '../../unit/provenance/chain-fixture.ts';
import { needed } from '../api-harness.ts';

const KEY = KEYS.evidence.signer.keyId;
const REVOCATION = { at: '2026-06-05T00:00:00.000Z', reason: 'key_compromise' as const, invalid_since: null };

let folder: string;
let database: Database;
let golden: Bucket;
let raw: Bucket;
let deps: ApiDeps;
let scope: { tenant: string; workspace: string };
let testId: string;
let entries: LogEntry[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certus-provenance-'));
  database = openDatabase(needed('CERTUS_DATABASE_URL'));
  const store = openDirectoryStore(join(folder, 'objects'));
  [golden, raw] = [await store.bucket('golden'), await store.bucket('raw')];
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => {
  scope = { tenant: RUN.tenant, workspace: `p-${randomBytes(4).toString('hex')}` };
  testId = `test_${randomBytes(12).toString('hex')}`;
  entries = [];
  const log = {
    entries: async () => entries.map((entry, index) => ({ index, entryId: sha256(entry.name), entry })),
  };
  deps = {
    database,
    objects: { golden, raw },
    trust: { keySet: PINNED, log },
    settings: { CERTUS_REGISTRY_URL: join(folder, 'oci'), CERTUS_REGISTRY_NAMESPACE: 'certus' },
  } as unknown as ApiDeps;
});

/** A run with everything that a worker leaves of it. */
async function published(made: Made, changes: Partial<NewPermit> = {}): Promise<void> {
  await openScan(database, scope, {
    testId,
    component: 'shop',
    assessment: 'default',
    source: { type: 'git', url: 'https://git.example/shop' },
    requestedBy: null,
    profile: 'light',
    manifestDigest: null,
    request: null,
    workflowId: `scan/${scope.workspace}/shop/${testId}`,
    createdAt: new Date(FINISHED),
  });
  const inGolden = made.statements.has(BUNDLE.promotion);
  const [bucket, prefix] = inGolden ? [golden, goldenPrefix(scope, testId)] : [raw, rawPrefix(scope, testId)];
  const files: [string, Uint8Array][] = [
    [BUNDLE.index, made.indexBytes],
    ['findings.json', Buffer.from('findings')],
    ['scan.json', Buffer.from('scan')],
    ...[...made.statements].filter(([path]) => inGolden || path === BUNDLE.provenance),
  ];
  for (const [path, bytes] of files)
    await bucket.put(`${prefix}${path}`, bytes, { contentType: 'application/json' });
  if (inGolden)
    await golden.put(goldenManifestKey(scope, testId), Buffer.from('{}'), {
      contentType: 'application/json',
    });
  await updateScan(database, scope, testId, {
    status: 'SUCCEEDED',
    bundleDigest: sha256(made.indexBytes),
    ...(inGolden ? { uploadStatus: 'uploaded', goldenManifest: 'here', bundle: '/golden/x' } : {}),
  });
  const statement = made.statements.get(BUNDLE.permit) ?? null;
  if (statement === null) return;
  await recordPermit(database, scope, {
    id: `permit_${randomBytes(16).toString('hex')}`,
    testId,
    bundleDigest: sha256(made.indexBytes),
    ground: 'run',
    tier: 'verified',
    permitted: true,
    reason: null,
    detail: null,
    violations: [],
    facts: {
      signers: [{ key_id: KEY, environment: 'production', as: 'evidence' }],
      finished_on: FINISHED,
    },
    shadow: null,
    bypass: null,
    policyDigest: null,
    statement,
    decidedAt: DECIDED,
    expiresAt: EXPIRES,
    ...changes,
  });
}

const chain = (wish: Parameters<typeof makeChain>[0] = {}) =>
  makeChain({ index: makeIndex({ workspace_id: scope.workspace, test_id: testId }), ...wish });

type Asked = { params?: object; query?: object; body?: object; tenant?: string };

/** Asks as the server does: everything through its schema, the answer too. */
async function ask(id: string, { params = {}, query = {}, body = {}, tenant = RUN.tenant }: Asked) {
  const route = [...provenanceRoutes(deps), ...chainRoutes(deps)].find((each) => each.id === id);
  if (route === undefined) throw new Error(`no route ${id}`);
  const call = {
    params: route.params?.parse(params),
    query: route.query?.parse(query),
    body: route.body?.schema.parse(body),
    principal: { tenant, subject: 'test' },
  } as Call<unknown, unknown, unknown, unknown>;
  const answer = await route.handle(call);
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  return route.answers[answer.status]?.schema?.parse(answer.body) as any;
}

const provenance = () =>
  ask('getProvenance', { params: { scan_id: testId }, query: { workspace_id: scope.workspace } });
const verify = (more: object = {}) =>
  ask('verifyChain', { body: { scan_id: testId, workspace_id: scope.workspace, ...more } });

describe('provenance', () => {
  test('of a published run is read from golden, and is high', async () => {
    await published(await chain());
    expect(await provenance()).toMatchObject({
      scan_id: testId,
      chain_status: 'complete',
      trust_level: 'high',
      storage_locations: { checked: 'golden' },
      reasons: [{ code: 'verified' }],
    });
    const graph = await ask('getProvenance', {
      params: { scan_id: testId },
      query: { workspace_id: scope.workspace, format: 'graph' },
    });
    expect(graph.nodes.map(({ kind }: { kind: string }) => kind)).toContain('promotion');
  });

  test('of a byte that was changed in golden is broken', async () => {
    await published(await chain());
    await golden.put(`${goldenPrefix(scope, testId)}findings.json`, Buffer.from('FINDINGS'), {
      contentType: 'application/json',
    });
    expect(await provenance()).toMatchObject({ chain_status: 'broken', trust_level: 'untrusted' });
  });

  test('of a permit that is not used yet finds it in Trust’s table, by its signature', async () => {
    const made = await chain({ through: 'permit' });
    await published(made);
    expect(await provenance()).toMatchObject({
      chain_status: 'partial',
      storage_locations: { checked: 'raw' },
      reasons: [{ code: 'not_logged' }, { code: 'not_promoted' }],
    });
  });

  test('of a permit that somebody has written into the table is broken', async () => {
    const made = await chain({ through: 'permit' });
    await published(made, { statement: made.statements.get(BUNDLE.provenance) ?? null });
    expect(await provenance()).toMatchObject({ chain_status: 'broken', trust_level: 'untrusted' });
  });

  test('is not told to another tenant, nor to another workspace', async () => {
    await published(await chain());
    for (const asked of [
      { params: { scan_id: testId }, query: { workspace_id: scope.workspace }, tenant: 'globex' },
      { params: { scan_id: testId }, query: { workspace_id: 'other' } },
    ])
      await expect(ask('getProvenance', asked)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('of what is in quarantine says so, whatever the row says', async () => {
    const made = await chain();
    await published(made);
    await golden.remove(goldenManifestKey(scope, testId));
    const notice = await sealStatement(
      quarantineStatement(
        {
          scope,
          component: 'shop',
          assessment: 'default',
          testId,
          permitId: `permit_${'1'.repeat(32)}`,
          bundleDigest: sha256(made.indexBytes),
          cause: { orderId: `order_${'1'.repeat(32)}`, keyId: KEY, reason: 'key_compromise' },
        },
        { from: 'golden', to: 'quarantine', at: new Date('2026-06-05T00:00:00.000Z') },
      ),
      KEYS.promotion.signer,
    );
    await golden.put(quarantineNoticeKey(scope, testId), notice, { contentType: 'application/json' });
    const { trust_level, reasons, verification_trail } = await provenance();
    expect(trust_level).toBe('untrusted');
    expect(reasons.map(({ code }: { code: string }) => code)).toContain('quarantined');
    expect(verification_trail.map(({ result }: { result: string }) => result)).toContain('withdrawn');
  });
});

describe('verify-chain', () => {
  test('answers from bytes, and null for a registry that holds nothing of the run', async () => {
    await published(await chain());
    expect(await verify()).toMatchObject({
      chain_verified: true,
      signer_inner: KEY,
      artifact_locations: { s3_valid: true, registry_valid: null },
    });
  });

  test('looks into a registry that it can read, and finds what is not the same', async () => {
    const made = await chain();
    await published(made);
    const registry = openLayoutRegistry(join(folder, 'oci'));
    const push = (findings: string) =>
      pushArtifact(registry, {
        repository: `certus/${scope.tenant}/${scope.workspace}/shop`,
        tag: testId,
        artifactType: 'application/vnd.certus.bundle.v1+json',
        files: [
          { name: 'bundle.json', mediaType: 'application/json', bytes: made.indexBytes },
          { name: 'findings.json', mediaType: 'application/json', bytes: Buffer.from(findings) },
          { name: 'scan.json', mediaType: 'application/json', bytes: Buffer.from('scan') },
        ],
      });
    await push('findings');
    expect((await verify()).artifact_locations).toEqual({
      s3_valid: true,
      registry_valid: true,
      digests_match: true,
      content_identical: true,
    });
    await push('forged');
    expect(await verify()).toMatchObject({
      chain_verified: false,
      artifact_locations: { registry_valid: false, digests_match: false, content_identical: false },
    });
  });

  test('a location names the run, within the caller’s own tenant and workspace alone', async () => {
    await published(await chain());
    const s3 = (tenant: string) => `s3://golden/${tenant}/${scope.workspace}/security-scans/${testId}/golden`;
    const at = (location: string) => ({
      body: { workspace_id: scope.workspace, artifact_locations: { s3: location } },
    });
    expect(await ask('verifyChain', at(s3(scope.tenant)))).toMatchObject({ chain_verified: true });
    await expect(ask('verifyChain', at(s3('globex')))).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(ask('verifyChain', { body: { workspace_id: scope.workspace } })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  test('what the caller claims and the bytes do not is no verified chain', async () => {
    await published(await chain());
    const claimed = { signatures: { inner: { signer: 'somebody', verified: true } } };
    expect(await verify(claimed)).toMatchObject({ chain_verified: false, inner_signature_valid: true });
  });
});

describe('a digest', () => {
  test('is looked up in all workspaces of the tenant, and in no other tenant', async () => {
    const made = await chain();
    await published(made, { violations: [{ rule: 'gate', message: 'failed' }] });
    const digest = sha256(made.indexBytes);
    const entry = { sha256: digest, kind: 'bundle' as const, name: BUNDLE.index };
    for (let time = 0; time < 2; time += 1) await recordKnownDigests(database, scope, testId, [entry]);
    const found = await ask('lookUpDigest', { params: { sha256: digest } });
    expect(found).toMatchObject({
      bundles: [{ test_id: testId, kind: 'bundle', component_id: 'shop' }],
      permits: [{ permitted: true, bypass: false, tainted: [] }],
      promotions: [{ golden_manifest: 'here' }],
      violations: [{ rule: 'gate' }],
      truncated: false,
    });
    const other = await ask('lookUpDigest', { params: { sha256: digest }, tenant: 'globex' });
    expect(other).toMatchObject({ bundles: [], permits: [], promotions: [], violations: [] });
  });
});

describe('revoking a key', () => {
  const mine = async () => {
    const { runs } = await taintedRuns(database, RUN.tenant, KEY, { limit: 1000, published: false });
    return runs.filter(({ workspace_id }) => workspace_id === scope.workspace);
  };

  test('marks what it signed, tells what is published because of it, and marks it once', async () => {
    await published(await chain());
    for (let time = 0; time < 2; time += 1) {
      const marked = await markRevoked(database, RUN.tenant, KEY, REVOCATION);
      expect(marked.permits).toBeGreaterThan(0);
      expect(marked.published).toBeGreaterThan(0);
    }
    expect(await mine()).toMatchObject([{ test_id: testId, golden_manifest: 'here', component: 'shop' }]);
    const { trust_level, reasons } = await provenance();
    expect(trust_level).toBe('untrusted');
    expect(reasons.filter(({ code }: { code: string }) => code === 'key_revoked')).toHaveLength(1);
    const list = await ask('listTainted', {
      params: { key_id: KEY },
      query: { published: 'true', limit: '1' },
    });
    expect(list).toMatchObject({ key_id: KEY, runs: [{}] });
    expect(await ask('listTainted', { params: { key_id: KEY }, tenant: 'globex' })).toMatchObject({
      runs: [],
    });
  });

  test('leaves what was permitted before it was lost, whenever that says that it was made', async () => {
    await published(await chain());
    const since = (invalid_since: string) => ({ ...REVOCATION, invalid_since });
    await markRevoked(database, RUN.tenant, KEY, since('2026-06-01T12:01:01.000Z'));
    expect(await mine()).toEqual([]);
    // it says that it was finished a minute before, and whoever had the key by then could say so
    await markRevoked(database, RUN.tenant, KEY, since(DECIDED.toISOString()));
    expect(await mine()).toHaveLength(1);
  });

  test('endorsements of any time are marked', async () => {
    const signers = [
      { key_id: 'f'.repeat(32), environment: 'production', as: 'evidence' },
      { key_id: KEY, environment: 'production', as: 'endorsement' },
    ];
    await published(await chain(), { facts: { signers, finished_on: FINISHED } });
    await markRevoked(database, RUN.tenant, KEY, {
      ...REVOCATION,
      invalid_since: '2027-01-01T00:00:00.000Z',
    });
    expect(await mine()).toHaveLength(1);
  });

  test('marks neither refusals, nor what other keys signed, nor other tenants', async () => {
    await published(await chain(), { permitted: false, reason: 'invalid_signer' });
    await markRevoked(database, RUN.tenant, KEY, REVOCATION);
    await markRevoked(database, 'globex', KEY, REVOCATION);
    await markRevoked(database, RUN.tenant, 'e'.repeat(32), REVOCATION);
    expect(await mine()).toEqual([]);
  });

  test('pages through all of it', async () => {
    const all = new Set<string>();
    await published(await chain());
    testId = `test_${randomBytes(12).toString('hex')}`;
    await published(await chain());
    await markRevoked(database, RUN.tenant, KEY, REVOCATION);
    let after: Awaited<ReturnType<typeof taintedRuns>>['next'];
    do {
      const page = await taintedRuns(database, RUN.tenant, KEY, { limit: 1, after, published: false });
      for (const { permit_id } of page.runs) all.add(permit_id);
      after = page.next;
    } while (after !== undefined);
    const { runs } = await taintedRuns(database, RUN.tenant, KEY, { limit: 1000, published: false });
    expect(all.size).toBe(runs.length);
    expect(all.size).toBeGreaterThan(1);
  });
});

test('a publication that ends late does not undo a quarantine on the row', async () => {
  await published(await chain());
  const input = {
    scope,
    component: 'shop',
    assessment: 'default',
    testId,
    permitId: `permit_${'1'.repeat(32)}`,
    bundleDigest: 'b'.repeat(64),
    cause: { orderId: `order_${'1'.repeat(32)}`, keyId: KEY, reason: 'key_compromise' as const },
  };
  for (let time = 0; time < 2; time += 1)
    await recordQuarantine({ database, raw }, input, { oci: 'withdrawn', notices: [] });
  const late = await updateScan(database, scope, testId, {
    uploadStatus: 'uploaded',
    goldenManifest: 'again',
    ociReference: 'again',
    completedAt: new Date(FINISHED),
  });
  expect(late).toMatchObject({
    uploadStatus: 'quarantined',
    goldenManifest: null,
    ociReference: null,
    completedAt: new Date(FINISHED),
  });
  expect((await findScan(database, scope, testId))?.warnings).toHaveLength(1);
});
