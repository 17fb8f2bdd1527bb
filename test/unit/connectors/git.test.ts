import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '../../../services/connectors/connector.ts';
import { basicAuth, GitServers } from '../scan/git-servers.ts';
import { commitAll, git, temporaryFolder, write } from '../scan/sources.ts';
import { codeOf, depsIn, listAll, open, signal, textOf } from './sources.ts';

const folders: string[] = [];
const keep = (name: string): string => {
  const folder = temporaryFolder(name);
  folders.push(folder);
  return folder;
};
const work = keep('work');
const root = keep('repositories');
const servers = new GitServers();
let served: string;
beforeAll(async () => {
  served = await servers.git(root);
});
afterAll(async () => {
  await servers.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

let made = 0;
function repository(files: Record<string, string | Buffer>) {
  made += 1;
  const name = `r${made}`;
  const folder = join(root, name);
  write(folder, files);
  git(folder, 'init', '--quiet');
  const commit = commitAll(folder, 'the first');
  return { folder, commit, url: `${served}/${name}/.git` };
}
const deps = depsIn({ folder: work, hosts: ['127.0.0.1'], roots: [root] });
const from = (url: string, more: object = {}, with_ = deps) => open({ kind: 'git', url, ...more }, with_);
/** A clone that was thrown away: whatever comes next is read by a worker that has nothing. */
const elsewhere = () => depsIn({ folder: keep('elsewhere'), hosts: ['127.0.0.1'] });

describe('a repository', () => {
  test('is listed whole, page by page, by workers that share nothing', async () => {
    const { url, commit } = repository({
      'README.md': '# top',
      'docs/a.md': 'a',
      'docs/deep/b.rst': 'b',
      'src/x.py': 'x = 1',
      'logo.png': 'png',
      '.gitattributes': '*.md text eol=crlf ident filter=evil',
    });
    const { keys, items, listedAll, checkpoint } = await listAll(() => from(url, {}, elsewhere()), {
      limit: 1,
    });
    expect(keys).toEqual(['README.md', 'docs/a.md', 'docs/deep/b.rst', 'src/x.py']);
    expect(listedAll).toBe(true);
    expect(checkpoint).toMatchObject({ commit });
    expect(items[0]).toMatchObject({
      size: 5,
      name: 'README.md',
      location: `${url}@${commit}:README.md`,
      extra: { commit },
    });
    // the bytes that were committed, whatever the repository wants done to them; from a page that was never listed here
    expect(await textOf(from(url, {}, elsewhere()), items[0])).toBe('# top');
    expect(await textOf(from(url), items[3])).toBe('x = 1');
    expect(await textOf(from(url), items[3], items[3]?.version)).toBeNull();
  });

  test('is read by globs, which know the top as well', async () => {
    const { url } = repository({ 'a.md': 'a', 'b/c.md': 'c', 'b/d.txt': 'd', 'b/test/e.md': 'e' });
    const globs = { include_globs: ['**/*.md'], exclude_globs: ['**/test/**'] };
    expect((await listAll(() => from(url, globs))).keys).toEqual(['a.md', 'b/c.md']);
    expect((await listAll(() => from(url, { include_globs: ['*.md'] }))).keys).toEqual(['a.md']);
  });

  test('gives many files at once, each as it is', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 250 }, (_, at) => [
        `f/${String(at).padStart(3, '0')}.txt`,
        `${at}\n`.repeat(at % 9),
      ]),
    );
    const { url } = repository({ ...files, 'same.txt': '1\n' });
    const connector = from(url);
    const { items, cursor } = await connector.page({ cursor: null, checkpoint: null, limit: 300, signal });
    expect([items.length, cursor]).toEqual([251, null]);
    const texts = await Promise.all(items.map((item) => textOf(connector, item)));
    expect(Object.fromEntries(items.map(({ key }, at) => [key, texts[at]]))).toEqual({
      ...files,
      'same.txt': '1\n',
    });
    await connector.close();
  });

  test('leaves nothing on the disk once its listing is over', async () => {
    const { url } = repository({ 'a.md': 'a' });
    const mine = keep('clean');
    const here = depsIn({ folder: mine, hosts: ['127.0.0.1'] });
    const [first, last] = [from(url, { history: 1 }, here), from(url, { history: 1 }, here)];
    const { cursor, items } = await first.page({ cursor: null, checkpoint: null, limit: 1, signal });
    await first.close();
    expect(readdirSync(join(mine, 'clones'))).toHaveLength(1);
    const next = await last.page({ cursor, checkpoint: null, limit: 5, signal });
    expect([items.length, next.items.length, next.cursor]).toEqual([1, 1, null]);
    expect(await textOf(last, next.items[0])).toContain('the first');
    await last.close();
    expect(readdirSync(join(mine, 'clones'))).toEqual([]);
  });

  test('tells what it does not read', async () => {
    const { folder, url } = repository({
      'big.txt': 'x'.repeat(3000),
      'ok.txt': 'ok',
      'lfs.txt': `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12\n`,
    });
    symlinkSync('/etc/passwd', join(folder, 'link.txt'));
    const commit = commitAll(folder);
    git(folder, 'update-index', '--add', '--cacheinfo', `160000,${commit},sub.md`);
    git(folder, 'commit', '--quiet', '-m', 'submodule');
    const { items, lost, keys } = await listAll(() => from(url, { max_file_size_kb: 2 }));
    expect(lost.sort()).toEqual(['item_too_large big.txt', 'submodule sub.md', 'symlink link.txt']);
    expect(keys).toEqual(['lfs.txt', 'ok.txt']);
    expect(await codeOf(textOf(from(url), items[0]))).toBe('content_elsewhere');
    const bounded = { known: undefined, maxBytes: 1, signal };
    expect(await codeOf(from(url).fetch(items[1] as never, bounded))).toBe('item_too_large');
  });

  test('with names that are none loses these files, and no others', async () => {
    const { folder, url } = repository({
      'good.txt': 'good',
      'new\nline.txt': 'n',
      'esc\u001b[31m.txt': 'e',
    });
    const blob = git(folder, 'rev-parse', 'HEAD:good.txt');
    const plain = (name: string) => `100644 blob ${blob}\t${name}\0`;
    const inner = mktree(folder, [plain('x.txt')]);
    const top = mktree(folder, [
      `040000 tree ${inner}\t..\0`,
      `040000 tree ${inner}\t.git\0`,
      plain('good.txt'),
    ]);
    git(folder, 'update-ref', 'refs/heads/odd', git(folder, 'commit-tree', top, '-m', 'odd'));
    const first = await listAll(() => from(url));
    expect(first.keys).toEqual(['good.txt']);
    expect(first.lost).toEqual(['invalid_key esc\\u{1b}[31m.txt', 'invalid_key new\\u{a}line.txt']);
    const odd = await listAll(() => from(url, { branch: 'odd' }));
    expect(odd.keys).toEqual(['.git/x.txt', 'good.txt']);
    expect(odd.lost).toEqual(['invalid_key ../x.txt']);
    expect(await textOf(from(url, { branch: 'odd' }), odd.items[0])).toBe('good');
  });

  const mktree = (folder: string, entries: readonly string[]) =>
    execFileSync('git', ['mktree', '-z', '--missing'], {
      cwd: folder,
      input: entries.join(''),
      encoding: 'utf8',
    }).trim();
});

describe('the next time', () => {
  const again = (url: string, checkpoint: Json, more: object = {}) =>
    listAll(() => from(url, more, elsewhere()), { checkpoint, limit: 2 });

  test('only what changed is told, and what is gone', async () => {
    const { folder, url, commit } = repository({
      'a.md': 'a',
      'b.md': 'b',
      'c.md': 'c',
      'd.md': 'd',
      'e.md': 'e',
    });
    const { checkpoint } = await listAll(() => from(url));
    expect(await again(url, checkpoint)).toMatchObject({ keys: [], gone: [], checkpoint, listedAll: false });
    unlinkSync(join(folder, 'b.md'));
    unlinkSync(join(folder, 'd.md'));
    symlinkSync('a.md', join(folder, 'd.md'));
    write(folder, { 'c.md': 'changed', 'new/f.md': 'f', 'x.png': 'no' });
    const newer = commitAll(folder);
    const next = await again(url, checkpoint);
    expect(next).toMatchObject({ keys: ['c.md', 'new/f.md'], listedAll: false });
    expect(next.gone.sort()).toEqual(['b.md', 'd.md']);
    expect(next.lost).toEqual(['symlink d.md']);
    expect(next.checkpoint).toMatchObject({ commit: newer });
    expect(commit).not.toBe(newer);
    expect(await textOf(from(url), next.items[0])).toBe('changed');
  });

  test('a history that was rewritten begins anew', async () => {
    const { folder, url } = repository({ 'a.md': 'a', 'b.md': 'b' });
    const { checkpoint } = await listAll(() => from(url));
    unlinkSync(join(folder, 'b.md'));
    git(folder, 'checkout', '--quiet', '--orphan', 'other');
    commitAll(folder, 'another');
    git(
      folder,
      'branch',
      '--quiet',
      '-D',
      git(folder, 'branch', '--format=%(refname:short)').split('\n')[0] ?? '',
    );
    git(folder, 'reflog', 'expire', '--expire=now', '--all');
    git(folder, 'gc', '--quiet', '--prune=now');
    const next = await again(url, checkpoint);
    expect(next).toMatchObject({ keys: ['a.md'], gone: [], listedAll: true });
  });

  test('asked for something else it is listed anew', async () => {
    const { url } = repository({ 'a.md': 'a', 'b.txt': 'b' });
    const { checkpoint } = await listAll(() => from(url, { include_globs: ['**/*.md'] }));
    expect(await again(url, checkpoint)).toMatchObject({ keys: ['a.md', 'b.txt'], listedAll: true });
    expect(await again(url, { commit: '; rm -rf /', meant: 'x' })).toMatchObject({ keys: ['a.md', 'b.txt'] });
  });

  test('a branch that moved meanwhile does not mix two commits', async () => {
    const { folder, url } = repository({ 'a.md': 'old', 'b.md': 'old' });
    const { cursor, items } = await from(url).page({ cursor: null, checkpoint: null, limit: 1, signal });
    write(folder, { 'b.md': 'new' });
    commitAll(folder);
    const next = await from(url, {}, elsewhere()).page({ cursor, checkpoint: null, limit: 1, signal });
    expect(await textOf(from(url, {}, elsewhere()), items[0])).toBe('old');
    expect(await textOf(from(url, {}, elsewhere()), next.items[0])).toBe('old');
  });
});

describe('its history', () => {
  test('is the last commits: who, when, why and which files', async () => {
    const { folder, url } = repository({ 'a.md': 'a' });
    for (const at of [1, 2, 3]) {
      write(folder, { 'a.md': `${at}`, [`n${at}.md`]: 'n' });
      commitAll(folder, `change ${at}\n\nbecause of ${at}`);
    }
    const { items, keys } = await listAll(() => from(url, { history: 2 }, elsewhere()), { limit: 3 });
    expect(keys.filter((key) => !key.startsWith('commit/'))).toEqual(['a.md', 'n1.md', 'n2.md', 'n3.md']);
    const commits = items.filter(({ key }) => key.startsWith('commit/'));
    expect(commits.map(({ key }) => key)).toEqual(
      git(folder, 'rev-list', '--max-count=2', 'HEAD')
        .split('\n')
        .map((id) => `commit/${id}`),
    );
    const said = await textOf(from(url, { history: 2 }, elsewhere()), commits[0]);
    expect(said).toContain('Author: T <t@example.org>');
    expect(said).toContain('change 3\n\nbecause of 3');
    expect(said).toContain('M a.md\nA n3.md');
  });

  test('tells only new ones the next time', async () => {
    const { folder, url } = repository({ 'a.md': 'a' });
    const { checkpoint } = await listAll(() => from(url, { history: 10 }));
    write(folder, { 'b.md': 'b' });
    const commit = commitAll(folder, 'second');
    const next = await listAll(() => from(url, { history: 10 }), { checkpoint });
    expect(next.keys).toEqual(['b.md', `commit/${commit}`]);
  });

  test('comes without what files held, from a server that can leave it out', async () => {
    const { folder, url } = repository({ 'a.md': 'secret of the past' });
    git(folder, 'config', 'uploadpack.allowFilter', 'true');
    const past = git(folder, 'rev-parse', 'HEAD:a.md');
    write(folder, { 'a.md': 'now' });
    commitAll(folder);
    const mine = keep('filtered');
    const here = depsIn({ folder: mine, hosts: ['127.0.0.1'] });
    const { items } = await listAll(() => from(url, { history: 2 }, here));
    expect(await textOf(from(url, { history: 2 }, here), items.at(-1))).toContain('the first');
    const clones = readdirSync(join(mine, 'clones')).map((name) => join(mine, 'clones', name));
    const has = clones.map((clone) => {
      try {
        execFileSync('git', ['--git-dir', clone, 'cat-file', '-e', past], { stdio: 'ignore' });
        return true;
      } catch {
        return false;
      }
    });
    expect(has).toEqual([false, false]);
  });
});

describe('a repository that cannot be read', () => {
  test('because it names one folder a billion times ends', async () => {
    const { folder, url } = repository({ 'a.md': 'a' });
    let tree = git(folder, 'rev-parse', 'HEAD^{tree}');
    for (let depth = 0; depth < 9; depth += 1) {
      const names = Array.from({ length: 10 }, (_, name) => `040000 tree ${tree}\tn${name}\n`).join('');
      tree = execFileSync('git', ['mktree'], { cwd: folder, input: names, encoding: 'utf8' }).trim();
    }
    git(folder, 'update-ref', 'refs/heads/bomb', git(folder, 'commit-tree', tree, '-m', 'bomb'));
    expect(await codeOf(listAll(() => from(url, { branch: 'bomb' })))).toBe('source_too_large');
  });

  test('ends with what is wrong with it', async () => {
    const { url } = repository({ 'a.md': 'a' });
    expect(await codeOf(listAll(() => from(url, { branch: 'none' })))).toBe('revision_not_found');
    expect(await codeOf(listAll(() => from(`${served}/nothing/.git`)))).toBe('not_a_repository');
    expect(await codeOf(listAll(() => from('http://127.0.0.1:1/x.git')))).toBe('source_unreachable');
    git(root, 'init', '--quiet', 'empty');
    expect(await codeOf(listAll(() => from(`${served}/empty/.git`)))).toBe('repository_has_no_commits');
  });

  test('on an internal host, or larger than may be, is none to be read', async () => {
    const { url, folder } = repository({ 'a.md': 'a', 'b.md': 'b', 'c.md': 'c' });
    const closed = depsIn({ folder: work });
    expect(await codeOf(listAll(() => from(url, {}, closed)))).toBe('source_not_allowed');
    const small = depsIn({ folder: keep('small'), hosts: ['127.0.0.1'], maxFiles: 2 });
    expect(await codeOf(listAll(() => from(url, {}, small)))).toBe('source_too_large');
    writeFileSync(join(folder, 'x'), 'x');
  });

  test('without a password is read with the one that was given for its host, which nobody sees', async () => {
    const { folder } = repository({ 'a.md': 'closed' });
    const { guard, shown, right } = basicAuth('reader', 'hidden-word');
    const url = `${await servers.git(folder, guard)}/.git`;
    const mine = keep('closed');
    expect(await codeOf(listAll(() => from(url)))).toBe('source_unreachable');
    const credentialsFile = join(mine, 'credentials');
    writeFileSync(credentialsFile, `${url.replace('//', '//reader:hidden-word@').replace('/.git', '')}\n`);
    const known = depsIn({ folder: mine, hosts: ['127.0.0.1'], credentialsFile });
    const { items } = await listAll(() => from(url, {}, known));
    expect(await textOf(from(url, {}, known), items[0])).toBe('closed');
    expect(shown).toContain(right);
    expect(JSON.stringify(items)).not.toContain('hidden-word');
    // grep ends with an error when it finds nothing
    expect(() => execFileSync('grep', ['-r', 'hidden-word', join(mine, 'clones')])).toThrow();
  });

  test('whose clone is cleared away in the middle is read by whoever tries again', async () => {
    const { url } = repository({ 'a.md': 'a', 'b.md': 'b' });
    const mine = keep('vanishing');
    const here = depsIn({ folder: mine, hosts: ['127.0.0.1'] });
    const connector = from(url, {}, here);
    const { items } = await connector.page({ cursor: null, checkpoint: null, limit: 10, signal });
    rmSync(join(mine, 'clones'), { recursive: true });
    const tries = [await codeOf(textOf(connector, items[0])), await codeOf(textOf(connector, items[0]))];
    expect(tries.filter((code) => code !== 'none' && code !== 'dependency_unavailable')).toEqual([]);
    expect(await textOf(connector, items[1])).toBe('b');
  });

  test('hands nothing to git that came from a row and is no object', async () => {
    const { url } = repository({ 'a.md': 'a' });
    const { items } = await listAll(() => from(url));
    const item = { ...items[0], version: '--upload-pack=x' } as never;
    expect(await codeOf(textOf(from(url), item))).toBe('item_gone');
    expect(
      await codeOf(textOf(from(url), { ...(items[0] as object), extra: { commit: 'HEAD' } } as never)),
    ).toBe('item_gone');
  });
});
