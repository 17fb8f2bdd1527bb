import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { ensureCheckout } from '../../../activities/scan/checkout.ts';
import { listFiles } from '../../../activities/scan/content-hash.ts';
import type { SourceLimits } from '../../../activities/scan/deps.ts';
import { submoduleUrl } from '../../../services/git/submodules.ts';
import { basicAuth, GitServers } from './git-servers.ts';
import { commitAll, git, limits, repository, scanOf, sourceDeps, temporaryFolder, write } from './sources.ts';

const servers = new GitServers();
const folders: string[] = [];
const keep = (folder: string) => {
  folders.push(folder);
  return folder;
};
const repositoryWith = (files: Record<string, string>) => keep(repository(files));
afterEach(() => servers.stop());
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A commit with a submodule at a path, as anybody could write it: git itself would refuse most of these. */
function withSubmodule(
  folder: string,
  { path = 'sub', url, commit, more = '' }: { path?: string; url: string; commit: string; more?: string },
) {
  write(folder, { '.gitmodules': `[submodule "x"]\n\tpath = ${path}\n\turl = ${url}\n${more}` });
  git(folder, 'add', '.gitmodules');
  git(folder, 'update-index', '--add', '--cacheinfo', `160000,${commit},${path}`);
  git(folder, 'commit', '--quiet', '-m', 'submodule');
}

async function checkout(
  url: string,
  {
    submodules = true,
    changes = {},
    roots = folders,
  }: { submodules?: boolean; changes?: Partial<SourceLimits>; roots?: readonly string[] } = {},
) {
  const deps = sourceDeps(
    keep(temporaryFolder('work')),
    limits(roots, { gitHosts: ['127.0.0.1'], ...changes }),
  );
  const { checkout: found, tree } = await ensureCheckout(deps, scanOf({ type: 'git', url, submodules }));
  return {
    found,
    tree,
    files: await listFiles(tree),
    skips: found.skipped.map(({ code, path }) => `${code} ${path}`),
  };
}
const code = (...args: Parameters<typeof checkout>): Promise<string> =>
  checkout(...args).then(
    () => 'accepted',
    (error: { code?: string }) => error.code ?? String(error),
  );
const headOf = (folder: string) => git(folder, 'rev-parse', 'HEAD');

describe('submodules', () => {
  test('are fetched when that is asked for, at their commit, and else recorded', async () => {
    const inner = repositoryWith({ 'inner.txt': 'one' });
    const first = headOf(inner);
    write(inner, { 'inner.txt': 'two' });
    commitAll(inner);
    const outer = repositoryWith({ 'a.txt': 'a' });
    withSubmodule(outer, { path: 'deep/sub', url: inner, commit: first });
    const { files, tree, found, skips } = await checkout(outer);
    expect(files).toEqual(['.gitmodules', 'a.txt', 'deep/sub/inner.txt']);
    expect(readFileSync(join(tree, 'deep/sub/inner.txt'), 'utf8')).toBe('one');
    expect(found).toMatchObject({ commit: headOf(outer), files: 3 });
    expect(skips).toEqual([]);
    expect((await checkout(outer, { submodules: false })).skips).toEqual(['submodule deep/sub']);
  });

  test('of submodules are fetched, too, with what is left out named by its whole path', async () => {
    const third = repositoryWith({ 'third.txt': 'c' });
    symlinkSync('third.txt', join(third, 'link'));
    commitAll(third);
    const second = repositoryWith({ 'second.txt': 'b' });
    withSubmodule(second, { url: third, commit: headOf(third) });
    const first = repositoryWith({ 'first.txt': 'a' });
    withSubmodule(first, { url: second, commit: headOf(second) });
    const { files, skips } = await checkout(first);
    expect(files).toEqual([
      '.gitmodules',
      'first.txt',
      'sub/.gitmodules',
      'sub/second.txt',
      'sub/sub/third.txt',
    ]);
    expect(skips).toEqual(['symlink sub/sub/link']);
  });

  test('beside their parent are found there: over HTTP, and with the credential of the host', async () => {
    const root = keep(temporaryFolder('served'));
    const inner = repositoryWith({ 'inner.txt': 'x' });
    git(root, 'clone', '--quiet', '--bare', inner, 'inner.git');
    const outer = repositoryWith({ 'a.txt': 'a' });
    withSubmodule(outer, { url: '../inner.git', commit: headOf(inner) });
    git(root, 'clone', '--quiet', '--bare', outer, 'outer.git');
    git(join(root, 'inner.git'), 'config', 'uploadpack.allowAnySHA1InWant', 'true');
    const { guard, shown, right } = basicAuth('u', 'p');
    const url = await servers.git(root, guard);
    write(root, { credentials: `${url.replace('//', '//u:p@')}\n` });
    const changes = { gitCredentialsFile: join(root, 'credentials') };
    expect((await checkout(`${url}/outer.git`, { changes })).files).toContain('sub/inner.txt');
    expect(shown).toContain(right);
  });

  test('of which nobody says where they are, are recorded', async () => {
    const inner = repositoryWith({ 'inner.txt': 'x' });
    const outer = repositoryWith({ 'a.txt': 'a' });
    git(outer, 'update-index', '--add', '--cacheinfo', `160000,${headOf(inner)},sub`);
    git(outer, 'commit', '--quiet', '-m', 'c');
    expect((await checkout(outer)).skips).toEqual(['submodule_unknown sub']);
  });

  test('count against the limits of the whole', async () => {
    const inner = repositoryWith({ 'b.txt': 'bbbb', 'c.txt': 'cccc' });
    const outer = repositoryWith({ 'a.txt': 'aaaa' });
    withSubmodule(outer, { url: inner, commit: headOf(inner) });
    expect(await code(outer, { changes: { maxFiles: 3 } })).toBe('source_too_large');
    expect(await code(outer, { changes: { maxFiles: 4 } })).toBe('accepted');
    expect(await code(outer, { changes: { maxBytes: 11 } })).toBe('source_too_large');
  });

  test('in each other without end are refused', async () => {
    let inner = repositoryWith({ 'x.txt': 'x' });
    for (let depth = 0; depth < 5; depth += 1) {
      const outer = repositoryWith({ 'x.txt': 'x' });
      withSubmodule(outer, { url: inner, commit: headOf(inner) });
      inner = outer;
    }
    expect(await code(inner)).toBe('source_too_large');
  });
});

describe('a submodule leads nowhere that its parent could not', () => {
  const commit = 'a'.repeat(40);
  const ask = async (url: string) => {
    const outer = repositoryWith({ 'a.txt': 'a' });
    withSubmodule(outer, { url: `"${url}"`, commit });
    return code(outer);
  };

  test.each([
    'ext::sh -c "touch /tmp/ran"',
    '-u./payload',
    '--upload-pack=touch /tmp/ran',
    'fd::17',
    'ssh://-oProxyCommand=touch/x',
    'https://user:secret@example.org/a',
    'file://host/a',
  ])('by the URL %j', async (url) => {
    // git itself refuses some of them when they arrive; the rule holds without it, too
    expect(['not_a_repository', 'source_not_allowed']).toContain(await ask(url.replaceAll('"', '\\"')));
    expect(() => submoduleUrl('https://host/a', url)).toThrow(
      expect.objectContaining({ code: 'source_not_allowed' }),
    );
  });

  test('to internal hosts', async () => {
    expect(await ask('http://169.254.169.254/latest')).toBe('source_not_allowed');
    expect(await ask('http://localhost/a')).toBe('source_not_allowed');
  });

  test('to a folder outside of the allowed roots', async () => {
    const inner = repository({ 'secret.txt': 'secret' });
    const outer = repositoryWith({ 'a.txt': 'a' });
    withSubmodule(outer, { url: inner, commit: headOf(inner) });
    expect(await code(outer, { roots: [outer] })).toBe('source_not_allowed');
    expect(await code(outer, { roots: [outer, inner] })).toBe('accepted');
    rmSync(inner, { recursive: true });
  });

  test.each(['', 'file://'])(
    'to a folder of this machine when the parent is elsewhere: %s',
    async (scheme) => {
      const inner = repositoryWith({ 'inner.txt': 'x' });
      const outer = repositoryWith({ 'a.txt': 'a' });
      withSubmodule(outer, { url: `${scheme}${inner}`, commit: headOf(inner) });
      expect(await code(outer)).toBe('accepted');
      expect(await code(`${await servers.git(outer)}/.git`)).toBe('source_not_allowed');
    },
  );

  test('by a path: up, into .git, or through a link', async () => {
    const inner = repositoryWith({ 'inner.txt': 'x' });
    const elsewhere = keep(temporaryFolder('elsewhere'));
    const outer = repositoryWith({ 'a.txt': 'a' });
    const commitTree = (entries: string) => {
      const tree = execFileSync('git', ['mktree', '--missing'], {
        cwd: outer,
        input: entries,
        encoding: 'utf8',
      }).trim();
      git(outer, 'update-ref', 'refs/heads/main', git(outer, 'commit-tree', tree, '-m', 'hostile'));
    };
    const blob = (text: string) =>
      execFileSync('git', ['hash-object', '-w', '--stdin'], {
        cwd: outer,
        input: text,
        encoding: 'utf8',
      }).trim();
    const modules = (path: string) =>
      `100644 blob ${blob(`[submodule "x"]\npath = ${path}\nurl = ${inner}\n`)}\t.gitmodules\n`;
    for (const path of ['..', '.git', '.GIT'])
      for (const at of [path, `${path}/x`]) {
        commitTree(`${modules(at)}160000 commit ${headOf(inner)}\t${path}\n`);
        expect(['not_a_repository', 'source_not_allowed']).toContain(await code(outer));
      }
    // a link in the place of the folder that a submodule lies in: the link is never made, so nothing is written through it
    commitTree(`${modules('l/sub')}120000 blob ${blob(elsewhere)}\tl\n`);
    expect((await checkout(outer)).skips).toEqual(['symlink l']);
    expect(existsSync(join(elsewhere, 'sub'))).toBe(false);
  });

  test('by settings in .gitmodules: only path and URL are read', async () => {
    const inner = repositoryWith({ 'inner.txt': 'x' });
    const marker = join(keep(temporaryFolder('marker')), 'ran');
    const settings = [
      `\tbranch = --upload-pack=touch ${marker}`,
      `[core]\n\tfsmonitor = touch ${marker}\n\tsshCommand = touch ${marker}`,
      '[include]\n\tpath = /etc/passwd',
      `[alias]\n\tfetch = !touch ${marker}`,
    ];
    const outer = repositoryWith({ 'a.txt': 'a' });
    withSubmodule(outer, { url: inner, commit: headOf(inner), more: `${settings.join('\n')}\n` });
    expect((await checkout(outer)).files).toContain('sub/inner.txt');
    withSubmodule(outer, { url: inner, commit: headOf(inner), more: `\tupdate = !touch ${marker}\n` });
    expect(await code(outer)).toBe('not_a_repository');
    expect(existsSync(marker)).toBe(false);
  });

  test('by a .gitmodules that is none', async () => {
    const inner = repositoryWith({ 'inner.txt': 'x' });
    const outer = repositoryWith({ 'a.txt': 'a' });
    write(outer, { '.gitmodules': '[submodule "x\npath' });
    git(outer, 'add', '.gitmodules');
    git(outer, 'update-index', '--add', '--cacheinfo', `160000,${headOf(inner)},sub`);
    git(outer, 'commit', '--quiet', '-m', 'c');
    // git checks it when it is fetched; where that is passed over, it cannot be read
    expect(['not_a_repository', 'source_not_allowed']).toContain(await code(outer));
  });
});

test.each([
  ['https://host/team/outer.git', '../inner.git', 'https://host/team/inner.git'],
  ['https://host:8443/outer', './inner', 'https://host:8443/outer/inner'],
  ['git@host:team/outer.git', '../inner.git', 'git@host:team/inner.git'],
  ['ssh://git@host:22/team/outer', '../../a/b', 'ssh://git@host:22/a/b'],
  ['/srv/a/outer', '../inner', '/srv/a/inner'],
  ['/srv/a/outer', 'https://other/x', 'https://other/x'],
])('from %s, %s is %s', (parent, given, expected) => {
  expect(submoduleUrl(parent, given)).toBe(expected);
});

test.each([
  ['https://host/outer', '../../inner'],
  ['git@host:outer', '../../inner'],
  ['https://host/outer', '../..'],
  ['https://host/team/outer', '../a b'],
  ['git@host:team/outer', '../../-oProxyCommand=x'],
])('from %s, %s is refused', (parent, given) => {
  expect(() => submoduleUrl(parent, given)).toThrow();
});
