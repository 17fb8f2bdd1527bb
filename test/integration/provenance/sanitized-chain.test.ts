// needs: postgres
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { publishOci } from '../../../activities/publish/publish-oci.ts';
import type { ApiDeps } from '../../../api/deps.ts';
import { provenanceRoutes } from '../../../api/provenance/provenance-routes.ts';
import type { Call } from '../../../api/route.ts';
import { chainRoutes } from '../../../api/verification/chain-routes.ts';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { goldenManifestKey, goldenPrefix, rawPrefix } from '../../../contracts/object-keys.ts';
import { type Database, openDatabase } from '../../../services/database/database.ts';
import { changePromotion, openPromotion } from '../../../services/database/document-promotions.ts';
import { openScan } from '../../../services/database/scans.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { pushArtifact } from '../../../services/registry/artifact.ts';
import { openLayoutRegistry } from '../../../services/registry/layout-registry.ts';
import type { Registry } from '../../../services/registry/registry.ts';
import { KEY_SET } from '../../unit/domain/custody-fixture.ts';
import { needed } from '../api-harness.ts';
import { type GoldenRun, goldenRun, type Held, PUBLICATION, scope } from '../transform/golden-run.ts';

let folder: string;
let database: Database;
let golden: Bucket;
let raw: Bucket;
let registry: Registry;
let deps: ApiDeps;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certus-sanitized-chain-'));
  database = openDatabase(needed('CERTUS_DATABASE_URL'));
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  const home = await mkdtemp(join(folder, 'objects-'));
  const store = openDirectoryStore(home);
  [golden, raw] = [await store.bucket('golden'), await store.bucket('raw')];
  registry = openLayoutRegistry(join(home, 'oci'));
  deps = {
    database,
    objects: { golden, raw },
    trust: { keySet: KEY_SET, log: { entries: async () => [] } },
    settings: { CERTUS_REGISTRY_URL: join(home, 'oci'), CERTUS_REGISTRY_NAMESPACE: 'certus' },
  } as unknown as ApiDeps;
});

const file = (path: string, text: string): Held => ({
  path,
  bytes: Buffer.from(text),
  mediaType: 'text/plain',
});

const lay = (path: string, text: string, { input }: GoldenRun) =>
  golden.put(`${goldenPrefix(scope, input.testId)}${path}`, Buffer.from(text), { contentType: 'text/plain' });

/** Asks as the server does: everything through its schema, the answer too. */
async function ask(id: string, parts: { params?: object; query?: object; body?: object }) {
  const route = [...provenanceRoutes(deps), ...chainRoutes(deps)].find((each) => each.id === id);
  if (route === undefined) throw new Error(`no route ${id}`);
  const call = {
    params: route.params?.parse(parts.params ?? {}),
    query: route.query?.parse(parts.query ?? {}),
    body: route.body?.schema.parse(parts.body ?? {}),
    principal: { tenant: scope.tenant, subject: 'test', roles: [] },
  } as unknown as Call<unknown, unknown, unknown, unknown>;
  const answer = await route.handle(call);
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  return route.answers[answer.status]?.schema?.parse(answer.body) as any;
}

const verify = ({ input: { testId } }: GoldenRun) =>
  ask('verifyChain', { body: { scan_id: testId, workspace_id: scope.workspace } });
const publish = ({ deps: publishing, input }: GoldenRun) =>
  publishOci(publishing, input, new AbortController().signal, PUBLICATION);

describe('a scan of which a report was masked and another withheld', () => {
  const MASKED = 'findings.json';
  const WITHHELD = 'reports/a.json';
  let run: GoldenRun;
  beforeEach(async () => {
    const testId = `test_${randomBytes(12).toString('hex')}`;
    run = await goldenRun(golden, registry, {
      testId,
      component: 'shop',
      files: [file('scan.json', '{}'), file(MASKED, 'call 555'), file(WITHHELD, 'card 4111')],
      masked: new Map([[MASKED, file(MASKED, 'call <PHONE>')]]),
      withheld: [WITHHELD],
    });
    await openScan(database, scope, {
      ...{ testId, component: 'shop', assessment: 'default', profile: 'light', manifestDigest: null },
      source: { type: 'git', url: 'https://git.example/shop' },
      ...{ requestedBy: null, request: null, workflowId: `scan/web/shop/${testId}`, createdAt: new Date() },
    });
  });

  test('is verified, and what was done to it is told', async () => {
    await publish(run);
    const answer = await verify(run);
    expect(answer).toMatchObject({
      chain_verified: true,
      sanitized: { masked: 1, withheld: 1, released: 0 },
      artifact_locations: {
        s3_valid: true,
        registry_valid: true,
        digests_match: true,
        content_identical: true,
      },
    });
    expect(answer.links[0].detail).toContain('but for 2 that');
    const provenance = await ask('getProvenance', {
      params: { scan_id: run.input.testId },
      query: { workspace_id: scope.workspace },
    });
    expect(provenance).toMatchObject({ chain_status: 'complete', sanitized: { masked: 1, withheld: 1 } });
  });

  test.each<[string, string, string, string]>([
    ['the masked copy was changed', MASKED, 'call <NOBODY>', 'hash_mismatch'],
    ['the original stands in its place', MASKED, 'call 555', 'hash_mismatch'],
    ['what was withheld is there', WITHHELD, 'card 4111', 'unlisted_file'],
    ['nobody trusted says what was done', BUNDLE.sanitize, '{}', 'malformed'],
  ])('is not verified when %s', async (_, path, text, code) => {
    await lay(path, text, run);
    const answer = await verify(run);
    expect(answer).toMatchObject({ chain_verified: false, artifact_locations: { s3_valid: false } });
    expect(answer.links[0].fault).toMatchObject({ code });
  });

  const shown = async (): Promise<{ name: string; mediaType: string; bytes: Uint8Array }[]> => {
    const prefix = goldenPrefix(scope, run.input.testId);
    const files = [];
    for await (const { key } of golden.list(prefix))
      files.push({
        name: key.slice(prefix.length),
        mediaType: 'text/plain',
        bytes: await golden.read(key, 1e6),
      });
    return files;
  };
  const push = async (files: Awaited<ReturnType<typeof shown>>) =>
    pushArtifact(registry, {
      repository: `certus/${scope.tenant}/${scope.workspace}/shop`,
      tag: run.input.testId,
      artifactType: 'application/vnd.certus.bundle.v1+json',
      files,
    });

  test('is held to golden in the registry: neither what was withheld nor an original may be had there', async () => {
    const copy = await shown();
    await push(copy);
    expect(await verify(run)).toMatchObject({
      chain_verified: true,
      artifact_locations: { registry_valid: true },
    });
    const original = { mediaType: 'text/plain', name: WITHHELD, bytes: Buffer.from('card 4111') };
    const unmasked = { mediaType: 'text/plain', name: MASKED, bytes: Buffer.from('call 555') };
    const wrong = [
      [...copy, original],
      [...copy.filter(({ name }) => name !== MASKED), unmasked],
      copy.filter(({ name }) => name !== MASKED),
    ];
    for (const files of wrong) {
      await push(files);
      expect(await verify(run)).toMatchObject({
        chain_verified: false,
        artifact_locations: { s3_valid: true, registry_valid: false },
      });
    }
  });
});

describe('documents', () => {
  const NAME = 'documents/Jahr 2025/Übersicht (neu).txt';
  let run: GoldenRun;
  beforeEach(async () => {
    const testId = `docs_${randomBytes(12).toString('hex')}`;
    run = await goldenRun(golden, registry, {
      testId,
      component: 'papers',
      files: [file(BUNDLE.intake, '{}'), file(NAME, 'one'), file('documents/b.txt', 'call 555')],
      masked: new Map([['documents/b.txt', file('documents/b.txt', 'call <PHONE>')]]),
    });
    await openPromotion(deps.database, scope, {
      ...{ testId, kind: 'documents', component: 'papers', orderId: null, requestedBy: 'ada' },
      ...{ documents: 2, bytes: 11, createdAt: new Date() },
    });
  });
  const promoted = () =>
    changePromotion(database, scope, run.input.testId, { state: 'promoted', goldenManifest: 'here' });

  test('are verified as scans are', async () => {
    await publish(run);
    await promoted();
    expect(await verify(run)).toMatchObject({
      scan_id: run.input.testId,
      chain_verified: true,
      sanitized: { masked: 1, withheld: 0 },
      artifact_locations: { s3_valid: true, registry_valid: true, content_identical: true },
    });
    for (const format of ['document', 'graph'])
      expect(
        await ask('getProvenance', {
          params: { scan_id: run.input.testId },
          query: { workspace_id: scope.workspace, format },
        }),
      ).toMatchObject({ chain_status: 'complete' });
  });

  test('are not when one was changed', async () => {
    await promoted();
    await lay(NAME, 'two', run);
    expect(await verify(run)).toMatchObject({ chain_verified: false });
  });

  test('are named by where they lie as well', async () => {
    const { testId } = run.input;
    const { tenant, workspace } = scope;
    const at = (artifact_locations: object) =>
      ask('verifyChain', { body: { workspace_id: workspace, artifact_locations } });
    const s3 = `s3://golden/${tenant}/${workspace}/documents/${testId}/golden/`;
    const image = `registry.example/certus/${tenant}/${workspace}/papers:${testId}@sha256:${'a'.repeat(64)}`;
    for (const location of [{ s3 }, { registry: image }, { s3, registry: image }])
      expect(await at(location)).toMatchObject({ scan_id: testId });
    for (const location of [
      { s3: s3.replace('/documents/', '/security-scans/') },
      { s3: s3.replace(`${tenant}/`, 'globex/') },
      { s3, registry: image.replace(testId, 'docs_0123456789ab') },
    ])
      await expect(at(location)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  test('that are not published were seen by nobody, and that is said', async () => {
    const { testId } = run.input;
    for (const path of [BUNDLE.index, BUNDLE.provenance]) {
      const bytes = await golden.read(`${goldenPrefix(scope, testId)}${path}`, 1e6);
      await raw.put(`${rawPrefix(scope, testId)}${path}`, bytes, { contentType: 'application/json' });
    }
    await golden.remove(goldenManifestKey(scope, testId));
    const answer = await verify(run);
    expect(answer).toMatchObject({ chain_verified: false, inner_signature_valid: true });
    expect(answer.links[0]).toMatchObject({ state: 'unknown' });
  });

  test('of which there is no row are not there', async () => {
    const body = { scan_id: `docs_${randomBytes(12).toString('hex')}`, workspace_id: scope.workspace };
    await expect(ask('verifyChain', { body })).rejects.toMatchObject({ code: 'not_found' });
  });
});
