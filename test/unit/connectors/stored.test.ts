import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { GoldenManifest } from '../../../contracts/bundle.ts';
import {
  goldenManifestKey,
  goldenPrefix,
  ingestKey,
  quarantineNoticeKey,
  tombstoneKey,
} from '../../../contracts/object-keys.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { loadSettings } from '../../../services/config/load.ts';
import { requireSettings } from '../../../services/config/require.ts';
import { openConnectorDeps } from '../../../services/connectors/open-deps.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { temporaryFolder } from '../scan/sources.ts';
import { codeOf, depsIn, listAll, open, SCOPE, signal, textOf } from './sources.ts';

const folder = temporaryFolder('stored');
const deps = depsIn({ folder });
const store = openDirectoryStore(join(folder, 'objects'));
let uploads: Bucket;
let golden: Bucket;

beforeAll(async () => {
  uploads = await store.bucket('uploads');
  golden = await store.bucket('golden');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TEXT = { contentType: 'text/plain' };
const bytes = (text: string) => Buffer.from(text);

test('a worker has what its settings allow, and our own buckets are no source whatever they say', async () => {
  const { settings } = loadSettings({
    CERTUS_OBJECTS: join(folder, 'objects'),
    CERTUS_WORK_DIR: join(folder, 'work'),
    CERTUS_SOURCE_BUCKETS: 'team,raw,golden,uploads,keys,quarantine,archive',
  });
  const needed = requireSettings(settings, ['CERTUS_OBJECTS', 'CERTUS_WORK_DIR']);
  const opened = await openConnectorDeps(needed, store, () => new Date());
  expect(opened.buckets('team').locate('a/b')).toBe('s3://team/a/b');
  for (const ours of ['raw', 'golden', 'uploads', 'keys', 'quarantine', 'archive', 'other'])
    expect(() => opened.buckets(ours)).toThrow(expect.objectContaining({ code: 'source_not_allowed' }));
  expect(opened.renderer).toBeUndefined();
  await opened.close();
});

describe('an upload', () => {
  const digest = sha256(bytes('hello'));
  const source = { kind: 'upload', sha256: digest, size: 5, name: 'docs/a.txt' };

  test('is one item, under the name that it was brought with', async () => {
    await uploads.put(ingestKey(SCOPE, digest), bytes('hello'), TEXT);
    const { items } = await listAll(() => open(source, deps));
    expect(items).toEqual([
      { key: 'docs/a.txt', version: digest, size: 5, name: 'a.txt', location: 'docs/a.txt' },
    ]);
    expect(await textOf(open(source, deps), items[0])).toBe('hello');
    expect(await textOf(open(source, deps), items[0], digest)).toBeNull();
  });

  test('is found in its own workspace only, within its bounds, and as it was brought', async () => {
    const { items } = await listAll(() => open(source, deps));
    const [item] = items;
    if (item === undefined) throw new Error('no item');
    const other = open(source, deps, { tenant: 'acme', workspace: 'other' });
    expect(await codeOf(textOf(other, item))).toBe('upload_not_found');
    expect(await codeOf(open(source, deps).fetch(item, { known: undefined, maxBytes: 4, signal }))).toBe(
      'item_too_large',
    );
    const wrong = sha256(bytes('other'));
    await uploads.put(ingestKey(SCOPE, wrong), bytes('changed'), TEXT);
    expect(await codeOf(textOf(open({ ...source, sha256: wrong }, deps), item))).toBe('digest_mismatch');
  });
});

describe('golden', () => {
  const TEST = 'docs_0123456789ab';
  const files = {
    'documents/a b.txt': 'one',
    'documents/deep/ä.md': 'two',
    'reports/bandit.json': '{}',
    'sbom/bom.cdx.json': '{"a":1}',
    'sbom/bom.spdx.json': '{"b":1}',
    'summary.json': '{"c":1}',
    'summary.html': '<p>',
    'findings.json': '[]',
    'statements/permit.sigstore.json': '{}',
  };
  const shown = (testId: string, more: Partial<GoldenManifest> = {}): GoldenManifest => ({
    schema: 'https://certus.dev/golden/v1',
    tenant: SCOPE.tenant,
    workspace_id: SCOPE.workspace,
    component_id: 'shop',
    test_id: testId,
    permit_id: 'permit_0123456789ab',
    bundle_digest: sha256(bytes('bundle')),
    prefix: goldenPrefix(SCOPE, testId),
    files: Object.entries(files).map(([path, text]) => ({
      path,
      sha256: sha256(bytes(text)),
      size: text.length,
      media_type: 'text/plain',
    })),
    promoted_at: '2026-06-01T12:00:00.000Z',
    ...more,
  });
  const show = async (testId: string, more: Partial<GoldenManifest> = {}) => {
    const manifest = bytes(JSON.stringify(shown(testId, more)));
    await golden.put(goldenManifestKey(SCOPE, testId), manifest, TEXT);
  };
  const from = (testId: string) => open({ kind: 'golden', test_id: testId }, deps);

  beforeAll(async () => {
    for (const [path, text] of Object.entries(files))
      await golden.put(`${goldenPrefix(SCOPE, TEST)}${path}`, bytes(text), TEXT);
    await show(TEST);
  });

  test('shows documents, reports and packages once, with the permit that let them in', async () => {
    const { keys, items } = await listAll(() => from(TEST), { limit: 2 });
    expect(keys).toEqual(Object.keys(files).slice(0, 4));
    expect(items.slice(1).map(({ kinds, format }) => [format, kinds])).toEqual([
      [undefined, undefined],
      ['bandit', ['scan_report', 'sbom_report']],
      [undefined, ['package', 'sbom_report']],
    ]);
    expect(items[1]).toMatchObject({
      version: sha256(bytes('two')),
      name: 'ä.md',
      location: `golden:${TEST}/documents/deep/ä.md`,
      extra: { permit_id: 'permit_0123456789ab', sha256: sha256(bytes('two')), component: 'shop' },
    });
    expect(await textOf(from(TEST), items[1])).toBe('two');
    expect(await textOf(from(TEST), items[1], items[1]?.version)).toBeNull();
  });

  test('shows the packages of the other list where there is but one', async () => {
    const one = 'test_0123456789b0';
    const { files } = shown(one);
    await show(one, { files: files.filter(({ path }) => path !== 'sbom/bom.cdx.json') });
    const { keys } = await listAll(() => from(one));
    expect(keys.at(-1)).toBe('sbom/bom.spdx.json');
  });

  test('of an object that is another than the manifest shows is not read', async () => {
    const { items } = await listAll(() => from(TEST));
    writeFileSync(
      join(folder, 'objects', 'golden', goldenPrefix(SCOPE, TEST), 'sbom/bom.cdx.json'),
      '{"a":2}',
    );
    expect(await codeOf(textOf(from(TEST), items.at(-1)))).toBe('digest_mismatch');
  });

  test.each(['../../x', '/etc/passwd', 'documents/../../../x', ''])(
    'never leads out of the run: %j',
    async (key) => {
      const item = { key, version: sha256(bytes('x')), size: 1, name: 'x', location: 'x' };
      expect(await codeOf(textOf(from(TEST), item))).toBe('bundle_invalid');
    },
  );

  test('that was taken away or deleted, is not shown or another one is refused', async () => {
    const [away, deleted, foreign] = ['test_0123456789a0', 'test_0123456789a1', 'test_0123456789a2'];
    for (const id of [away, deleted]) await show(id);
    await show(foreign, { workspace_id: 'other' });
    expect(await codeOf(listAll(() => from(away)))).toBe('none');
    await golden.put(quarantineNoticeKey(SCOPE, away), bytes('{}'), TEXT);
    await golden.put(tombstoneKey(SCOPE, deleted), bytes('{}'), TEXT);
    expect(await codeOf(listAll(() => from(away)))).toBe('quarantined');
    expect(await codeOf(listAll(() => from(deleted)))).toBe('deleted');
    expect(await codeOf(listAll(() => from(foreign)))).toBe('bundle_invalid');
    expect(await codeOf(listAll(() => from('test_0123456789a3')))).toBe('source_not_found');
  });
});
