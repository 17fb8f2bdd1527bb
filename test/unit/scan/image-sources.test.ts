import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensureCheckout, removeCheckout } from '../../../activities/scan/checkout.ts';
import { listFiles } from '../../../activities/scan/content-hash.ts';
import type { SourceLimits } from '../../../activities/scan/deps.ts';
import { type TarEntry, tarOf } from '../archive/archives.ts';
import { ImageRegistry, type TestLayer } from './image-registry.ts';
import { limits, scanOf, sourceDeps, temporaryFolder } from './sources.ts';

let registry: ImageRegistry;
const workFolder = temporaryFolder('work');
beforeAll(async () => {
  registry = await ImageRegistry.start();
});
afterAll(async () => {
  await registry.stop();
  rmSync(workFolder, { recursive: true, force: true });
});

const layer = (...entries: TarEntry[]): TestLayer => ({ bytes: gzipSync(tarOf(...entries)) });
const file = (name: string, body = name): TarEntry => ({ name, body });
const titled = (title: string, text: string, more: Partial<TestLayer> = {}): TestLayer => ({
  bytes: Buffer.from(text),
  mediaType: 'application/json',
  annotations: { 'org.opencontainers.image.title': title },
  ...more,
});
const depsWith = (changes: Partial<SourceLimits> = {}) =>
  sourceDeps(workFolder, limits([], { registries: [registry.host], ...changes }));
const scan = (revision: string) => scanOf({ type: 'oci', reference: `${registry.host}/team/app${revision}` });

async function checkout(revision: string, changes: Partial<SourceLimits> = {}) {
  const { checkout: found, tree } = await ensureCheckout(depsWith(changes), scan(revision));
  const paths = await listFiles(tree);
  const files = Object.fromEntries(paths.map((path) => [path, readFileSync(join(tree, path), 'utf8')]));
  return { found, files, skips: found.skipped.map(({ code, path }) => `${code} ${path}`) };
}
const code = (...args: Parameters<typeof checkout>): Promise<string> =>
  checkout(...args).then(
    () => 'accepted',
    (error: { code?: string }) => error.code ?? String(error),
  );

describe('an image', () => {
  test('is what its layers make together', async () => {
    const digest = registry.image('layers', [
      layer(
        file('etc/a', 'lower'),
        file('etc/b'),
        file('gone'),
        file('dir/x'),
        file('swap/y'),
        file('was-file'),
      ),
      {
        bytes: zstdCompressSync(
          tarOf(file('etc/a', 'upper'), file('.wh.gone', ''), file('swap', 'now a file')),
        ),
        mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd',
      },
      {
        bytes: tarOf({ name: 'was-file/', type: '5' }, file('was-file/z')),
        mediaType: 'application/vnd.oci.image.layer.v1.tar',
      },
    ]);
    const { files, found } = await checkout(':layers');
    expect(files).toEqual({
      'dir/x': 'dir/x',
      'etc/a': 'upper',
      'etc/b': 'etc/b',
      swap: 'now a file',
      'was-file/z': 'was-file/z',
    });
    expect(found).toMatchObject({ originDigest: digest, commit: null, tag: null });
  });

  test('hides what lies below, and never what the same layer brings, in whatever order', async () => {
    registry.image('opaque', [
      layer(file('d/old'), file('d/deep/old'), file('e/old'), file('f')),
      layer(
        file('d/new'),
        file('d/.wh..wh..opq', ''),
        file('e/.wh.old', ''),
        file('e/kept'),
        file('.wh.f', ''),
        file('f', 'again'),
      ),
    ]);
    expect((await checkout(':opaque')).files).toEqual({ 'd/new': 'd/new', 'e/kept': 'e/kept', f: 'again' });
  });

  test('hides nothing outside of itself, and unpacks nothing there', async () => {
    registry.image('hostile', [
      layer(file('a')),
      layer(
        file('../.wh.checkout.json', ''),
        file('.wh...', ''),
        file('.wh.', ''),
        file('d/.wh...', ''),
        file('../../escape'),
        file('/abs'),
        file('..wh..wh..opq', ''),
      ),
    ]);
    const { files, skips } = await checkout(':hostile');
    expect(files).toEqual({ '..wh..wh..opq': '', a: 'a' });
    expect(skips).toEqual(['name_unsafe ../../escape', 'name_unsafe /abs']);
  });

  test('has links recorded, which take the place of what was there', async () => {
    registry.image('links', [
      layer(file('bin/sh'), file('lib/x')),
      layer({ name: 'lib', type: '2', link: '/etc' }, { name: 'bin/ls', type: '1', link: 'bin/sh' }),
    ]);
    const { files, skips } = await checkout(':links');
    expect(files).toEqual({ 'bin/sh': 'bin/sh' });
    expect(skips).toEqual(['symlink lib', 'hardlink bin/ls']);
  });

  test('for many platforms is the one for linux/amd64, pinned by what the tag named', async () => {
    const arm = registry.image('arm', [layer(file('arm'))]);
    const amd = registry.image('amd', [layer(file('amd'))]);
    const index = registry.index('many', { 'linux/arm64': arm, 'linux/amd64': amd, 'windows/amd64': arm });
    const { files, found } = await checkout(':many');
    expect(files).toEqual({ amd: 'amd' });
    expect(found.originDigest).toBe(index);
    registry.index('foreign', { 'linux/arm64': arm, 'windows/amd64': arm });
    expect(await code(':foreign')).toBe('revision_not_found');
    registry.index('only', { 'unknown/unknown': arm });
    expect((await checkout(':only')).files).toEqual({ arm: 'arm' });
  });

  test('whose tag is moved while a run goes on stays what it was', async () => {
    registry.image('moving', [layer(file('one'))]);
    const input = scan(':moving');
    const { checkout: first } = await ensureCheckout(depsWith(), input);
    registry.image('moving', [layer(file('two'))]);
    await removeCheckout(depsWith(), input);
    expect((await ensureCheckout(depsWith(), input, first)).checkout).toEqual(first);
    expect((await checkout(`@${first.originDigest}`)).files).toEqual({ one: 'one' });
  });
});

describe('an artifact', () => {
  test('is its files by their titles, whatever media type a tool gave them', async () => {
    registry.image('artifact', [
      titled('report.json', '{}'),
      titled('docs/readme.md', '# hi', { mediaType: 'application/vnd.oci.image.layer.v1.tar' }),
      {
        bytes: gzipSync(tarOf(file('packed/x'))),
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        annotations: { 'org.opencontainers.image.title': 'packed', 'io.deis.oras.content.unpack': 'true' },
      },
      {
        bytes: gzipSync(tarOf(file('chart/values.yaml'))),
        mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
      },
      { bytes: Buffer.from('{}'), mediaType: 'application/vnd.oci.empty.v1+json' },
      { bytes: Buffer.from('?'), mediaType: 'application/octet-stream' },
    ]);
    const { files, skips } = await checkout(':artifact');
    expect(files).toEqual({
      'chart/values.yaml': 'chart/values.yaml',
      'docs/readme.md': '# hi',
      'packed/x': 'packed/x',
      'report.json': '{}',
    });
    expect(skips).toEqual([expect.stringMatching(/^layer_without_name sha256:/)]);
  });

  test('gets no file out of its folder, and none twice', async () => {
    registry.image('titles', [titled('../escape', 'x'), titled('/abs', 'y'), titled('ok', 'z')]);
    const { files, skips } = await checkout(':titles');
    expect({ files, skips }).toEqual({
      files: { ok: 'z' },
      skips: ['name_unsafe ../escape', 'name_unsafe /abs'],
    });
    registry.image('twice', [titled('a', 'x'), titled('a', 'y')]);
    expect(await code(':twice')).toBe('archive_invalid');
  });

  test('does not have a file fetched that is left out anyway', async () => {
    const large = titled('large', 'x'.repeat(5000));
    registry.image('large', [large, titled('small', 'y')]);
    registry.asked.splice(0);
    expect((await checkout(':large', { maxFileBytes: 4999 })).skips).toEqual(['file_too_large large']);
    expect(registry.asked.filter((path) => path.includes('/blobs/'))).toHaveLength(1);
  });
});

describe('a registry is not believed', () => {
  test('when a layer or a manifest is not what its digest says', async () => {
    const bytes = gzipSync(tarOf(file('a')));
    const digest = registry.image('tampered', [{ bytes }]);
    const blob = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    expect(await code(':tampered')).toBe('accepted');
    const evil = gzipSync(tarOf(file('b')));
    registry.tamper(blob, Buffer.concat([evil, Buffer.alloc(Math.max(0, bytes.length - evil.length))]));
    expect(await code(':tampered')).toBe('digest_mismatch');
    registry.tamper(blob, Buffer.concat([bytes, Buffer.alloc(10_000)]));
    expect(await code(':tampered')).toBe('object_too_large');
    registry.tamper(digest, Buffer.from('{}'));
    expect(await code(`@${digest}`)).toBe('digest_mismatch');
  });

  test('when it is not one of those that may be read', async () => {
    registry.image('allowed', [layer(file('a'))]);
    expect(await code(':allowed', { registries: ['127.0.0.1:1', 'registry.example.org'] })).toBe(
      'source_not_allowed',
    );
    expect(await code(':allowed')).toBe('accepted');
    expect(await code(':missing')).toBe('revision_not_found');
  });

  test('when its layers are more than may be, together', async () => {
    registry.image('two', [layer(file('a', 'x'.repeat(30)), file('b')), layer(file('c', 'x'.repeat(30)))]);
    expect(await code(':two', { maxFiles: 2 })).toBe('archive_too_large');
    expect(await code(':two', { maxFiles: 3 })).toBe('accepted');
    const zeros = file('zeros', 'x'.repeat(20_000));
    registry.image('packed', [layer(zeros), layer({ ...zeros, name: 'more' })]);
    expect(await code(':packed', { maxBytes: 39_999 })).toBe('archive_too_large');
    expect(await code(':packed', { maxBytes: 40_000 })).toBe('accepted');
    registry.image('heavy', [titled('x', 'y'.repeat(1000))]);
    expect(await code(':heavy', { maxBytes: 999 })).toBe('source_too_large');
  });

  test.each([
    ['neither an image nor an artifact', { schemaVersion: 2 }],
    [
      'a layer without a digest',
      { schemaVersion: 2, layers: [{ mediaType: 'x', digest: '../../etc/passwd', size: 1 }] },
    ],
    [
      'a thousand layers and one',
      {
        schemaVersion: 2,
        layers: Array.from({ length: 1001 }, () => ({
          mediaType: 'x',
          digest: `sha256:${'0'.repeat(64)}`,
          size: 1,
        })),
      },
    ],
  ])('when what it has is %s', async (_, content) => {
    registry.manifest('odd', 'application/vnd.oci.image.manifest.v1+json', content);
    expect(await code(':odd')).toBe('archive_invalid');
  });

  test('when it is away: that is for whoever asked to mend', async () => {
    const gone = await ImageRegistry.start();
    const { host } = gone;
    await gone.stop();
    const deps = sourceDeps(workFolder, limits([], { registries: [host] }));
    await expect(
      ensureCheckout(deps, scanOf({ type: 'oci', reference: `${host}/a:b` })),
    ).rejects.toMatchObject({ code: 'source_unreachable' });
  }, 30_000);
});
