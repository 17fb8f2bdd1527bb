// needs: registry

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Artifact,
  type ArtifactFile,
  pullArtifact,
  pushArtifact,
} from '../../services/registry/artifact.ts';
import { openRegistry } from '../../services/registry/open-registry.ts';
import type { Registry } from '../../services/registry/registry.ts';

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const TITLE = 'org.opencontainers.image.title';

const digestOf = (bytes: Uint8Array | string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const absent = digestOf('this was never pushed');
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

describe.each([
  [
    'layout',
    async () => {
      const root = await mkdtemp(join(tmpdir(), 'certus-registry-'));
      return { url: root, dispose: () => rm(root, { recursive: true }) };
    },
  ],
  [
    'distribution',
    async () => ({ url: process.env.CERTUS_REGISTRY_URL ?? '', dispose: async () => undefined }),
  ],
] as const)('registry: %s', (kind, prepare) => {
  let place: { url: string; dispose(): Promise<void> };
  let registry: Registry;
  let repository: string;
  let count = 0;
  const run = randomBytes(6).toString('hex');

  beforeAll(async () => {
    place = await prepare();
    registry = await openRegistry(place.url);
  });
  afterAll(() => place.dispose());
  const freshRepository = () => {
    count += 1;
    repository = `test/${run}/r${count}`;
    return repository;
  };

  const pushed = async (content: string | Uint8Array) => {
    const bytes = Buffer.from(content);
    await registry.pushBlob(repository, digestOf(bytes), bytes);
    return { mediaType: 'text/plain', digest: digestOf(bytes), size: bytes.length };
  };
  const manifestOf = async (text: string) => {
    const layer = await pushed(text);
    return json({ schemaVersion: 2, mediaType: OCI_MANIFEST, config: layer, layers: [layer] });
  };
  type InMemory = Omit<Artifact, 'files'> & { readonly files: readonly ArtifactFile[] };
  const artifact = (more: Partial<InMemory> = {}): InMemory => ({
    repository,
    tag: 'v1',
    artifactType: 'application/vnd.certus.test',
    files: [
      { name: 'statements/scan.json', mediaType: 'application/json', bytes: Buffer.from('{"a":1}') },
      { name: 'findings.sarif', mediaType: 'application/sarif+json', bytes: randomBytes(1000) },
    ],
    annotations: { 'dev.certus.b': '2', 'dev.certus.a': 'ümlaut "quoted"' },
    ...more,
  });

  test('answers', async () => {
    await registry.ping();
  });

  test('a blob comes back, and pushing it again is no matter', async () => {
    freshRepository();
    const bytes = randomBytes(3_000_000);
    const digest = digestOf(bytes);
    expect(await registry.hasBlob(repository, digest)).toBe(false);
    for (let time = 0; time < 2; time += 1) await registry.pushBlob(repository, digest, bytes);
    expect(await registry.hasBlob(repository, digest)).toBe(true);
    expect(Buffer.compare(await registry.pullBlob(repository, digest), bytes)).toBe(0);
    await registry.pullBlob(repository, digest, bytes.length);
    await expect(registry.pullBlob(repository, digest, bytes.length - 1)).rejects.toMatchObject({
      code: 'object_too_large',
    });
  });

  test('a blob may be empty', async () => {
    freshRepository();
    const { digest } = await pushed('');
    expect(await registry.pullBlob(repository, digest)).toHaveLength(0);
  });

  test('bytes under another digest are refused, and nothing is kept', async () => {
    freshRepository();
    const digest = digestOf('announced');
    await expect(registry.pushBlob(repository, digest, Buffer.from('sent'))).rejects.toMatchObject({
      code: 'digest_mismatch',
    });
    expect(await registry.hasBlob(repository, digest)).toBe(false);
    expect(await registry.hasBlob(repository, digestOf('sent'))).toBe(false);
  });

  test('what is not there is not there', async () => {
    freshRepository();
    const refusal = { code: 'object_not_found' };
    expect(await registry.hasBlob(repository, absent)).toBe(false);
    await expect(registry.pullBlob(repository, absent)).rejects.toMatchObject(refusal);
    expect(await registry.pullManifest(repository, 'v1')).toBeUndefined();
    expect(await registry.pullManifest(repository, absent)).toBeUndefined();
    expect(await registry.tags(repository)).toEqual([]);
    await expect(pullArtifact(registry, repository, 'v1')).rejects.toMatchObject(refusal);
  });

  test('a manifest is found by tag and by digest, byte for byte', async () => {
    freshRepository();
    const bytes = await manifestOf('one');
    const stored = await registry.pushManifest(repository, bytes, OCI_MANIFEST, 'v1');
    expect(stored).toEqual({ bytes, mediaType: OCI_MANIFEST, digest: digestOf(bytes) });
    for (const reference of ['v1', stored.digest]) {
      const found = await registry.pullManifest(repository, reference);
      expect(found).toMatchObject({ mediaType: OCI_MANIFEST, digest: stored.digest });
      expect(Buffer.compare(found?.bytes ?? Buffer.of(), bytes)).toBe(0);
    }
  });

  test('a manifest without a tag is found by its digest, and may be tagged later', async () => {
    freshRepository();
    const bytes = await manifestOf('one');
    const { digest } = await registry.pushManifest(repository, bytes, OCI_MANIFEST);
    expect(await registry.pullManifest(repository, digest)).toMatchObject({ digest });
    expect(await registry.tags(repository)).toEqual([]);
    await registry.pushManifest(repository, bytes, OCI_MANIFEST, 'v1');
    await registry.pushManifest(repository, bytes, OCI_MANIFEST, 'v1');
    await registry.pushManifest(repository, bytes, OCI_MANIFEST);
    expect(await registry.tags(repository)).toEqual(['v1']);
  });

  test('a tag moves, and what it left stays under its digest', async () => {
    freshRepository();
    const one = await registry.pushManifest(repository, await manifestOf('one'), OCI_MANIFEST, 'latest');
    const two = await registry.pushManifest(repository, await manifestOf('two'), OCI_MANIFEST, 'latest');
    expect(await registry.pullManifest(repository, 'latest')).toMatchObject({ digest: two.digest });
    expect(await registry.pullManifest(repository, one.digest)).toMatchObject({ digest: one.digest });
    expect(await registry.tags(repository)).toEqual(['latest']);
  });

  test('what was withdrawn is found neither by its tag nor by its digest, and its neighbours are', async () => {
    freshRepository();
    const one = await registry.pushManifest(repository, await manifestOf('one'), OCI_MANIFEST, 'v1');
    const two = await registry.pushManifest(repository, await manifestOf('two'), OCI_MANIFEST, 'v2');
    expect(await registry.withdraw(repository, 'v1')).toBe('withdrawn');
    expect(await registry.pullManifest(repository, 'v1')).toBeUndefined();
    expect(await registry.pullManifest(repository, one.digest)).toBeUndefined();
    expect(await registry.tags(repository)).toEqual(['v2']);
    expect(await registry.pullManifest(repository, two.digest)).toMatchObject({ digest: two.digest });
    expect(await registry.withdraw(repository, 'v1')).toBe('absent');
  });

  test('nothing can be withdrawn from where nothing was pushed, nor by a name that is none', async () => {
    expect(await registry.withdraw(`test/${run}/nothing`, 'v1')).toBe('absent');
    const refusal = { code: 'invalid_request' };
    await expect(registry.withdraw(`test/${run}/nothing`, '../x')).rejects.toMatchObject(refusal);
  });

  test('an index of manifests is a manifest too', async () => {
    freshRepository();
    const bytes = await manifestOf('one');
    const { digest } = await registry.pushManifest(repository, bytes, OCI_MANIFEST);
    const index = json({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [{ mediaType: OCI_MANIFEST, digest, size: bytes.length }],
    });
    await registry.pushManifest(repository, index, OCI_INDEX, 'all');
    expect(await registry.pullManifest(repository, 'all')).toMatchObject({
      mediaType: OCI_INDEX,
      digest: digestOf(index),
    });
  });

  test.each([
    [
      'names a blob that is not there',
      {
        schemaVersion: 2,
        mediaType: OCI_MANIFEST,
        config: { mediaType: 'a/b', digest: absent, size: 1 },
        layers: [],
      },
    ],
    ['calls itself something else', { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] }],
    ['has no version', { mediaType: OCI_MANIFEST }],
    [
      'has a digest that is none',
      { schemaVersion: 2, config: { mediaType: 'a/b', digest: 'sha256:../../x', size: 1 } },
    ],
  ])('a manifest that %s is refused', async (_name, manifest) => {
    freshRepository();
    await pushed('something');
    await expect(registry.pushManifest(repository, json(manifest), OCI_MANIFEST, 'v1')).rejects.toMatchObject(
      {
        code: 'registry_refused',
      },
    );
    expect(await registry.pullManifest(repository, 'v1')).toBeUndefined();
    expect(await registry.tags(repository)).toEqual([]);
  });

  test('a manifest larger than registries take is refused', async () => {
    freshRepository();
    const huge = json({ schemaVersion: 2, annotations: { x: 'x'.repeat(4 * 1024 * 1024) } });
    await expect(registry.pushManifest(repository, huge, OCI_MANIFEST, 'v1')).rejects.toMatchObject({
      code: 'object_too_large',
    });
  });

  test('tags come in byte order, without those that tools name after digests', async () => {
    freshRepository();
    const bytes = await manifestOf('one');
    const hex = absent.slice('sha256:'.length);
    const given = ['b', 'B', 'a.1', '_x', '10', '9', `sha256-${hex}`, `sha256-${hex}.sig`, 'sha256-short'];
    for (const tag of given) await registry.pushManifest(repository, bytes, OCI_MANIFEST, tag);
    expect(await registry.tags(repository)).toEqual(['10', '9', 'B', '_x', 'a.1', 'b', 'sha256-short']);
  });

  test('writers at the same time lose none of each other’s tags', async () => {
    freshRepository();
    const bytes = await manifestOf('one');
    const given = Array.from({ length: 30 }, (_, n) => `t${n}`);
    await Promise.all(
      given.map(async (tag) =>
        (await openRegistry(place.url)).pushManifest(repository, bytes, OCI_MANIFEST, tag),
      ),
    );
    expect(await registry.tags(repository)).toEqual(given.sort());
  });

  test('repositories do not see each other', async () => {
    const one = freshRepository();
    await registry.pushManifest(one, await manifestOf('one'), OCI_MANIFEST, 'v1');
    for (const other of [`${one}/below`, freshRepository()]) {
      expect(await registry.tags(other)).toEqual([]);
      expect(await registry.pullManifest(other, 'v1')).toBeUndefined();
    }
  });

  test('one opened again sees everything', async () => {
    freshRepository();
    await registry.pushManifest(repository, await manifestOf('one'), OCI_MANIFEST, 'v1');
    expect(await (await openRegistry(place.url)).tags(repository)).toEqual(['v1']);
  });

  test.each([
    '',
    '..',
    '../x',
    '/x',
    'x/',
    'a//b',
    'a/../b',
    'UPPER',
    '.tmp',
    '-a',
    'a--',
    'a b',
    'a\0b',
    'a\n',
    'a?b',
    'a#b',
    'a%2fb',
    'a:b',
    'a\\b',
    'é',
    'a'.repeat(201),
  ])('the repository name %j is refused everywhere', async (name) => {
    const refusal = { code: 'invalid_request' };
    const bytes = json({ schemaVersion: 2 });
    await expect(registry.hasBlob(name, absent)).rejects.toMatchObject(refusal);
    await expect(registry.pullBlob(name, absent)).rejects.toMatchObject(refusal);
    await expect(registry.pushBlob(name, digestOf('x'), Buffer.from('x'))).rejects.toMatchObject(refusal);
    await expect(registry.pushManifest(name, bytes, OCI_MANIFEST, 'v1')).rejects.toMatchObject(refusal);
    await expect(registry.pullManifest(name, 'v1')).rejects.toMatchObject(refusal);
    await expect(registry.tags(name)).rejects.toMatchObject(refusal);
    expect(() => registry.reference(name, 'v1', absent)).toThrow(expect.objectContaining(refusal));
  });

  test.each(['', '..', '.x', '-x', 'a/b', 'a b', 'a\n', 'sha256:short', 'sha512:x', 'é', 'x'.repeat(129)])(
    'the tag %j is refused',
    async (tag) => {
      freshRepository();
      const refusal = { code: 'invalid_request' };
      const bytes = await manifestOf('one');
      await expect(registry.pushManifest(repository, bytes, OCI_MANIFEST, tag)).rejects.toMatchObject(
        refusal,
      );
      await expect(registry.pullManifest(repository, tag)).rejects.toMatchObject(refusal);
    },
  );

  test.each(['', 'x', 'sha256:', `sha256:${'A'.repeat(64)}`, `sha256:${'../'.repeat(21)}x`])(
    'the digest %j is refused',
    async (digest) => {
      freshRepository();
      await expect(registry.pullBlob(repository, digest)).rejects.toMatchObject({ code: 'invalid_request' });
      await expect(registry.pushBlob(repository, digest, Buffer.from('x'))).rejects.toMatchObject({
        code: 'invalid_request',
      });
    },
  );

  test('an artifact comes back with its files, type and annotations', async () => {
    freshRepository();
    const given = artifact();
    const { digest, reference } = await pushArtifact(registry, given);
    const where =
      kind === 'layout'
        ? `oci:${place.url}/${repository}:v1`
        : `${new URL(place.url).host}/${repository}:v1@${digest}`;
    expect(reference).toBe(where);
    for (const name of ['v1', digest]) {
      const pulled = await pullArtifact(registry, repository, name);
      expect(pulled).toMatchObject({
        digest,
        artifactType: given.artifactType,
        annotations: given.annotations,
      });
      expect(new Map(pulled.files.map((file) => [file.name, Buffer.from(file.bytes)]))).toEqual(
        new Map(given.files.map((file) => [file.name, Buffer.from(file.bytes)])),
      );
    }
    await expect(pullArtifact(registry, repository, 'v1', 1006)).rejects.toMatchObject({
      code: 'object_too_large',
    });
    expect((await pullArtifact(registry, repository, 'v1', 1007)).files).toHaveLength(2);
  });

  test('the same artifact has the same digest, in whatever order it is given', async () => {
    freshRepository();
    const given = artifact();
    const first = await pushArtifact(registry, given);
    const annotations = Object.fromEntries(Object.entries(given.annotations ?? {}).reverse());
    expect(await pushArtifact(registry, { ...given, files: given.files.toReversed(), annotations })).toEqual(
      first,
    );
    expect(await registry.tags(repository)).toEqual(['v1']);
    const manifest = JSON.parse(
      String(Buffer.from((await registry.pullManifest(repository, 'v1'))?.bytes ?? [])),
    );
    expect(manifest).toMatchObject({
      schemaVersion: 2,
      config: { mediaType: 'application/vnd.oci.empty.v1+json', size: 2 },
    });
    expect(
      manifest.layers.map((layer: { annotations: Record<string, string> }) => layer.annotations[TITLE]),
    ).toEqual(['findings.sarif', 'statements/scan.json']);
  });

  test('an artifact may have no files', async () => {
    freshRepository();
    await pushArtifact(registry, artifact({ files: [] }));
    expect((await pullArtifact(registry, repository, 'v1')).files).toEqual([]);
  });

  test('an artifact about another one keeps its subject and is found from it', async () => {
    freshRepository();
    const about = await pushArtifact(registry, artifact());
    const subject = { mediaType: OCI_MANIFEST, digest: about.digest, size: 1 };
    const notes = ['n1', 'n2', 'n3'].map((tag) => artifact({ tag, annotations: { tag }, subject }));
    const digests = new Set<string>();
    for (const note of [...notes, ...notes]) digests.add((await pushArtifact(registry, note)).digest);
    expect((await pullArtifact(registry, repository, 'n2')).subject).toEqual(subject);
    const listed = await registry.referrers(repository, about.digest);
    expect(listed.map(({ digest }) => digest).toSorted()).toEqual([...digests].toSorted());
    expect(await registry.referrers(repository, absent)).toEqual([]);
    expect(await registry.tags(repository)).toEqual(['n1', 'n2', 'n3', 'v1']);
    const fallback = await registry.pullManifest(repository, about.digest.replace(':', '-'));
    // A layout's own index lists every manifest already; a registry needs the fallback when it lists no referrers.
    if (kind === 'distribution')
      expect(JSON.parse(String(Buffer.from(fallback?.bytes ?? []))).manifests).toHaveLength(3);
  });

  const titled = async (...titles: string[]) => {
    const layers = await Promise.all(
      titles.map(async (title) => ({ ...(await pushed(`file ${title}`)), annotations: { [TITLE]: title } })),
    );
    const config = await pushed('{}');
    await registry.pushManifest(
      repository,
      json({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers }),
      OCI_MANIFEST,
      'v1',
    );
  };

  test.each([
    ['../escape'],
    ['/absolute'],
    ['a/../../b'],
    ['a\\b'],
    ['C:evil'],
    ['a//b'],
    ['.'],
    [''],
    ['new\nline'],
    ['x'.repeat(256)],
    ['same', 'same'],
    ['Same', 'same'],
    ['a', 'a/b'],
    ['A', 'a/b'],
  ])('files named %j, %j are not unpacked and not pushed', async (...titles) => {
    freshRepository();
    await titled(...titles);
    await expect(pullArtifact(registry, repository, 'v1')).rejects.toMatchObject({ code: 'bundle_invalid' });
    const files = titles.map((name) => ({ name, mediaType: 'text/plain', bytes: Buffer.from(name) }));
    await expect(pushArtifact(registry, artifact({ files }))).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  test('files with other names are', async () => {
    freshRepository();
    await titled('a/b', 'a.b', 'späße ✓', '...', '.hidden');
    expect((await pullArtifact(registry, repository, 'v1')).files).toHaveLength(5);
  });
});
