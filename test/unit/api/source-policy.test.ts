import { mkdirSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { acceptSource } from '../../../api/scans/source-policy.ts';
import { ScanCreateRequest } from '../../../contracts/scan.ts';

let root: string;
let outside: string;

beforeAll(() => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'certus-source-')));
  root = join(folder, 'root');
  outside = join(folder, 'outside');
  mkdirSync(join(root, 'project'), { recursive: true });
  mkdirSync(outside);
  symlinkSync(outside, join(root, 'way-out'));
  symlinkSync(root, join(folder, 'alias'));
});

const accept = (fields: object, roots: readonly string[] = [root]) =>
  acceptSource(ScanCreateRequest.parse({ component_id: 'c', ...fields }), {
    CERTUS_SOURCE_ROOTS: [...roots],
    CERTUS_SOURCE_BUCKETS: ['team'],
    CERTUS_SOURCE_REGISTRIES: ['registry.example:5000'],
  });
const git = (git_url: string, more: object = {}) => accept({ git_url, ...more });
const directory = (directory_path: string, roots?: readonly string[]) =>
  accept({ source_type: 'directory', directory_path }, roots);

describe('remote repositories', () => {
  test.each([
    'https://example.org/team/project.git',
    'http://example.org:8080/p',
    'ssh://git@example.org:22/p.git',
    'git@example.org:team/project.git',
    'example.org:project.git',
  ])('%s is accepted as it was written', async (url) => {
    expect(await git(url)).toEqual({ type: 'git', url });
  });

  test('a URL is accepted as it is checked', async () => {
    expect(await git('HTTPS://Example.ORG:443/a/../p.git')).toEqual({
      type: 'git',
      url: 'https://example.org/p.git',
    });
  });

  test.each([
    ['a helper that runs a command', 'ext::sh -c id'],
    ['another helper', 'fd::17'],
    ['an option', '--upload-pack=touch /tmp/x'],
    ['a host that is an option', 'ssh://-oProxyCommand=id/x'],
    ['a user that is an option', 'ssh://-oProxyCommand=id@host/x'],
    ['a path that is an option', 'git@host:-oProxyCommand=id'],
    ['a relative path', '../sibling'],
    ['another protocol', 'git://example.org/p.git'],
    ['nothing of the kind', 'what is this'],
    ['a relative file URL', 'file://host/p'],
    ['a host that curl reads elsewhere', 'http://93.184.216.34\\@127.0.0.1:9192/latest'],
    ['a host that git reads elsewhere', 'ssh://a%2f@host/p'],
    ['white space', 'https://example.org/a b'],
  ])('%s is refused', async (_what, url) => {
    await expect(git(url)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  test.each([
    'https://user:secret@example.org/p',
    'https://token@example.org/p',
    'ssh://git:secret@example.org/p',
    'user:secret@example.org:p',
    'https://example.org/p?access_token=secret',
    'https://example.org/p#secret',
  ])('credentials in %s are refused and not repeated', async (url) => {
    const refusal = git(url);
    await expect(refusal).rejects.toMatchObject({ code: 'invalid_request', fields: [{ path: 'git_url' }] });
    await expect(refusal).rejects.not.toThrow(/secret/);
  });

  test.each(['-x', 'a..b', 'a b', 'a~1', 'x.lock', '/a', 'a/', 'a@{1}', 'a\\b'])(
    'the branch %s is refused',
    async (branch) => {
      await expect(git('https://example.org/p', { branch })).rejects.toMatchObject({
        code: 'invalid_request',
        fields: [{ path: 'branch' }],
      });
    },
  );

  test('a branch and a commit travel along', async () => {
    const commit = 'a'.repeat(40);
    expect(await git('https://example.org/p', { branch: 'feature/x-1' })).toMatchObject({
      branch: 'feature/x-1',
    });
    expect(await git('https://example.org/p', { commit })).toMatchObject({ commit });
  });
});

describe('sources on this machine', () => {
  test('below a root they are accepted, however the root is reached', async () => {
    const path = join(root, 'project');
    expect(await directory(path)).toEqual({ type: 'directory', path });
    expect(await git(path)).toEqual({ type: 'git', url: path });
    expect(await git(`file://${path}`)).toEqual({ type: 'git', url: path });
    const alias = join(root, '..', 'alias');
    expect(await directory(join(alias, 'project'), [alias])).toMatchObject({ type: 'directory' });
    expect(await directory(root)).toMatchObject({ path: root });
  });

  test('what is not there yet is left to the checkout', async () => {
    expect(await directory(join(root, 'later'))).toMatchObject({ path: join(root, 'later') });
  });

  test.each([
    ['beside the root', () => outside],
    ['a name that starts like the root', () => `${root}-2`],
    ['up again', () => `${root}/project/../../outside`],
    ['a link that leads out', () => join(root, 'way-out')],
    ['below a link that leads out', () => join(root, 'way-out', 'deeper')],
    ['the whole machine', () => '/'],
  ])('%s is not allowed', async (_what, path) => {
    await expect(directory(path())).rejects.toMatchObject({ code: 'source_not_allowed' });
    await expect(git(path())).rejects.toMatchObject({ code: 'source_not_allowed' });
    await expect(git(`file://${path()}`)).rejects.toMatchObject({ code: 'source_not_allowed' });
  });

  test('without roots nothing is allowed', async () => {
    await expect(directory(join(root, 'project'), [])).rejects.toMatchObject({ code: 'source_not_allowed' });
  });
});

describe('what lies in a bucket or a registry', () => {
  const s3 = (s3_uri: string) => accept({ source_type: 's3', s3_uri });
  const oci = (oci_reference: string) => accept({ source_type: 'oci', oci_reference });

  test('is accepted from the places that are allowed', async () => {
    expect(await s3('s3://team/sources/shop/')).toEqual({
      type: 's3',
      bucket: 'team',
      prefix: 'sources/shop/',
    });
    expect(await s3('s3://team')).toEqual({ type: 's3', bucket: 'team', prefix: '' });
    expect(await oci('registry.example:5000/team/shop')).toEqual({
      type: 'oci',
      reference: 'registry.example:5000/team/shop:latest',
    });
    expect(await oci(`oci://registry.example:5000/shop@sha256:${'a'.repeat(64)}`)).toMatchObject({
      type: 'oci',
    });
  });

  test.each([
    ['s3', 's3://other/sources'],
    ['oci', 'elsewhere.example/shop:1'],
    ['oci', 'registry.example:5001/shop:1'],
  ])('is refused from %s %s, which nobody allowed', async (type, place) => {
    await expect(type === 's3' ? s3(place) : oci(place)).rejects.toMatchObject({
      code: 'source_not_allowed',
    });
  });

  test.each(['s3://team/a/../b', 's3://team/..'])('%s is no prefix', async (place) => {
    await expect(s3(place)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  test.each(['registry.example:5000', 'registry.example:5000/../x:1', 'registry.example:5000/a:b:c'])(
    '%s is no reference',
    async (place) => {
      await expect(oci(place)).rejects.toMatchObject({ code: 'invalid_request' });
    },
  );
});

test('an uploaded archive goes by its digest', async () => {
  const sha256 = 'b'.repeat(64);
  expect(await accept({ source_type: 'archive', archive_path: `archives/${sha256}/shop.tar.gz` })).toEqual({
    type: 'archive',
    sha256,
    name: 'shop.tar.gz',
  });
});
