import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PublishDeps } from '../../../activities/publish/deps.ts';
import { type Promotion, promote } from '../../../activities/publish/promote.ts';
import { BUNDLE, GoldenManifest } from '../../../contracts/bundle.ts';
import { CertusError } from '../../../contracts/errors.ts';
import {
  goldenManifestKey,
  goldenPrefix,
  heldKey,
  holdStatementKey,
  rawPrefix,
} from '../../../contracts/object-keys.ts';
import type { TrustAction } from '../../../contracts/orders.ts';
import type { DecideReview, ReviewOutcome } from '../../../contracts/review.ts';
import type { PublishInput } from '../../../contracts/workflows.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { orderStatement } from '../../../domain/custody/order-statement.ts';
import { holdStatement } from '../../../domain/custody/sanitize-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { verifyBundle } from '../../../domain/custody/verify-bundle.ts';
import { reviewIdOf } from '../../../domain/review/review-id.ts';
import { DEFAULT_PRIVACY_POLICY } from '../../../domain/sanitize/default-privacy-policy.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import type { Inspector } from '../../../services/privacy/inspector.ts';
import {
  describeFile,
  type Golden,
  KEY_SET,
  KEYS,
  makeGolden,
  makeIndex,
  RUN,
  statementOf,
  testKey,
} from '../domain/custody-fixture.ts';
import { publishTables, unlocked, wordInspector } from './publish-fixture.ts';

const operator = testKey('operator');
const keySet = { ...KEY_SET, keys: [...KEY_SET.keys, operator.trusted] };
const wanted = new AbortController().signal;
const scope = { tenant: RUN.tenant, workspace: RUN.workspace };
const [from, to] = [rawPrefix(scope, RUN.testId), goldenPrefix(scope, RUN.testId)];
const manifestKey = goldenManifestKey(scope, RUN.testId);
const PERMIT_ID = `permit_${'1'.repeat(32)}`;
const LONG_AFTER = new Date('2026-07-01T00:00:00.000Z');

let folder: string;
let bundles = 0;
let fixture: Golden;
let tables: ReturnType<typeof publishTables>;
let deps: PublishDeps & { readonly raw: Bucket; readonly inspector: ReturnType<typeof wordInspector> };
let input: PublishInput;
let clock: Date;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certus-publish-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Puts a signed and permitted bundle with these files into raw. */
async function bring(files: Record<string, string>): Promise<void> {
  const index = makeIndex({ files: Object.entries(files).map(([path, text]) => describeFile(path, text)) });
  fixture = await makeGolden(index);
  clock = new Date('2026-06-01T12:02:00.000Z');
  tables = publishTables(statementOf(fixture, BUNDLE.permit));
  bundles += 1;
  const store = openDirectoryStore(join(folder, String(bundles)));
  deps = {
    database: tables.database,
    raw: await store.bucket('raw'),
    golden: await store.bucket('golden'),
    uploads: await store.bucket('uploads'),
    quarantine: await store.bucket('quarantine'),
    inspector: wordInspector(),
    lockUntil: unlocked,
    registry: undefined as unknown as PublishDeps['registry'],
    registryNamespace: 'certus',
    promotionSigner: { ...KEYS.promotion.signer, publicKeyPem: KEYS.promotion.trusted.public_key_pem },
    keySet,
    now: () => clock,
  };
  const bundle = { prefix: from, digest: sha256(fixture.indexBytes) };
  const run = { scope, component: 'shop', assessment: 'default', testId: RUN.testId };
  input = { ...run, bundle, permitId: PERMIT_ID };
  const put = (path: string, bytes: Uint8Array) =>
    deps.raw.put(`${from}${path}`, bytes, { contentType: 'application/json' });
  await put(BUNDLE.index, fixture.indexBytes);
  await put(BUNDLE.provenance, statementOf(fixture, BUNDLE.provenance));
  for (const [path, text] of Object.entries(files)) await put(path, Buffer.from(text));
}

const publish = (decided?: ReviewOutcome, those: PublishDeps = deps): Promise<Promotion> =>
  promote(those, input, wanted, 'publish/web/shop/1', decided);

async function heldReview() {
  const answer = await publish();
  if (!('held' in answer)) throw new Error('it was not held back');
  return answer.held;
}

const keysOf = async (bucket: Bucket): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of bucket.list('')) keys.push(key);
  return keys;
};
const textIn = async (bucket: Bucket, key: string): Promise<string> =>
  Buffer.from(await bucket.read(key, 1e6)).toString();

/** The copy that golden shows, as anybody verifies it. */
async function shown() {
  const manifest = GoldenManifest.parse(JSON.parse(await textIn(deps.golden, manifestKey)));
  const statements = new Map<string, Uint8Array>();
  const files = new Map<string, { sha256: string; size: number }>();
  for (const key of (await keysOf(deps.golden)).filter((name) => name.startsWith(to))) {
    const [path, bytes] = [key.slice(to.length), await deps.golden.read(key, 1e8)];
    if (path.startsWith(BUNDLE.statements)) statements.set(path, bytes);
    else files.set(path, { sha256: sha256(bytes), size: bytes.length });
  }
  const listed = manifest.files.map((file) => `${file.path} ${file.sha256}`).sort();
  const lying = [...[...files].map(([path, file]) => `${path} ${file.sha256}`)].concat(
    [...statements].map(([path, bytes]) => `${path} ${sha256(bytes)}`),
  );
  expect(listed).toEqual(lying.sort());
  return verifyBundle({ indexBytes: fixture.indexBytes, statements, files }, keySet);
}
const visible = async () => (await deps.golden.head(manifestKey)) !== undefined;

let orders = 0;
async function signed(action: TrustAction, by = 'ada', signer = operator.signer) {
  orders += 1;
  const id = `order_${String(orders).padStart(32, '0')}`;
  const statement = await sealStatement(
    orderStatement({
      ...{ id, tenant: scope.tenant, by, action },
      given_at: '2026-06-01T13:00:00.000Z',
      expires_at: '2026-06-01T14:00:00.000Z',
    }),
    signer,
  );
  await tables.order.createMany({ data: [{ tenant: scope.tenant, id, statement }] });
  return { orderId: id, by, reason: 'looked at it', at: '2026-06-01T13:00:00.000Z' };
}

const decision = (changes: Partial<DecideReview> = {}): DecideReview => ({
  kind: 'decide_review',
  workspace: scope.workspace,
  review_id: reviewIdOf(scope, RUN.testId, input.bundle.digest),
  verdict: 'release',
  reason: 'looked at it',
  subject_digest: input.bundle.digest,
  ...changes,
});

const outcome = (
  state: ReviewOutcome['state'],
  ...said: ReviewOutcome['orders'][number][]
): ReviewOutcome => ({ state, orders: said, testId: null });

test('evidence in which nothing is found goes to golden as it is, and the statement says who looked', async () => {
  await bring({ 'findings.json': 'fine', 'scan.json': 'scan' });
  expect(await publish()).toHaveProperty('manifest');
  expect(await shown()).toMatchObject({
    verified: true,
    sanitized: { masked: [], withheld: [], released: [] },
  });
  expect(deps.inspector.looked.sort()).toEqual(['findings.json', 'scan.json']);
  expect(tables.promotions.get(RUN.testId)).toMatchObject({
    state: 'promoted',
    kind: 'scan',
    clean: 2,
    masked: 0,
  });
  expect(tables.copies.get(RUN.testId)).toMatchObject({ bundleDigest: input.bundle.digest, manifestKey });
  const info = await deps.golden.head(`${to}findings.json`);
  expect(info?.metadata).toMatchObject({
    'artifact-name': 'findings.json',
    'artifact-hash': `sha256:${sha256('fine')}`,
    'scan-id': RUN.testId,
    'trust-tier': 'verified',
    'chain-verified': 'true',
    'signer-inner': KEYS.evidence.trusted.id,
    'signer-outer': KEYS.permit.trusted.id,
  });
});

test('what is to be masked goes masked, and the original nowhere', async () => {
  await bring({ 'findings.json': 'a mail b', 'scan.json': 'scan' });
  await publish();
  expect(await textIn(deps.golden, `${to}findings.json`)).toBe('a [X] b');
  const report = await shown();
  expect(report).toMatchObject({ verified: true, sanitized: { masked: ['findings.json'] } });
  expect(report.links[0]?.detail).toContain('1 masked');
  expect(await keysOf(deps.quarantine)).toEqual([]);
  expect(tables.promotions.get(RUN.testId)).toMatchObject({ clean: 1, masked: 1 });
});

test('the policy in force counts only with the order that set it', async () => {
  await bring({ 'findings.json': 'fine' });
  const policy = { ...DEFAULT_PRIVACY_POLICY, name: 'ours' };
  const { orderId } = await signed({ kind: 'set_privacy_policy', workspace: scope.workspace, policy });
  const set = (document: object) => {
    const { statement } = tables.order.rows.get(orderId) ?? {};
    const row = {
      workspace: scope.workspace,
      version: 1,
      digest: '',
      document,
      set_by: 'ada',
      order_id: orderId,
    };
    const newest = { ...row, set_at: new Date('2026-06-01T13:00:00.000Z'), statement };
    tables.policies.splice(0, 2, { ...newest, newest_by: 'version' }, { ...newest, newest_by: 'set_at' });
  };
  set({ ...policy, name: 'theirs' });
  await expect(publish()).rejects.toMatchObject({ code: 'privacy_policy_invalid' });
  expect(await keysOf(deps.golden)).toEqual([]);
  expect(tables.promotions.get(RUN.testId)).toMatchObject({ state: 'failed' });
  set(policy);
  await publish();
  expect(deps.inspector.policies.map(({ name }) => name)).toEqual(['ours']);
  expect(tables.promotions.get(RUN.testId)).toMatchObject({ state: 'promoted' });
});

describe('evidence that people are to decide about', () => {
  const bad = { 'findings.json': 'a card b', 'reports/x.json': 'mail', 'scan.json': 'scan' };
  const held = (name: string) => heldKey(scope, reviewIdOf(scope, RUN.testId, input.bundle.digest), name);

  beforeEach(() => bring(bad));

  test('waits, and nothing of it reaches golden', async () => {
    const review = await heldReview();
    expect(await keysOf(deps.golden)).toEqual([]);
    expect(await textIn(deps.quarantine, held('original/findings.json'))).toBe('a card b');
    expect(await textIn(deps.quarantine, held('masked/findings.json'))).toBe('a [X] b');
    expect(await textIn(deps.quarantine, held('preview.json'))).toContain('findings.json, line 1');
    expect(review).toMatchObject({
      id: reviewIdOf(scope, RUN.testId, input.bundle.digest),
      subject: {
        kind: 'evidence',
        bundleDigest: input.bundle.digest,
        files: [{ path: 'findings.json' }],
        maskable: true,
      },
      found: { kinds: [{ type: 'CARD', count: 1 }] },
      openedAt: '2026-06-01T12:02:00.000Z',
    });
    expect(JSON.stringify(review)).not.toContain('a card b');
    expect(tables.promotions.get(RUN.testId)).toMatchObject({ state: 'withheld', withheld: 1 });
  });

  test('is held back once: another attempt finds the same review, and its time', async () => {
    const first = await heldReview();
    clock = LONG_AFTER;
    await expect(heldReview()).rejects.toMatchObject({ code: 'permit_invalid' }); // the permit has expired by now
    clock = new Date('2026-06-01T12:30:00.000Z');
    expect(await heldReview()).toEqual(first);
  });

  test('goes on as it was when that is what they say, long after its permit has expired', async () => {
    await heldReview();
    clock = LONG_AFTER;
    await publish(outcome('released', await signed(decision())));
    expect(await textIn(deps.golden, `${to}findings.json`)).toBe('a card b');
    expect(await textIn(deps.golden, `${to}reports/x.json`)).toBe('[X]');
    const report = await shown();
    expect(report).toMatchObject({
      verified: true,
      sanitized: { released: ['findings.json'], masked: ['reports/x.json'] },
    });
    expect(report.links[2]?.detail).toContain('promoted 2026-07-01');
  });

  test('goes on masked when they say that', async () => {
    await heldReview();
    clock = LONG_AFTER;
    await publish(outcome('released_masked', await signed(decision({ verdict: 'release_masked' }))));
    expect(await textIn(deps.golden, `${to}findings.json`)).toBe('a [X] b');
    expect(await shown()).toMatchObject({
      verified: true,
      sanitized: { masked: ['findings.json', 'reports/x.json'] },
    });
  });

  test.each<[string, Partial<DecideReview>]>([
    ['another review', { review_id: `review_${'0'.repeat(32)}` }],
    ['another bundle', { subject_digest: '0'.repeat(64) }],
    ['another workspace', { workspace: 'other' }],
    ['another verdict', { verdict: 'release_masked' }],
    ['a rejection', { verdict: 'reject' }],
  ])('stays where it is on an order about %s', async (_, changes) => {
    await heldReview();
    const said = await signed(decision(changes));
    await expect(publish(outcome('released', said))).rejects.toMatchObject({ code: 'order_invalid' });
    expect(await keysOf(deps.golden)).toEqual([]);
  });

  test('stays on an order that nobody gave, that another key signed, and on none at all', async () => {
    await heldReview();
    const forged = await signed(decision(), 'ada', KEYS.evidence.signer);
    const unknown = { ...forged, orderId: `order_${'f'.repeat(32)}` };
    for (const said of [[forged], [unknown], []])
      await expect(publish(outcome('released', ...said))).rejects.toMatchObject({ code: 'order_invalid' });
    for (const state of ['rejected', 'expired'] as const)
      await expect(publish(outcome(state, await signed(decision())))).rejects.toMatchObject({
        code: 'order_invalid',
      });
    expect(await keysOf(deps.golden)).toEqual([]);
  });

  test.each(['rejected', 'expired', 'released_masked', 'failed'])(
    'stays on the order of somebody whom the others overruled: the review is %s',
    async (state) => {
      const { id } = await heldReview();
      tables.reviews.set(id, { ...tables.reviews.get(id), state });
      const said = outcome('released', await signed(decision()));
      await expect(publish(said)).rejects.toMatchObject({ code: 'review_closed' });
      expect(await keysOf(deps.golden)).toEqual([]);
    },
  );

  test('takes two different people where the policy asks for them', async () => {
    const policy = {
      ...DEFAULT_PRIVACY_POLICY,
      review: { ...DEFAULT_PRIVACY_POLICY.review, second_person: true },
    };
    const { orderId } = await signed({ kind: 'set_privacy_policy', workspace: '*', policy });
    const { statement } = tables.order.rows.get(orderId) ?? {};
    const row = {
      workspace: '*',
      version: 1,
      digest: '',
      document: policy,
      set_by: 'ada',
      order_id: orderId,
    };
    const newest = { ...row, set_at: new Date('2026-06-01T13:00:00.000Z'), statement };
    tables.policies.push({ ...newest, newest_by: 'version' }, { ...newest, newest_by: 'set_at' });
    await heldReview();
    const ada = await signed(decision());
    const again = await signed(decision());
    const other = outcome('released', ada, again);
    await expect(publish(other)).rejects.toMatchObject({ code: 'order_invalid' });
    // whom the workflow names counts for nothing
    const renamed = outcome('released', ada, { ...again, by: 'bob' });
    await expect(publish(renamed)).rejects.toMatchObject({ code: 'order_invalid' });
    expect(await visible()).toBe(false);
    await publish(outcome('released', ada, await signed(decision(), 'bob')));
    expect(await shown()).toMatchObject({ verified: true });
  });

  test('is not released by a time that we did not sign, nor beyond what was shown', async () => {
    await heldReview();
    const said = outcome('released', await signed(decision()));
    const about = { ...scope, testId: RUN.testId, bundleDigest: input.bundle.digest };
    const facts = { ...about, policyDigest: 'a'.repeat(64), rules: 'x', lookedAt: 3, kinds: [], files: [] };
    const hold = holdStatement({ ...facts, inspectedOn: '2026-06-01T12:02:00.000Z' });
    const contentType = 'application/json';
    const key = holdStatementKey(scope, RUN.testId);
    await deps.quarantine.put(key, await sealStatement(hold, KEYS.evidence.signer), { contentType });
    await expect(publish(said)).rejects.toMatchObject({ code: 'order_invalid' });
    await deps.quarantine.put(key, await sealStatement(hold, KEYS.promotion.signer), { contentType });
    await expect(publish(said)).rejects.toMatchObject({ code: 'privacy_held' });
    await deps.quarantine.remove(key);
    await expect(publish(said)).rejects.toMatchObject({ code: 'object_not_found' });
    expect(await keysOf(deps.golden)).toEqual([]);
  });

  test('cannot be released masked when no masked copy can be made', async () => {
    await bring({ 'findings.json': 'blob', 'scan.json': 'card' });
    expect(await heldReview()).toMatchObject({ subject: { maskable: false } });
    const said = await signed(decision({ verdict: 'release_masked' }));
    await expect(publish(outcome('released_masked', said))).rejects.toMatchObject({ code: 'privacy_held' });
    expect(await keysOf(deps.golden)).toEqual([]);
  });
});

describe('an attempt that dies at any write', () => {
  /** Fails at the n-th write into any bucket, before or after it was done. */
  function dying(nth: number, after: boolean): PublishDeps {
    let writes = 0;
    const wrap = (bucket: Bucket): Bucket => ({
      ...bucket,
      put: async (...put) => {
        writes += 1;
        if (writes !== nth) return bucket.put(...put);
        if (after) await bucket.put(...put);
        throw new CertusError('dependency_unavailable', 'died');
      },
    });
    return { ...deps, golden: wrap(deps.golden), quarantine: wrap(deps.quarantine) };
  }

  /** As if it had learned something since. */
  const strict = (): Inspector => ({
    ...deps.inspector,
    inspect: async (file, request) => {
      const inspected = await deps.inspector.inspect(file, request);
      if (file.name !== 'findings.json') return inspected;
      return { ...inspected, inspection: { ...inspected.inspection, action: 'quarantine' } };
    },
  });

  const refusing =
    (bucket: Bucket, refused: string): Bucket['put'] =>
    async (key, ...rest) => {
      if (key !== refused) return bucket.put(key, ...rest);
      while ((await bucket.head(`${to}findings.json`)) === undefined) await setImmediate();
      throw new CertusError('dependency_unavailable', 'died');
    };

  const files = { 'findings.json': 'mail', 'scan.json': 'scan' };
  test.each([1, 2, 3, 4, 5, 6, 7, 8].flatMap((nth) => [[nth, false] as const, [nth, true] as const]))(
    'the %d-th, done: %s, is completed by the next one',
    async (nth, after) => {
      await bring(files);
      await expect(publish(undefined, dying(nth, after))).rejects.toThrow('died');
      clock = new Date('2026-06-01T12:20:00.000Z');
      await publish();
      expect(await shown()).toMatchObject({ verified: true, sanitized: { masked: ['findings.json'] } });
      expect(tables.promotions.get(RUN.testId)).toMatchObject({ state: 'promoted' });
    },
  );

  test('leaves nothing in golden when the next one holds it back: the rules were changed since', async () => {
    await bring({ 'findings.json': 'fine', 'scan.json': 'scan' });
    // index, provenance, permit, sanitize, two files, promotion: all but the manifest
    await expect(publish(undefined, dying(8, false))).rejects.toThrow('died');
    expect(await keysOf(deps.golden)).toContain(`${to}findings.json`);
    await publish(undefined, { ...deps, inspector: strict() });
    expect(await keysOf(deps.golden)).toEqual([]);
    const said = await signed(decision());
    await publish(outcome('released', said), { ...deps, inspector: strict() });
    expect(await shown()).toMatchObject({ verified: true, sanitized: { released: ['findings.json'] } });
  });

  test('leaves no original beside a copy that the next one masks under another name', async () => {
    await bring({ 'findings.json': 'mail', 'scan.json': 'scan' });
    const lax: Inspector = {
      ...deps.inspector,
      inspect: async (file, request) => {
        const { inspection } = await deps.inspector.inspect(file, request);
        return { inspection: { ...inspection, action: 'pass' } };
      },
    };
    // dies before the inspection is signed, which the next one would have to keep to
    const late = { ...deps.golden, put: refusing(deps.golden, `${to}${BUNDLE.sanitize}`) };
    await expect(publish(undefined, { ...deps, inspector: lax, golden: late })).rejects.toThrow('died');
    expect(await keysOf(deps.golden)).toContain(`${to}findings.json`);
    const renaming: Inspector = {
      ...deps.inspector,
      inspect: async (file, request) => {
        const { masked, ...inspected } = await deps.inspector.inspect(file, request);
        return masked === undefined
          ? inspected
          : { ...inspected, masked: { ...masked, suffix: '.masked.txt' } };
      },
    };
    await publish(undefined, { ...deps, inspector: renaming });
    expect(await keysOf(deps.golden)).not.toContain(`${to}findings.json`);
    expect(await shown()).toMatchObject({ verified: true, sanitized: { masked: ['findings.json'] } });
  });

  test.each([1, 2, 3, 4])('of what is held back the %d-th, is completed by the next one', async (nth) => {
    await bring({ 'findings.json': 'card' });
    await expect(publish(undefined, dying(nth, true))).rejects.toThrow('died');
    await heldReview();
    await publish(outcome('released', await signed(decision())));
    expect(await shown()).toMatchObject({ verified: true, sanitized: { released: ['findings.json'] } });
  });
});

test('of two attempts at once both find the same copy', async () => {
  await bring({ 'findings.json': 'mail', 'scan.json': 'scan' });
  await Promise.all([publish(), publish(), publish()]);
  expect(await shown()).toMatchObject({ verified: true });
});

describe('a file that is exchanged in raw after the bundle was checked', () => {
  const LARGE = 9 * 1024 * 1024;

  test('is noticed when it is read', async () => {
    await bring({ 'findings.json': 'fine' });
    const read: Bucket['read'] = async (key, limit) =>
      key.endsWith('findings.json') ? Buffer.from('evil') : deps.raw.read(key, limit);
    await expect(publish(undefined, { ...deps, raw: { ...deps.raw, read } })).rejects.toMatchObject({
      code: 'permit_invalid',
    });
    expect(await keysOf(deps.golden)).toEqual([]);
  });

  test('is noticed by golden when it is streamed, and does not become visible', async () => {
    await bring({ 'findings.json': 'x'.repeat(LARGE) });
    let opened = 0;
    const open: Bucket['open'] = async (key) => {
      opened += 1;
      const { info, body } = await deps.raw.open(key);
      if (opened === 1) return { info, body };
      body.destroy();
      return { info, body: Readable.from([Buffer.from('y'.repeat(LARGE))]) };
    };
    await expect(publish(undefined, { ...deps, raw: { ...deps.raw, open } })).rejects.toMatchObject({
      code: 'digest_mismatch',
    });
    expect(await visible()).toBe(false);
    await publish();
    expect(await shown()).toMatchObject({ verified: true });
  });

  test('as are a file more and a file less', async () => {
    await bring({ 'findings.json': 'fine', 'scan.json': 'scan' });
    const key = `${from}more.json`;
    await deps.raw.put(key, Buffer.from('x'), { contentType: 'application/json' });
    await expect(publish()).rejects.toMatchObject({ code: 'permit_invalid' });
    await deps.raw.remove(key);
    await deps.raw.remove(`${from}scan.json`);
    await expect(publish()).rejects.toMatchObject({ code: 'permit_invalid' });
    expect(await keysOf(deps.golden)).toEqual([]);
  });
});
