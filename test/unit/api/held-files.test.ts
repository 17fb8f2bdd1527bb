import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findEvidence } from '../../../api/artifacts/find-evidence.ts';
import { type HeldDeps, heldFiles } from '../../../api/artifacts/held-files.ts';
import { BUNDLE, GoldenManifest } from '../../../contracts/bundle.ts';
import {
  goldenManifestKey,
  goldenPrefix,
  holdStatementKey,
  rawPrefix,
} from '../../../contracts/object-keys.ts';
import type { SanitizeStatement } from '../../../contracts/statements.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import {
  holdStatement,
  type SanitizedFile,
  type SanitizeFacts,
  sanitizeStatement,
} from '../../../domain/custody/sanitize-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { reviewIdOf } from '../../../domain/review/review-id.ts';
import type { ScanRecord } from '../../../services/database/scan-record.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { bytesOf, KEY_SET, KEYS, makeIndex, PROMOTED, RUN, type TestKey } from '../domain/custody-fixture.ts';

const { testId } = RUN;
const scope = { tenant: RUN.tenant, workspace: RUN.workspace };
const index = makeIndex();
const bundleDigest = sha256(bytesOf(index));
const TEXTS: Readonly<Record<string, string>> = { 'findings.json': 'findings', 'scan.json': 'scan' };

let folder: string;
let raw: Bucket;
let golden: Bucket;
let quarantine: Bucket;
let review: object | null;
let promotion: object | null;
let asked: unknown[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certus-held-files-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  const store = openDirectoryStore(await mkdtemp(join(folder, 'objects-')));
  [raw, golden, quarantine] = await Promise.all(
    ['raw', 'golden', 'quarantine'].map((name) => store.bucket(name)) as [
      Promise<Bucket>,
      Promise<Bucket>,
      Promise<Bucket>,
    ],
  );
  review = null;
  promotion = null;
  asked = [];
  for (const [path, text] of Object.entries(TEXTS))
    await put(raw, `${rawPrefix(scope, testId)}${path}`, text);
  await put(raw, `${rawPrefix(scope, testId)}${BUNDLE.index}`, bytesOf(index));
});

const put = (bucket: Bucket, key: string, bytes: string | Uint8Array) =>
  bucket.put(key, Buffer.from(bytes), { contentType: 'application/json' });

const deps = (): HeldDeps =>
  ({
    database: {
      client: {
        promotion: { findUnique: async () => promotion },
        review: {
          findUnique: async ({ where }: { where: unknown }) => {
            asked.push(where);
            return review;
          },
        },
      },
    },
    objects: { raw, golden, quarantine },
    trust: { keySet: KEY_SET },
  }) as unknown as HeldDeps;

const run = (changes: Partial<ScanRecord> = {}): ScanRecord =>
  ({
    testId,
    bundleDigest,
    uploadStatus: 'permitted',
    errors: [],
    goldenManifest: null,
    ...changes,
  }) as ScanRecord;

const heldOf = async (changes: Partial<ScanRecord> = {}) => {
  const held = await heldFiles(deps(), scope, run(changes));
  return Object.keys(TEXTS).filter((path) => held.has(path));
};

const facts = (files: SanitizedFile[]): SanitizeFacts => ({
  ...{ ...scope, testId, bundleDigest, policyDigest: 'd'.repeat(64), rules: 'test/1', inspectedOn: PROMOTED },
  ...{ lookedAt: 2, kinds: [], files },
});
const about = (path: string, outcome: SanitizedFile['outcome']): SanitizedFile => ({
  ...{ path, before: { sha256: sha256(TEXTS[path] ?? '') }, outcome, kinds: [] },
  ...(outcome === 'masked'
    ? { after: { path, digest: { sha256: sha256('m') }, size: 1, media_type: 'text/plain' } }
    : {}),
});
const sealed = (statement: SanitizeStatement, by: TestKey = KEYS.promotion) =>
  sealStatement(statement, by.signer);

const SANITIZE = `${goldenPrefix(scope, testId)}${BUNDLE.sanitize}`;
const HOLD = holdStatementKey(scope, testId);
const published = (path: string, outcome: SanitizedFile['outcome']) =>
  sealed(sanitizeStatement(facts([about(path, outcome)])));

const reviewRow = (path: string) => ({
  ...{ ...scope, id: 'x', component: 'shop', kind: 'evidence', name: testId, digest: bundleDigest, testId },
  subject: {
    assessment: 'default',
    subject: {
      kind: 'evidence',
      bundleDigest,
      permitId: `permit_${'1'.repeat(32)}`,
      files: [{ path, sha256: sha256('x'), size: 1 }],
    },
  },
  inspection: { kinds: [], places: [], opaque: [] },
  rules: {},
  ...{ state: 'open', decisions: [], releasedAs: null },
  ...{ openedAt: new Date(), expiresAt: new Date(), closedAt: null },
});

describe('held back are', () => {
  test('no files of a run that the gate has not seen', async () => {
    expect(await heldOf()).toEqual([]);
    expect(await heldOf({ bundleDigest: null })).toEqual([]);
  });

  test('those that a review is about, of this very bundle', async () => {
    review = reviewRow('findings.json');
    expect(await heldOf({ uploadStatus: 'in_review' })).toEqual(['findings.json']);
    expect(await heldOf()).toEqual(['findings.json']);
    expect(asked[0]).toEqual({
      tenant_workspace_id: { ...scope, id: reviewIdOf(scope, testId, bundleDigest) },
    });
  });

  test('those that Transform has said it holds, though nobody has opened a review yet', async () => {
    await put(quarantine, HOLD, await sealed(holdStatement(facts([about('scan.json', 'withheld')]))));
    expect(await heldOf()).toEqual(['scan.json']);
    review = reviewRow('findings.json');
    expect(await heldOf()).toEqual(['findings.json', 'scan.json']);
  });

  test.each(['masked', 'withheld'] as const)('those that were %s on their way to golden', async (outcome) => {
    await put(golden, SANITIZE, await published('findings.json', outcome));
    expect(await heldOf()).toEqual(['findings.json']);
  });

  test('also when the copy was taken away again', async () => {
    await put(quarantine, SANITIZE, await published('findings.json', 'masked'));
    expect(await heldOf({ uploadStatus: 'quarantined' })).toEqual(['findings.json']);
  });

  test('no files that were released, once golden shows them', async () => {
    review = reviewRow('findings.json');
    await put(golden, SANITIZE, await published('findings.json', 'released'));
    expect(await heldOf()).toEqual([]);
  });
});

describe('everything is held back', () => {
  const ALL = Object.keys(TEXTS);

  test.each(['in_review', 'rejected', 'quarantined'] as const)(
    'of a run that is %s, when nobody says which files',
    async (uploadStatus) => expect(await heldOf({ uploadStatus })).toEqual(ALL),
  );

  test('of a run whose golden copy was put where nobody looks, unless it is on record that it passed whole', async () => {
    const asideOf = (state: string, masked: number) => {
      promotion = { state, masked, withheld: 0, bytes: 0n, logIndex: null, kind: 'scan', error: null };
      return heldOf({ uploadStatus: 'uploaded', goldenManifest: 'here' });
    };
    expect(await heldOf({ uploadStatus: 'uploaded', goldenManifest: 'here' })).toEqual(ALL);
    expect(await asideOf('promoted', 1)).toEqual(ALL);
    expect(await asideOf('withheld', 0)).toEqual(ALL);
    expect(await asideOf('promoted', 0)).toEqual([]);
  });

  test('of a run with more files in question than a review takes', async () => {
    const errors = [{ code: 'privacy_held', message: '1001 files would have to be decided about' }];
    expect(await heldOf({ uploadStatus: 'upload_failed', errors })).toEqual(ALL);
  });

  test.each<[string, () => Promise<void>]>([
    [
      'a stranger signed what is said of golden',
      async () =>
        void (await put(golden, SANITIZE, await sealed(sanitizeStatement(facts([])), KEYS.evidence))),
    ],
    [
      'it is about another bundle',
      async () =>
        void (await put(
          golden,
          SANITIZE,
          await sealed(sanitizeStatement({ ...facts([]), bundleDigest: 'e'.repeat(64) })),
        )),
    ],
    ['it is no statement', async () => void (await put(golden, SANITIZE, '{}'))],
    ['what is said of a wait is none', async () => void (await put(quarantine, HOLD, '{}'))],
    [
      'what is said of a wait is what is said of golden',
      async () => void (await put(quarantine, HOLD, await published('scan.json', 'released'))),
    ],
  ])('when %s', async (_, lay) => {
    await lay();
    review = reviewRow('findings.json');
    expect(await heldOf()).toEqual(ALL);
  });
});

describe('the evidence', () => {
  test('comes from golden as soon as golden shows it, whatever the row says', async () => {
    const text = 'masked';
    const file = { path: 'findings.json', sha256: sha256(text), size: text.length, media_type: 'text/plain' };
    const manifest = GoldenManifest.parse({
      schema: 'https://certus.dev/golden/v1',
      ...{ tenant: scope.tenant, workspace_id: scope.workspace, component_id: 'shop', test_id: testId },
      ...{ permit_id: 'permit_1', bundle_digest: bundleDigest, prefix: goldenPrefix(scope, testId) },
      ...{ files: [file], promoted_at: PROMOTED },
    });
    await put(golden, goldenManifestKey(scope, testId), JSON.stringify(manifest));
    for (const goldenManifest of [null, 'here'])
      expect(await findEvidence(deps(), scope, run({ goldenManifest }))).toMatchObject({
        store: 'golden',
        files: [file],
      });
  });

  test('in raw says what of it is held, and holds back neither its list nor what is said of it', async () => {
    await put(raw, `${rawPrefix(scope, testId)}${BUNDLE.provenance}`, '{}');
    const found = await findEvidence(deps(), scope, run({ uploadStatus: 'rejected' }));
    expect(found?.files.filter(({ path }) => !found.held.has(path)).map(({ path }) => path)).toEqual([
      BUNDLE.index,
      BUNDLE.provenance,
    ]);
  });
});
