// needs: postgres, temporal, s3
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BUNDLE, type BundleFile, type BundleIndex, type GoldenManifest } from '../../contracts/bundle.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { goldenManifestKey, goldenPrefix, rawPrefix } from '../../contracts/object-keys.ts';
import { ReviewRules } from '../../contracts/privacy.ts';
import { reviewIdOf } from '../../domain/review/review-id.ts';
import { openReview } from '../../services/database/reviews.ts';
import { openScan, updateScan } from '../../services/database/scans.ts';
import { listTrustEvents } from '../../services/database/trust-events.ts';
import { openObjectStore } from '../../services/objects/open-objects.ts';
import { verified } from '../../services/objects/reading.ts';
import type { ObjectStore } from '../../services/objects/store.ts';
import { type Answer, type Api, type Asking, needed, startApi, TOKEN } from './api-harness.ts';

const workspace = `artifacts-${randomBytes(4).toString('hex')}`;
const scope = { tenant: 'default', workspace };
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
/** Of somebody without a role. */
const MEMBER = 'm'.repeat(40);
const ATTACK = '<script>alert(1)</script>';
const CONTENT: Record<string, { type: string; bytes: Buffer }> = {
  'findings.json': { type: 'application/json', bytes: Buffer.from('{"findings":[]}') },
  'summary.html': { type: 'text/html', bytes: Buffer.from(ATTACK) },
  'reports/sast/semgrep.json': { type: 'application/x-report', bytes: randomBytes(300_000) },
  'logs/empty.log': { type: 'text/plain', bytes: Buffer.alloc(0) },
};

let folder: string;
let api: Api;
let store: ObjectStore;
let testId: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certus-artifacts-'));
  store = await openObjectStore(folder, { region: 'us-east-1' });
  const member = { subject: 'bob', tenant: 'default', roles: [], token_sha256: sha256(MEMBER) };
  api = await startApi({ store, tokens: [member] });
  testId = await scanWithBundle();
});
afterAll(async () => {
  await api.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A run whose evidence lies in raw, as the worker leaves it. */
async function scanWithBundle(from: Api = api, objects: ObjectStore = store): Promise<string> {
  const id = `test_${randomBytes(12).toString('hex')}`;
  const raw = await objects.bucket('raw');
  const files: BundleFile[] = [];
  for (const [path, { type, bytes }] of Object.entries(CONTENT)) {
    await raw.put(`${rawPrefix(scope, id)}${path}`, bytes, { contentType: type });
    files.push({ path, sha256: sha256(bytes), size: bytes.length, media_type: type });
  }
  const index: BundleIndex = {
    schema: 'https://certus.dev/bundle/v1',
    tenant: scope.tenant,
    workspace_id: workspace,
    component_id: 'payments',
    assessment_id: 'default',
    test_id: id,
    files,
  };
  const bytes = Buffer.from(canonicalJson(index));
  await raw.put(`${rawPrefix(scope, id)}${BUNDLE.index}`, bytes, { contentType: 'application/json' });
  await raw.put(`${rawPrefix(scope, id)}${BUNDLE.provenance}`, Buffer.from('{"a":1}'), {
    contentType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
  });
  // What lies there and is not listed is none of the evidence.
  await raw.put(`${rawPrefix(scope, id)}unlisted.txt`, Buffer.from('secret'), { contentType: 'text/plain' });
  await openScan(from.deps.database, scope, {
    testId: id,
    component: 'payments',
    assessment: 'default',
    source: { type: 'directory', path: '/srv/shop' },
    requestedBy: null,
    profile: 'light',
    manifestDigest: null,
    request: null,
    workflowId: `scan/${workspace}/payments/${id}`,
    createdAt: new Date(),
  });
  await updateScan(from.deps.database, scope, id, {
    status: 'SUCCEEDED',
    bundleDigest: sha256(bytes),
    artifacts: { findings: 'findings.json' },
  });
  return id;
}

/** What transform does, without its checks. */
async function publish(id: string, changes: Partial<GoldenManifest> = {}): Promise<void> {
  const [raw, golden] = [await store.bucket('raw'), await store.bucket('golden')];
  const indexKey = `${rawPrefix(scope, id)}${BUNDLE.index}`;
  const bytes = await raw.read(indexKey, 1e6);
  const { files } = JSON.parse(Buffer.from(bytes).toString()) as BundleIndex;
  for (const file of files)
    await golden.put(
      `${goldenPrefix(scope, id)}${file.path}`,
      await raw.read(`${rawPrefix(scope, id)}${file.path}`, 1e6),
      { contentType: file.media_type },
    );
  const manifest: GoldenManifest = {
    schema: 'https://certus.dev/golden/v1',
    tenant: scope.tenant,
    workspace_id: workspace,
    component_id: 'payments',
    test_id: id,
    permit_id: 'permit_0123456789ab',
    bundle_digest: sha256(bytes),
    prefix: goldenPrefix(scope, id),
    files,
    promoted_at: new Date().toISOString(),
    ...changes,
  };
  await golden.put(goldenManifestKey(scope, id), Buffer.from(JSON.stringify(manifest)), {
    contentType: 'application/json',
  });
  await updateScan(api.deps.database, scope, id, { goldenManifest: 'here' });
}

const listOf = (id: string, asking?: Asking) =>
  api.ask(`/v1/security-scans/${id}/artifacts?workspace_id=${workspace}`, asking);
const fileOf = (path: string, headers: Record<string, string> = {}, id = testId): Promise<Answer> =>
  api.ask(`/v1/security-scans/${id}/artifacts/${path}?workspace_id=${workspace}`, { headers });

describe('the list', () => {
  test('is what the index lists, the index itself and the statements', async () => {
    const { status, json } = await listOf(testId);
    expect(status).toBe(200);
    expect(json).toMatchObject({ test_id: testId, store: 'raw', bundle_digest: expect.any(String) });
    const paths = json.artifacts.map(({ path }: { path: string }) => path).sort();
    expect(paths).toEqual([...Object.keys(CONTENT), BUNDLE.index, BUNDLE.provenance].sort());
    const findings = json.artifacts.find(({ path }: { path: string }) => path === 'findings.json');
    expect(findings).toMatchObject({ name: 'findings', media_type: 'application/json', size: 15 });
    expect((await api.ask(findings.url)).text).toBe('{"findings":[]}');
  });

  test('is of golden once the run is published there', async () => {
    const id = await scanWithBundle();
    await publish(id);
    expect((await listOf(id)).json).toMatchObject({ store: 'golden' });
    await rm(join(folder, 'raw', rawPrefix(scope, id)), { recursive: true });
    expect((await fileOf('findings.json', {}, id)).text).toBe('{"findings":[]}');
  });

  test('is empty while there is no evidence yet', async () => {
    const id = await scanWithBundle();
    await updateScan(api.deps.database, scope, id, { bundleDigest: null });
    expect((await listOf(id)).json).toEqual({ test_id: id, store: null, bundle_digest: null, artifacts: [] });
    expect((await fileOf('findings.json', {}, id)).status).toBe(404);
  });

  test('is refused when it is not the one that the run has made', async () => {
    const raw = await scanWithBundle();
    await appendFile(join(folder, 'raw', rawPrefix(scope, raw), BUNDLE.index), ' ');
    expect((await listOf(raw)).json).toMatchObject({ code: 'bundle_invalid' });
    for (const changes of [
      { bundle_digest: 'a'.repeat(64) },
      { prefix: goldenPrefix(scope, testId) },
      { files: [{}] as never },
    ]) {
      const golden = await scanWithBundle();
      await publish(golden, changes);
      expect((await listOf(golden)).json).toMatchObject({ code: 'bundle_invalid' });
    }
  });
});

describe('a file', () => {
  test('comes as it was stored, and harmless', async () => {
    const { status, text, headers } = await fileOf('summary.html');
    expect({ status, text }).toEqual({ status: 200, text: ATTACK });
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(ATTACK.length),
      'content-disposition': 'attachment; filename="summary.html"',
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
      etag: `"${sha256(ATTACK)}"`,
    });
    expect(headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/);
  });

  test('may lie deeper, be empty or be asked for without its bytes', async () => {
    const deep = await bytesOf('reports/sast/semgrep.json');
    expect(deep.equals(CONTENT['reports/sast/semgrep.json']?.bytes as Buffer)).toBe(true);
    expect(await fileOf('logs/empty.log')).toMatchObject({ status: 200, text: '' });
    const head = await api.ask(
      `/v1/security-scans/${testId}/artifacts/findings.json?workspace_id=${workspace}`,
      {
        method: 'HEAD',
      },
    );
    expect(head).toMatchObject({ status: 200, text: '', headers: { 'content-length': '15' } });
  });

  test.each([
    ['unlisted.txt', 404],
    ['nothing', 404],
    ['findings.json/', 422],
    ['..%2f..%2fother', 422],
    ['%2e%2e/golden-manifest.json', 422],
    ['reports/%2e%2e/findings.json', 422],
    ['/etc/passwd', 422],
    ['a%00b', 422],
    ['constructor', 404],
    ['__proto__', 404],
    ['reports%2fsast%2fsemgrep.json', 200],
  ])('%s is %i', async (path, status) => {
    expect((await fileOf(path)).status).toBe(status);
  });

  test.each([
    ['bytes=0-3', 206, '0-3', '{"fi'],
    ['bytes=11-', 206, '11-14', ':[]}'],
    ['bytes=-4', 206, '11-14', ':[]}'],
    ['bytes=-400', 206, '0-14', '{"findings":[]}'],
    ['bytes=10-9999', 206, '10-14', '":[]}'],
    ['bytes=14-14', 206, '14-14', '}'],
    ['bytes=0-1,3-4', 200, undefined, '{"findings":[]}'],
    ['bytes=4-2', 200, undefined, '{"findings":[]}'],
    ['lines=0-1', 200, undefined, '{"findings":[]}'],
    ['bytes=-', 200, undefined, '{"findings":[]}'],
    ['bytes=0x1-2', 200, undefined, '{"findings":[]}'],
  ])('the range %s is answered with %i', async (range, status, part, text) => {
    const answer = await fileOf('findings.json', { range });
    expect({ status: answer.status, text: answer.text }).toEqual({ status, text });
    expect(answer.headers['content-range']).toBe(part && `bytes ${part}/15`);
    expect(answer.headers['content-length']).toBe(String(text.length));
  });

  test.each(['bytes=15-', 'bytes=99-100', 'bytes=-0'])('the range %s cannot be had', async (range) => {
    const answer = await fileOf('findings.json', { range });
    expect(answer.json).toMatchObject({ status: 416, code: 'range_not_satisfiable' });
    expect(answer.headers['content-range']).toBe('bytes */15');
    expect((await fileOf('logs/empty.log', { range })).status).toBe(416);
  });

  test('is not sent to who has it, and a part only of what was begun', async () => {
    const etag = `"${sha256('{"findings":[]}')}"`;
    for (const value of [etag, `W/${etag}`, `"x", ${etag}`, '*'])
      expect(await fileOf('findings.json', { 'if-none-match': value })).toMatchObject({
        status: 304,
        text: '',
      });
    expect((await fileOf('findings.json', { 'if-none-match': '"x"' })).status).toBe(200);
    expect((await fileOf('findings.json', { range: 'bytes=0-1', 'if-range': etag })).status).toBe(206);
    expect((await fileOf('findings.json', { range: 'bytes=0-1', 'if-range': '"old"' })).status).toBe(200);
  });

  test('of another workspace, or for nobody, is not there', async () => {
    const path = `/v1/security-scans/${testId}/artifacts`;
    for (const where of [path, `${path}/findings.json`]) {
      expect((await api.ask(`${where}?workspace_id=another`)).status).toBe(404);
      expect((await api.ask(where)).status).toBe(404);
      expect((await api.ask(`${where}?workspace_id=${workspace}`, { token: null })).status).toBe(401);
    }
  });

  test('that was altered at rest is refused, whole or in part', async () => {
    const id = await scanWithBundle();
    const file = join(folder, 'raw', rawPrefix(scope, id), 'findings.json');
    await writeFile(file, '{"findings":{}}');
    for (const headers of [{}, { range: 'bytes=0-3' }])
      expect((await fileOf('findings.json', headers as Record<string, string>, id)).json).toMatchObject({
        code: 'digest_mismatch',
      });
  });

  test('that goes bad while it is read never arrives whole', async () => {
    const id = await scanWithBundle();
    const path = 'reports/sast/semgrep.json';
    const raw = await store.bucket('raw');
    const key = `${rawPrefix(scope, id)}${path}`;
    // The store still says what was stored, and gives other bytes: the last of them is the wrong one.
    const rotten = {
      ...raw,
      open: async () => {
        const { info, body } = await raw.open(key);
        const bytes = Buffer.concat(await body.toArray());
        bytes.writeUInt8((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1);
        // Everything has time to leave before the end is reached, at which the digest is known.
        const slowly = async function* () {
          yield bytes.subarray(0, -1);
          yield bytes.subarray(-1);
          for (let turn = 0; turn < 100; turn += 1) await new Promise((next) => setImmediate(next));
        };
        return { info, body: verified({ info, body: Readable.from(slowly()) }) };
      },
    };
    const broken = await startApi({
      store: {
        ...store,
        readable: (name) => (name === 'raw' ? rotten : store.readable(name)),
        close: async () => undefined,
      },
    });
    const url = `/v1/security-scans/${id}/artifacts/${path}?workspace_id=${workspace}`;
    await expect(broken.ask(url)).rejects.toThrow();
    expect(broken.log()).toContain('is not what was stored');
    expect((await fileOf(path, {}, id)).status).toBe(200);
    await broken.stop();
  });
});

describe('what a review holds back', () => {
  let id: string;
  const HELD = 'summary.html';
  const url = (path: string, query = '') =>
    `/v1/security-scans/${id}/artifacts/${path}?workspace_id=${workspace}${query}`;

  beforeAll(async () => {
    id = await scanWithBundle();
    const index = await store.readable('raw').read(`${rawPrefix(scope, id)}${BUNDLE.index}`, 1e6);
    const review = {
      ...{ scope, id: reviewIdOf(scope, id, sha256(index)), component: 'payments', assessment: 'default' },
      testId: id,
      subject: {
        kind: 'evidence' as const,
        bundleDigest: sha256(index),
        permitId: `permit_${'1'.repeat(32)}`,
        files: [{ path: HELD, sha256: sha256(ATTACK), size: ATTACK.length }],
      },
      rules: ReviewRules.parse({}),
      openedAt: new Date().toISOString(),
    };
    await openReview(
      api.deps.database,
      { ...review, found: { kinds: [], opaque: [] } },
      { kinds: [], places: [], opaque: [] },
    );
    await updateScan(api.deps.database, scope, id, { uploadStatus: 'in_review' });
  });

  test('is given to nobody who is no reviewer, in whole, in part, by an address or by its absence', async () => {
    const askings: Record<string, string>[] = [
      {},
      { range: 'bytes=0-3' },
      { 'if-none-match': `"${sha256(ATTACK)}"` },
    ];
    for (const headers of askings)
      expect(await api.ask(url(HELD), { token: MEMBER, headers })).toMatchObject({
        status: 403,
        json: { code: 'forbidden' },
      });
    expect((await api.ask(url(HELD, '&presign=true'), { token: MEMBER })).status).toBe(403);
    expect((await api.ask(url(HELD), { token: MEMBER, method: 'HEAD' })).status).toBe(403);
  });

  test('is all that is withheld: the rest is there, and the list says which it is', async () => {
    expect((await api.ask(url('findings.json'), { token: MEMBER })).status).toBe(200);
    expect((await api.ask(url(BUNDLE.provenance), { token: MEMBER })).status).toBe(200);
    const { json } = await listOf(id, { token: MEMBER });
    const held = json.artifacts.filter((file: { held: boolean }) => file.held);
    expect(held.map(({ path }: { path: string }) => path)).toEqual([HELD]);
  });

  test('is shown to a reviewer, and that it was is on record', async () => {
    expect((await api.ask(url(HELD))).text).toBe(ATTACK);
    const { events } = await listTrustEvents(api.deps.database, 'default', { about: id, limit: 100 });
    expect(events).toMatchObject([{ type: 'held_file_read', data: { by: 'local', path: HELD } }]);
  });

  test('and of a run that was rejected without a word on which files, nothing is given', async () => {
    id = await scanWithBundle();
    await updateScan(api.deps.database, scope, id, { uploadStatus: 'rejected' });
    expect((await api.ask(url('findings.json'), { token: MEMBER })).status).toBe(403);
  });
});

test('a store with a door of its own is asked to hand the file over', async () => {
  const s3 = await openObjectStore('s3://', {
    endpoint: needed('CERTUS_S3_ENDPOINT'),
    region: needed('CERTUS_S3_REGION'),
    accessKeyId: needed('CERTUS_S3_ACCESS_KEY_ID'),
    secretAccessKey: needed('CERTUS_S3_SECRET_ACCESS_KEY'),
  });
  const other = await startApi({ store: s3 });
  const id = await scanWithBundle(other, s3);
  const path = (query: string) =>
    `/v1/security-scans/${id}/artifacts/summary.html?workspace_id=${workspace}${query}`;
  const { status, headers } = await other.ask(path('&presign=true'));
  expect(status).toBe(307);
  expect(headers.location).not.toContain(TOKEN);
  const answer = await fetch(String(headers.location));
  expect(await answer.text()).toBe(ATTACK);
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="summary.html"');
  expect((await other.ask(path(''), { headers: { range: 'bytes=1-6' } })).text).toBe('script');
  // A folder has no such door: it is answered here.
  expect((await fileOf('summary.html')).text).toBe(ATTACK);
  await other.stop();
});

/** The bytes and not their text. */
function bytesOf(path: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const url = `/v1/security-scans/${testId}/artifacts/${path}?workspace_id=${workspace}`;
    const asking = request({
      port: api.port,
      path: url,
      agent: false,
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    asking.on('error', reject).on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      response.on('end', () => resolve(Buffer.concat(chunks)));
    });
    asking.end();
  });
}
