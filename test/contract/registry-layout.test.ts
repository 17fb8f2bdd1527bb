import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { pullArtifact, pushArtifact } from '../../services/registry/artifact.ts';
import { openLayoutRegistry } from '../../services/registry/layout-registry.ts';
import { openRegistry } from '../../services/registry/open-registry.ts';
import type { Registry } from '../../services/registry/registry.ts';

const WRITER = fileURLToPath(new URL('./registry-writer.ts', import.meta.url));
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

let root: string;
let registry: Registry;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'certus-layout-'));
  registry = openLayoutRegistry(root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const push = (repository: string, tag: string) =>
  pushArtifact(registry, {
    repository,
    tag,
    artifactType: 'application/vnd.certus.test',
    files: [{ name: 'x', mediaType: 'text/plain', bytes: Buffer.from(tag) }],
  });
const start = (...args: string[]): ChildProcess =>
  fork(WRITER, [root, ...args], { execArgv: [], env: { ...process.env, NODE_OPTIONS: '' } });
const indexOf = async (repository: string) =>
  JSON.parse(await readFile(join(root, repository, 'index.json'), 'utf8'));

test('what lies there is an OCI image layout and nothing else', async () => {
  const { digest } = await push('acme/web', 'v1');
  const files = await readdir(join(root, 'acme/web'), { recursive: true });
  const besideBlobs = files.filter((name) => !name.startsWith('blobs/sha256/'));
  expect(besideBlobs.sort()).toEqual(['blobs', 'blobs/sha256', 'index.json', 'oci-layout']);
  expect(JSON.parse(await readFile(join(root, 'acme/web/oci-layout'), 'utf8'))).toEqual({
    imageLayoutVersion: '1.0.0',
  });
  expect(await indexOf('acme/web')).toMatchObject({
    schemaVersion: 2,
    manifests: [
      { mediaType: OCI_MANIFEST, digest, annotations: { 'org.opencontainers.image.ref.name': 'v1' } },
    ],
  });
  for (const name of await readdir(join(root, 'acme/web/blobs/sha256'))) {
    const bytes = await readFile(join(root, 'acme/web/blobs/sha256', name));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(name);
  }
  expect(await readdir(join(root, '.tmp'))).toEqual([]);
});

test('six processes lose none of each other’s tags', async () => {
  const children = Array.from({ length: 6 }, (_, n) => start('tags', `p${n}`, '10'));
  await Promise.all(children.map((child) => once(child, 'exit')));
  expect(children.map(({ exitCode }) => exitCode)).toEqual(Array(6).fill(0));
  expect(await registry.tags('acme/web')).toHaveLength(60);
  expect((await indexOf('acme/web')).manifests).toHaveLength(60);
});

test('a process killed while it holds the lock holds up nobody', async () => {
  const holder = start('hold');
  await once(holder, 'message');
  const waiting = push('acme/web', 'v1');
  let done = false;
  const finished = waiting.then(() => {
    done = true;
  });
  // Negative control: while the holder lives, the tag cannot appear.
  for (let look = 0; look < 20; look += 1) expect(await registry.tags('acme/web')).toEqual([]);
  expect(done).toBe(false);
  holder.kill('SIGKILL');
  await finished;
  expect(await registry.tags('acme/web')).toEqual(['v1']);
});

test('a process killed at any moment leaves a layout that is whole', async () => {
  for (let round = 0; round < 8; round += 1) {
    const child = start('tags', `r${round}`, '1000');
    await once(child, 'message');
    for (let look = 0; look <= round; look += 1) await registry.tags('acme/web');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const tags = await registry.tags('acme/web');
    expect(tags.length).toBeGreaterThan(round);
    for (const tag of tags) expect((await pullArtifact(registry, 'acme/web', tag)).files).toHaveLength(1);
  }
  await push('acme/web', 'after');
  expect(await registry.tags('acme/web')).toContain('after');
});

test('a damaged blob is not handed out, and heals when it is pushed again', async () => {
  await push('acme/web', 'v1');
  const digest = createHash('sha256').update('v1').digest('hex');
  const path = join(root, 'acme/web/blobs/sha256', digest);
  await writeFile(path, 'v2');
  await expect(pullArtifact(registry, 'acme/web', 'v1')).rejects.toMatchObject({ code: 'digest_mismatch' });
  await push('acme/web', 'v1');
  expect((await pullArtifact(registry, 'acme/web', 'v1')).files).toHaveLength(1);
});

test.each(['', 'null', '{"schemaVersion":2}', '{"schemaVersion":2,"manifests":[{"digest":"../../x"}]}'])(
  'a broken index %j is neither believed nor overwritten',
  async (text) => {
    await push('acme/web', 'v1');
    await writeFile(join(root, 'acme/web/index.json'), text);
    await expect(registry.tags('acme/web')).rejects.toMatchObject({ code: 'dependency_unavailable' });
    await expect(push('acme/web', 'v2')).rejects.toMatchObject({ code: 'dependency_unavailable' });
    expect(await readFile(join(root, 'acme/web/index.json'), 'utf8')).toBe(text);
  },
);

test('what other tools wrote into the index stays', async () => {
  await push('acme/web', 'v1');
  const index = await indexOf('acme/web');
  const theirs = { ...index.manifests[0], platform: { os: 'linux' }, annotations: { 'org.example': 'x' } };
  await writeFile(
    join(root, 'acme/web/index.json'),
    JSON.stringify({ ...index, manifests: [...index.manifests, theirs], extra: 1 }),
  );
  await push('acme/web', 'v2');
  const after = await indexOf('acme/web');
  expect(after.extra).toBe(1);
  expect(after.manifests).toContainEqual(theirs);
  expect(await registry.tags('acme/web')).toEqual(['v1', 'v2']);
});

test('links planted in the tree lead nowhere', async () => {
  const outside = join(root, 'outside');
  await mkdir(outside);
  await push('acme/web', 'v1');
  await symlink(outside, join(root, 'away'));
  await expect(push('away/web', 'v1')).rejects.toMatchObject({ code: 'object_conflict' });
  expect(await readdir(outside)).toEqual([]);

  const index = join(root, 'acme/web/index.json');
  await writeFile(join(outside, 'index.json'), await readFile(index));
  await unlink(index);
  await symlink(join(outside, 'index.json'), index);
  expect(await registry.tags('acme/web')).toEqual([]);
  await push('acme/web', 'v2');
  expect(JSON.parse(await readFile(join(outside, 'index.json'), 'utf8')).manifests).toHaveLength(1);
});

test('a repository named like a file of another layout is refused, and harms nothing', async () => {
  await push('acme', 'v1');
  for (const name of ['acme/index.json', 'acme/oci-layout']) {
    await expect(push(name, 'v1')).rejects.toMatchObject({ code: 'object_conflict' });
  }
  await push('other/index.json', 'v1');
  await expect(push('other', 'v1')).rejects.toMatchObject({ code: 'object_conflict' });
  expect(await registry.tags('acme')).toEqual(['v1']);
  expect(await registry.tags('other/index.json')).toEqual(['v1']);
});

test('the url decides the registry', async () => {
  await push('acme/web', 'v1');
  for (const url of [root, `file://${root}`])
    expect(await (await openRegistry(url)).tags('acme/web')).toEqual(['v1']);
  for (const bad of [
    '',
    'relative',
    'ftp://x',
    'https://host/path',
    'https://user:pass@host',
    'file://host/x',
  ]) {
    await expect(openRegistry(bad)).rejects.toMatchObject({ code: 'invalid_request' });
  }
  expect(() => openLayoutRegistry('relative')).toThrow(expect.objectContaining({ code: 'invalid_request' }));
});
