import { createHash } from 'node:crypto';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensureCheckout, removeCheckout } from '../../../activities/scan/checkout.ts';
import { listFiles } from '../../../activities/scan/content-hash.ts';
import type { SourceLimits } from '../../../activities/scan/deps.ts';
import { CertusError } from '../../../contracts/errors.ts';
import { archiveKey } from '../../../contracts/object-keys.ts';
import type { Source } from '../../../contracts/workflows.ts';
import { openDirectoryStore } from '../../../services/objects/directory-store.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { tarOf, zipOf } from '../archive/archives.ts';
import { git, limits, repository, scanOf, sourceDeps, temporaryFolder } from './sources.ts';

const SCOPE = { tenant: 'acme', workspace: 'web' };
const objects = temporaryFolder('objects');
const workFolder = temporaryFolder('work');
const folders: string[] = [objects, workFolder];
let uploads: Bucket;
let team: Bucket;

beforeAll(async () => {
  const store = openDirectoryStore(objects);
  uploads = await store.bucket('uploads');
  team = await store.bucket('team-sources');
  await store.bucket('raw');
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const depsWith = (changes: Partial<SourceLimits> = {}) =>
  sourceDeps(
    workFolder,
    limits(folders, { buckets: ['team-sources', 'raw', 'uploads'], ...changes }),
    objects,
  );
async function checkout(source: Source, changes: Partial<SourceLimits> = {}) {
  const { checkout: found, tree } = await ensureCheckout(depsWith(changes), scanOf(source));
  return {
    found,
    files: await listFiles(tree),
    skips: found.skipped.map(({ code, path }) => `${code} ${path}`),
  };
}
const code = (...args: Parameters<typeof checkout>): Promise<string> =>
  checkout(...args).then(
    () => 'accepted',
    (error: { code?: string }) => error.code ?? String(error),
  );

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const binary = { contentType: 'application/octet-stream' };
async function upload(bytes: Buffer, scope = SCOPE, name = 'source.tar.gz'): Promise<Source> {
  await uploads.put(archiveKey(scope, sha256(bytes)), bytes, binary);
  return { type: 'archive', sha256: sha256(bytes), name };
}

test('the same content has the same hash, whatever it came from', async () => {
  const files = { 'a.txt': 'alpha', 'bin/run': '#!/bin/sh\n', 'ü/b.txt': 'b' };
  const folder = repository(files);
  folders.push(folder);
  chmodSync(join(folder, 'bin/run'), 0o755);
  git(folder, 'commit', '--quiet', '--all', '-m', 'x');
  const entries = Object.entries(files).map(([name, body]) => ({
    name,
    body,
    mode: name === 'bin/run' ? 0o100755 : 0o100644,
  }));
  const { found: fromGit } = await checkout({ type: 'git', url: folder });
  const { found: fromTar } = await checkout(await upload(gzipSync(tarOf(...entries))));
  const { found: fromZip } = await checkout(await upload(zipOf(entries.toReversed())));
  expect(fromTar).toMatchObject({ contentHash: fromGit.contentHash, files: 3, bytes: fromGit.bytes });
  expect(fromZip.contentHash).toBe(fromGit.contentHash);
  const changed = entries.map((entry) => ({ ...entry, mode: 0o100644 }));
  expect((await checkout(await upload(tarOf(...changed)))).found.contentHash).not.toBe(fromGit.contentHash);
});

describe('an archive', () => {
  const tar = tarOf({ name: 'a.txt', body: 'a' }, { name: 'l', type: '2', link: '/etc' });

  test('is the one that was uploaded, to this workspace', async () => {
    const source = await upload(tar);
    const { found, files, skips } = await checkout(source);
    expect(found).toMatchObject({ originDigest: sha256(tar), commit: null, branch: null, tag: null });
    expect({ files, skips }).toEqual({ files: ['a.txt'], skips: ['symlink l'] });
    expect(await code({ type: 'archive', sha256: 'f'.repeat(64), name: 'a.tar' })).toBe('archive_not_found');
    const other = tarOf({ name: 'other' });
    await upload(other, { tenant: 'acme', workspace: 'other' });
    expect(await code({ type: 'archive', sha256: sha256(other), name: 'a.tar' })).toBe('archive_not_found');
  });

  test('that is another one than its name says is refused', async () => {
    const key = archiveKey(SCOPE, 'e'.repeat(64));
    await uploads.put(key, tar, binary);
    expect(await code({ type: 'archive', sha256: 'e'.repeat(64), name: 'a.tar' })).toBe('digest_mismatch');
  });

  test('that rots where it lies is refused', async () => {
    const source = await upload(tarOf({ name: 'rots' }));
    const [found] = [source.type === 'archive' ? source.sha256 : ''];
    writeFileSync(uploads.locate(archiveKey(SCOPE, found)), tar);
    expect(await code(source)).toBe('digest_mismatch');
  });

  test('is told by what it holds, and refused when that is none', async () => {
    expect(await code(await upload(tar, SCOPE, 'a.zip'))).toBe('accepted');
    expect(await code(await upload(Buffer.from('#!/bin/sh\n'), SCOPE, 'a.tar.gz'))).toBe('archive_invalid');
    expect(await code(await upload(tarOf({ name: '../x' }), SCOPE))).toBe('source_empty');
  });

  test('is held to the limits of all sources', async () => {
    const source = await upload(tarOf({ name: 'a', body: 'xxxx' }, { name: 'b', body: 'xxxx' }));
    expect(await code(source, { maxFiles: 1 })).toBe('archive_too_large');
    expect(await code(source, { maxBytes: 7 })).toBe('archive_too_large');
    expect(await code(source, { maxFiles: 2, maxBytes: 8192 })).toBe('accepted');
  });
});

describe('a bucket', () => {
  const put = (key: string, body: string) => team.put(key, Buffer.from(body), binary);
  beforeAll(async () => {
    await put('app/a.txt', 'a');
    await put('app/deep/b.txt', 'bb');
    await put('app/large.bin', 'x'.repeat(2000));
    await put('app-of-others/c.txt', 'c');
    await put('app.tar', 'not unpacked');
  });

  test('gives what lies below a prefix, and nothing that only begins like it', async () => {
    const { found, files, skips } = await checkout(
      { type: 's3', bucket: 'team-sources', prefix: 'app' },
      { maxFileBytes: 1999 },
    );
    expect(files).toEqual(['a.txt', 'deep/b.txt']);
    expect(skips).toEqual(['file_too_large large.bin']);
    expect(found).toMatchObject({ files: 2, bytes: 3, originDigest: null });
    const same = await checkout(
      { type: 's3', bucket: 'team-sources', prefix: 'app/' },
      { maxFileBytes: 1999 },
    );
    expect(same.found.contentHash).toBe(found.contentHash);
    expect((await checkout({ type: 's3', bucket: 'team-sources', prefix: '' })).files).toHaveLength(5);
    expect((await checkout({ type: 's3', bucket: 'team-sources', prefix: 'app.tar' })).files).toEqual([
      'app.tar',
    ]);
  });

  test('has names recorded that are no keys', async () => {
    await put('odd/a.txt', 'a');
    writeFileSync(join(objects, 'team-sources/odd/back\\slash'), 'x');
    const { files, skips } = await checkout({ type: 's3', bucket: 'team-sources', prefix: 'odd' });
    expect({ files, skips }).toEqual({ files: ['a.txt'], skips: ['name_unsafe odd/back\\slash'] });
  });

  test('that is not named in the settings, or is one of ours, is refused', async () => {
    for (const bucket of ['other', 'raw', 'uploads'])
      expect(await code({ type: 's3', bucket, prefix: '' })).toBe('source_not_allowed');
    expect(await code({ type: 's3', bucket: 'team-sources', prefix: 'app' }, { buckets: [] })).toBe(
      'source_not_allowed',
    );
    expect(await code({ type: 's3', bucket: 'team-sources', prefix: 'none' })).toBe('source_empty');
  });

  test('is held to the limits of all sources', async () => {
    const source: Source = { type: 's3', bucket: 'team-sources', prefix: 'app' };
    expect(await code(source, { maxFiles: 2 })).toBe('source_too_large');
    expect(await code(source, { maxBytes: 2000 })).toBe('source_too_large');
    expect(await code(source, { maxFiles: 3, maxBytes: 2003 })).toBe('accepted');
  });

  test('whose content changes while a run goes on ends the run', async () => {
    await put('moving/a.txt', 'one');
    const input = scanOf({ type: 's3', bucket: 'team-sources', prefix: 'moving' });
    const { checkout: first } = await ensureCheckout(depsWith(), input);
    await removeCheckout(depsWith(), input);
    expect((await ensureCheckout(depsWith(), input, first)).checkout).toEqual(first);
    await removeCheckout(depsWith(), input);
    await put('moving/a.txt', 'two');
    await expect(ensureCheckout(depsWith(), input, first)).rejects.toMatchObject({ code: 'source_changed' });
  });

  test('that is away is given up after a while, as every remote is', async () => {
    const away = () => Promise.reject(new CertusError('dependency_unavailable', 'no answer'));
    const list = async function* () {
      yield { key: 'app/a.txt', size: 1 };
    };
    const broken = [
      { ...team, list: () => ({ [Symbol.asyncIterator]: () => ({ next: away }) }) },
      { ...team, list, open: away },
    ];
    for (const bucket of broken) {
      const deps = { ...depsWith(), sourceBucket: () => bucket };
      const input = scanOf({ type: 's3', bucket: 'team-sources', prefix: 'app' });
      await expect(ensureCheckout(deps, input)).rejects.toMatchObject({ code: 'source_unreachable' });
    }
  });
});

test('a report of another pipeline is no source of files', async () => {
  const source: Source = { type: 'sarif', sha256: 'a'.repeat(64), commit: 'c', ref: 'r', repository: 'x' };
  expect(await code(source)).toBe('invalid_request');
});
