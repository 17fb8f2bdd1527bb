// needs: s3

import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openSourceBuckets } from '../../../services/connectors/s3/open-source-buckets.ts';
import type { SourceBuckets } from '../../../services/connectors/s3/source-bucket.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import { openS3Store } from '../../../services/objects/s3-store.ts';
import { s3Settings, stranger } from '../../contract/object-stores.ts';
import { codeOf, depsIn, listAll, open, signal, textOf } from '../../unit/connectors/sources.ts';
import { temporaryFolder } from '../../unit/scan/sources.ts';

const folder = temporaryFolder('buckets');
const name = `team-${randomBytes(4).toString('hex')}`;
const gone = `gone-${randomBytes(4).toString('hex')}`;
const allowed = [name, gone, 'raw'];
const client = stranger();
const files = openDirectoryStore(join(folder, 'objects'));
const s3 = openS3Store(s3Settings());
afterAll(async () => {
  client.destroy();
  await s3.close();
  rmSync(folder, { recursive: true, force: true });
});

type Kind = {
  readonly buckets: () => Promise<SourceBuckets>;
  readonly put: (key: string, text: string) => Promise<unknown>;
  readonly remove: (key: string) => Promise<unknown>;
};

const onS3: Kind = {
  buckets: async () =>
    (await openSourceBuckets({ url: 's3://', access: s3Settings(), objects: s3 }, { allowed, ours: ['raw'] }))
      .buckets,
  put: (Key, Body) =>
    client.send(new PutObjectCommand({ Bucket: name, Key, Body, ContentType: 'text/plain' })),
  remove: (Key) => client.send(new DeleteObjectCommand({ Bucket: name, Key })),
};
const onDisk: Kind = {
  buckets: async () =>
    (
      await openSourceBuckets(
        { url: folder, access: s3Settings(), objects: files },
        { allowed, ours: ['raw'] },
      )
    ).buckets,
  put: async (key, text) =>
    (await files.bucket(name)).put(key, Buffer.from(text), { contentType: 'text/plain' }),
  remove: async (key) => (await files.bucket(name)).remove(key),
};

describe.each([
  ['s3', onS3],
  ['files', onDisk],
] as const)('a bucket: %s', (kind, { buckets, put, remove }) => {
  let deps: ReturnType<typeof depsIn>;
  const from = (more: object = {}) => open({ kind: 's3', bucket: name, ...more }, deps);

  beforeAll(async () => {
    if (kind === 's3') await client.send(new CreateBucketCommand({ Bucket: name }));
    deps = { ...depsIn({ folder }), buckets: await buckets() };
    for (const at of [1, 2, 3, 4, 5]) await put(`docs/deep/f${at}.md`, `file ${at}`);
    await put('docs/a.md', 'a');
    await put('docs-of-others/a.md', 'not meant');
    await put('docs/ä b+c%20&.txt', 'odd but fine');
    await put('docs/x.bin', 'bin');
  });

  test('is listed page by page, under whole keys', async () => {
    const { keys, items, pages } = await listAll(() => from({ prefix: 'docs' }), { limit: 2 });
    expect(keys).toEqual([
      'docs/a.md',
      ...[1, 2, 3, 4, 5].map((at) => `docs/deep/f${at}.md`),
      'docs/x.bin',
      'docs/ä b+c%20&.txt',
    ]);
    expect(pages.length).toBeGreaterThan(3);
    expect(items[0]).toMatchObject({ size: 1, name: 'a.md', location: `s3://${name}/docs/a.md` });
    expect(await textOf(from(), items[1])).toBe('file 1');
    expect(await textOf(from(), items.at(-1))).toBe('odd but fine');
    expect((await listAll(() => from())).keys).toContain('docs-of-others/a.md');
    expect((await listAll(() => from({ prefix: 'docs/a.md' }))).keys).toEqual(['docs/a.md']);
  });

  test('is read by globs, below the prefix', async () => {
    const found = await listAll(() =>
      from({ prefix: 'docs/', include_globs: ['**/*.md'], exclude_globs: ['deep/f[2-4]*'] }),
    );
    expect(found.keys).toEqual(['docs/a.md', 'docs/deep/f1.md', 'docs/deep/f5.md']);
  });

  test('tells an object that changed by its version, and one that is gone by not naming it', async () => {
    const before = await listAll(() => from({ prefix: 'docs/deep' }));
    await put('docs/deep/f2.md', 'changed');
    await remove('docs/deep/f5.md');
    const after = await listAll(() => from({ prefix: 'docs/deep' }));
    const versions = (found: typeof before) => new Map(found.items.map(({ key, version }) => [key, version]));
    const [old, now] = [versions(before), versions(after)];
    expect([...now].filter(([key, version]) => old.get(key) !== version).map(([key]) => key)).toEqual([
      'docs/deep/f2.md',
    ]);
    expect(now.has('docs/deep/f5.md')).toBe(false);
    expect(from().listsAll).toBe(true);
    // it was listed before it was replaced: what is read has the version of what is read
    const item = before.items.find(({ key }) => key === 'docs/deep/f2.md');
    const fetched = await from().fetch(item as never, { known: undefined, maxBytes: 100, signal });
    expect([Buffer.from(fetched?.bytes ?? []).toString(), fetched?.version]).toEqual([
      'changed',
      now.get('docs/deep/f2.md'),
    ]);
    expect(await textOf(from(), item, now.get('docs/deep/f2.md'))).toBeNull();
    expect(
      await codeOf(
        textOf(
          from(),
          before.items.find(({ key }) => key === 'docs/deep/f5.md'),
        ),
      ),
    ).toBe('item_gone');
    await put('docs/deep/f5.md', 'file 5');
  });

  test('gives no object that is larger than may be', async () => {
    const { items } = await listAll(() => from({ prefix: 'docs/a.md' }));
    expect(await codeOf(from().fetch(items[0] as never, { known: undefined, maxBytes: 0, signal }))).toBe(
      'item_too_large',
    );
  });

  test('is one that an operator has named, and never one of ours', async () => {
    for (const bucket of ['raw', 'another', 'constructor', '../raw'])
      expect(() => from({ bucket })).toThrow(expect.objectContaining({ code: 'source_not_allowed' }));
  });
});

test('a bucket that is not there is told', async () => {
  const deps = { ...depsIn({ folder }), buckets: await onS3.buckets() };
  expect(await codeOf(listAll(() => open({ kind: 's3', bucket: gone }, deps)))).toBe('source_not_found');
});

test('names that are no keys of ours are lost by themselves', async () => {
  const deps = { ...depsIn({ folder }), buckets: await onS3.buckets() };
  await onS3.put('odd/good.txt', 'good');
  await onS3.put('odd/back\\slash.txt', 'x');
  const { keys, lost } = await listAll(() => open({ kind: 's3', bucket: name, prefix: 'odd' }, deps));
  expect(keys).toEqual(['odd/good.txt']);
  expect(lost).toEqual(['invalid_key odd/back\\u{5c}slash.txt']);
});
