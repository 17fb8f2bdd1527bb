import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensureCheckout, removeCheckout } from '../../../activities/scan/checkout.ts';
import { hashContent, listFiles } from '../../../activities/scan/content-hash.ts';
import type { SourceLimits } from '../../../activities/scan/deps.ts';
import { draftPrefix, sweepCheckouts } from '../../../activities/scan/sweep-checkouts.ts';
import type { Checkout, ScanInput, Source } from '../../../contracts/workflows.ts';
import { commitAll, git, limits, repository, scanOf, sourceDeps, temporaryFolder, write } from './sources.ts';

let workFolder: string;
const folders: string[] = [];
const keep = (folder: string) => {
  folders.push(folder);
  return folder;
};
const folderWith = (files: Record<string, string | Buffer>) => {
  const folder = keep(temporaryFolder('source'));
  write(folder, files);
  return folder;
};
const repositoryWith = (files: Record<string, string | Buffer>) => keep(repository(files));

beforeAll(() => {
  workFolder = keep(temporaryFolder('work'));
});

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function checkout(source: Source, changes: Partial<SourceLimits> = {}, roots = folders) {
  const deps = sourceDeps(workFolder, limits(roots, changes));
  return ensureCheckout(deps, scanOf(source));
}
const ofGit = (url: string, more: { branch?: string; commit?: string } = {}): Source => ({
  type: 'git',
  url,
  ...more,
});
const ofFolder = (path: string): Source => ({ type: 'directory', path });
const code = (source: Source, changes: Partial<SourceLimits> = {}, roots = folders): Promise<string> =>
  checkout(source, changes, roots).then(
    () => 'accepted',
    (error: { code?: string }) => error.code ?? String(error),
  );
const skips = ({ skipped }: Checkout) =>
  skipped.map((notice) => `${notice.code} ${notice.path ?? ''}`).sort();

describe('a source that is none has a code of its own', () => {
  test('a folder that is no repository', async () => {
    expect(await code(ofGit(folderWith({ 'a.txt': 'a' })))).toBe('not_a_repository');
  });

  test('a path that does not exist, or is a file', async () => {
    const folder = folderWith({ 'a.txt': 'a' });
    expect(await code(ofGit(join(folder, 'none')))).toBe('source_not_found');
    expect(await code(ofFolder(join(folder, 'none')))).toBe('source_not_found');
    expect(await code(ofFolder(join(folder, 'a.txt')))).toBe('source_not_found');
    expect(await code(ofGit(join(folder, 'a.txt')))).toBe('not_a_repository');
  });

  test('a repository without commits', async () => {
    const folder = keep(temporaryFolder('repository'));
    git(folder, 'init', '--quiet');
    expect(await code(ofGit(folder))).toBe('repository_has_no_commits');
  });

  test('a branch or commit that is not there', async () => {
    const folder = repositoryWith({ 'a.txt': 'a' });
    expect(await code(ofGit(folder, { branch: 'none' }))).toBe('revision_not_found');
    expect(await code(ofGit(folder, { commit: 'f'.repeat(40) }))).toBe('revision_not_found');
    expect(await code(ofGit(folder, { branch: '--upload-pack=touch /tmp/x' }))).toBe('revision_not_found');
  });

  test('nothing in it', async () => {
    expect(await code(ofFolder(folderWith({})))).toBe('source_empty');
    expect(await code(ofGit(repositoryWith({})))).toBe('source_empty');
  });

  test('too many files, or too many bytes', async () => {
    const files = { 'a.txt': 'aaaa', 'b.txt': 'bbbb' };
    for (const source of [ofFolder(folderWith(files)), ofGit(repositoryWith(files))]) {
      expect(await code(source, { maxFiles: 1 })).toBe('source_too_large');
      expect(await code(source, { maxBytes: 7 })).toBe('source_too_large');
      expect(await code(source, { maxFiles: 2, maxBytes: 8 })).toBe('accepted');
    }
  });

  test('outside of the allowed folders, by its path or by a link', async () => {
    const outside = folderWith({ 'a.txt': 'a' });
    const root = folderWith({});
    mkdirSync(join(root, 'in'));
    symlinkSync(outside, join(root, 'in', 'link'));
    for (const path of [outside, join(root, 'in', 'link'), `${root}/in/../../${outside}`, `${root}x`]) {
      expect(['source_not_allowed', 'source_not_found']).toContain(await code(ofFolder(path), {}, [root]));
      expect(['source_not_allowed', 'source_not_found']).toContain(await code(ofGit(path), {}, [root]));
    }
    expect(await code(ofFolder(join(root, 'in', 'link')), {}, [root])).toBe('source_not_allowed');
    expect(await code(ofFolder(outside), {}, [])).toBe('source_not_allowed');
    expect(await code(ofFolder('relative'), {}, [root])).toBe('source_not_allowed');
  });

  test('a refused source leaves nothing in the work folder', async () => {
    const before = readdirSync(workFolder).length;
    await code(ofGit(folderWith({ 'a.txt': 'a' })));
    await code(ofFolder(folderWith({})));
    expect(readdirSync(workFolder)).toHaveLength(before);
  });
});

describe('a repository below an allowed folder', () => {
  let root: string;
  let outside: string;
  let secret: string;
  const inside = (name: string) => join(root, name);
  const made = (name: string) => {
    mkdirSync(inside(name));
    git(inside(name), 'init', '--quiet');
    return inside(name);
  };
  const ask = (path: string, more: { branch?: string; commit?: string } = {}) =>
    code(ofGit(path, more), {}, [root]);

  beforeAll(() => {
    root = keep(temporaryFolder('root'));
    outside = repositoryWith({ 'secret.txt': 'secret' });
    secret = git(outside, 'rev-parse', 'HEAD');
  });

  test('cannot be one elsewhere: by a .git file', async () => {
    write(root, { 'by-file/.git': `gitdir: ${outside}/.git\n` });
    expect(await ask(inside('by-file'))).toBe('source_not_allowed');
    expect(await ask(inside('by-file/.git'))).toBe('not_a_repository');
  });

  test('by a .git link', async () => {
    mkdirSync(inside('by-link'));
    symlinkSync(join(outside, '.git'), inside('by-link/.git'));
    expect(await ask(inside('by-link'))).toBe('source_not_allowed');
  });

  test('by what git looks for in and beside a folder', async () => {
    mkdirSync(inside('beside'));
    symlinkSync(join(outside, '.git'), inside('beside.git'));
    expect(await ask(inside('beside'))).toBe('not_a_repository');
    const nested = made('nested');
    symlinkSync(join(outside, '.git'), join(nested, '.git', '.git'));
    expect(await ask(nested)).toBe('repository_has_no_commits');
  });

  test('by a common folder', async () => {
    write(root, { 'by-common/.git/HEAD': 'ref: refs/heads/main\n' });
    write(root, { 'by-common/.git/commondir': `${outside}/.git\n` });
    expect(await ask(inside('by-common'))).toBe('source_not_allowed');
  });

  test('by an alternate, or an alternate of an alternate', async () => {
    const borrower = made('borrower');
    write(borrower, { '.git/objects/info/alternates': `${outside}/.git/objects\n` });
    git(borrower, 'update-ref', 'refs/heads/main', secret);
    expect(await ask(borrower)).toBe('source_not_allowed');
    const second = made('second');
    write(second, { '.git/objects/info/alternates': '# mine\n../../../borrower/.git/objects\n' });
    git(second, 'update-ref', 'refs/heads/main', secret);
    expect(await ask(second)).toBe('source_not_allowed');
    const quoted = made('quoted');
    write(quoted, { '.git/objects/info/alternates': `"${outside}/.git/objects"\n` });
    expect(await ask(quoted)).toBe('source_not_allowed');
  });

  test.each(['objects', `objects/pack`, 'objects/ab', 'objects/info/alternates'])(
    'by a link in the place of %s',
    async (part) => {
      const folder = made(`link-${part.replaceAll('/', '-')}`);
      rmSync(join(folder, '.git', part), { recursive: true, force: true });
      symlinkSync(join(outside, '.git', 'objects'), join(folder, '.git', part));
      expect(await ask(folder)).toBe('source_not_allowed');
    },
  );

  test('is scanned when all of its parts lie there: bare, a worktree, a borrower', async () => {
    const main = made('main');
    write(main, { 'a.txt': 'a' });
    commitAll(main);
    git(main, 'worktree', 'add', '--quiet', '-b', 'side', inside('side'));
    write(inside('side'), { 'b.txt': 'b' });
    const side = commitAll(inside('side'));
    const { checkout: found } = await checkout(ofGit(inside('side')), {}, [root]);
    expect(found).toMatchObject({ commit: side, files: 2 });
    git(root, 'clone', '--quiet', '--bare', '--shared', main, 'bare.git');
    expect(await ask(inside('bare.git'))).toBe('accepted');
    expect(await ask(join(main, '.git'))).toBe('accepted');
    symlinkSync(join(main, '.git'), inside('bare.git/.git'));
    expect(await ask(inside('bare.git'))).toBe('accepted');
  });
});

describe('what is scanned', () => {
  test('is the commit that was asked for: the head, a branch or a commit', async () => {
    const folder = repositoryWith({ 'a.txt': 'one' });
    const first = git(folder, 'rev-parse', 'HEAD');
    git(folder, 'checkout', '--quiet', '-b', 'feature');
    write(folder, { 'a.txt': 'two' });
    const second = commitAll(folder);
    expect((await checkout(ofGit(folder))).checkout).toMatchObject({ commit: second, branch: null });
    expect((await checkout(ofGit(folder, { branch: 'main' }))).checkout).toMatchObject({
      commit: first,
      branch: 'main',
    });
    const { tree, checkout: found } = await checkout(ofGit(folder, { commit: first }));
    expect(found.commit).toBe(first);
    expect(readFileSync(join(tree, 'a.txt'), 'utf8')).toBe('one');
  });

  test('has the same content hash from git and from a folder, and another one for any change', async () => {
    const folder = repositoryWith({ 'a.txt': 'a', 'bin/run': '#!/bin/sh\n', 'ä b.txt': 'x' });
    chmodSync(join(folder, 'bin/run'), 0o755);
    commitAll(folder);
    const fromGit = (await checkout(ofGit(folder))).checkout;
    const hash = async () => (await checkout(ofFolder(folder))).checkout.contentHash;
    expect(await hash()).toBe(fromGit.contentHash);
    chmodSync(join(folder, 'bin/run'), 0o644);
    expect(await hash()).not.toBe(fromGit.contentHash);
    chmodSync(join(folder, 'bin/run'), 0o700);
    expect(await hash()).toBe(fromGit.contentHash);
    write(folder, { 'a.txt': 'b' });
    expect(await hash()).not.toBe(fromGit.contentHash);
  });

  test('are the bytes that were committed, whatever .gitattributes says', async () => {
    const attributes = '*.txt text=auto eol=crlf ident filter=evil working-tree-encoding=UTF-16\n';
    const folder = repositoryWith({ '.gitattributes': '', 'a.txt': 'line\n$Id$\n' });
    write(folder, { '.gitattributes': attributes });
    git(folder, 'update-index', '--add', '.gitattributes');
    git(folder, 'commit', '--quiet', '-m', 'attributes');
    git(folder, 'config', 'filter.evil.smudge', 'sed s/line/evil/');
    const { tree } = await checkout(ofGit(folder));
    expect(readFileSync(join(tree, 'a.txt'), 'utf8')).toBe('line\n$Id$\n');
    expect(readFileSync(join(tree, '.gitattributes'), 'utf8')).toBe(attributes);
  });

  test('has names as odd as they come', async () => {
    const files = {
      'new\nline.txt': 'a',
      '..a': 'b',
      '...': 'c',
      '-rf': 'd',
      'tab\there': 'e',
      '"quoted"': 'f',
      'back\\slash': 'g',
      ':(glob)*': 'h',
      'dir../x': 'i',
    };
    const fromGit = await checkout(ofGit(repositoryWith(files)));
    const fromFolder = await checkout(ofFolder(folderWith(files)));
    expect((await listFiles(fromGit.tree)).sort()).toEqual(Object.keys(files).sort());
    expect(fromFolder.checkout.contentHash).toBe(fromGit.checkout.contentHash);
  });

  test('leaves out names that are no text, and says so', async () => {
    const odd = Buffer.concat([Buffer.from('latin-'), Buffer.from([0xe9])]);
    const folder = repositoryWith({ 'a.txt': 'a' });
    const at = (...more: Buffer[]) => Buffer.concat([Buffer.from(`${folder}/`), odd, ...more]);
    writeFileSync(at(Buffer.from('.txt')), 'odd');
    mkdirSync(at(Buffer.from('-folder')));
    writeFileSync(at(Buffer.from('-folder/b.txt')), 'odd');
    commitAll(folder);
    for (const source of [ofGit(folder), ofFolder(folder)]) {
      const { checkout: found, tree } = await checkout(source);
      expect(await listFiles(tree)).toEqual(['a.txt']);
      expect(found.skipped).toContainEqual(
        expect.objectContaining({ code: 'name_not_text', path: 'latin-\ufffd.txt' }),
      );
      expect(found.skipped).toHaveLength(2);
    }
  });

  test('never holds what a link points to', async () => {
    const outside = folderWith({ 'secret.txt': 'secret' });
    const folder = repositoryWith({ 'a.txt': 'a' });
    symlinkSync(join(outside, 'secret.txt'), join(folder, 'file-link'));
    symlinkSync(outside, join(folder, 'folder-link'));
    symlinkSync('a.txt', join(folder, 'inner-link'));
    symlinkSync('/nowhere', join(folder, 'broken-link'));
    commitAll(folder);
    for (const source of [ofGit(folder), ofFolder(folder)]) {
      const { tree, checkout: found } = await checkout(source);
      expect(await listFiles(tree)).toEqual(['a.txt']);
      expect(skips(found)).toEqual([
        'symlink broken-link',
        'symlink file-link',
        'symlink folder-link',
        'symlink inner-link',
      ]);
    }
  });

  test('leaves out files that are too large without reading them', async () => {
    const folder = folderWith({ 'a.txt': 'a', 'huge.bin': '' });
    truncateSync(join(folder, 'huge.bin'), 1024 ** 3);
    const before = process.cpuUsage();
    const { checkout: found } = await checkout(ofFolder(folder));
    // a gigabyte takes more to be read
    expect(process.cpuUsage(before).user).toBeLessThan(500_000);
    expect(found).toMatchObject({ files: 1, bytes: 1 });
    expect(skips(found)).toEqual(['file_too_large huge.bin']);
  });

  test('leaves out files of a commit that are too large, too', async () => {
    const folder = repositoryWith({
      'a.txt': 'a',
      'large.txt': 'x'.repeat(2048),
      'just.txt': 'x'.repeat(1024),
    });
    for (const source of [ofGit(folder), ofFolder(folder)]) {
      const { checkout: found } = await checkout(source, { maxFileBytes: 1024 });
      expect(found.files).toBe(2);
      expect(skips(found)).toEqual(['file_too_large large.txt']);
    }
  });

  test('leaves out pipes, and does not wait for them', async () => {
    const folder = folderWith({ 'a.txt': 'a' });
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const { checkout: found } = await checkout(ofFolder(folder));
    expect(skips(found)).toEqual(['special_file pipe']);
  });

  test('leaves out submodules', async () => {
    const inner = repositoryWith({ 'inner.txt': 'x' });
    const folder = repositoryWith({ 'a.txt': 'a' });
    git(folder, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
    commitAll(folder);
    const { checkout: found, tree } = await checkout(ofGit(folder));
    expect(await listFiles(tree)).toEqual(['.gitmodules', 'a.txt']);
    expect(skips(found)).toEqual(['submodule sub']);
  });

  test('does not hold the inside of .git', async () => {
    const folder = repositoryWith({ 'a.txt': 'a' });
    expect((await checkout(ofFolder(folder))).checkout.files).toBe(1);
  });

  test('names fifty skipped files and counts the rest', async () => {
    const folder = folderWith({ 'a.txt': 'a' });
    for (let at = 0; at < 60; at += 1) symlinkSync('/nowhere', join(folder, `link-${at}`));
    const { skipped } = (await checkout(ofFolder(folder))).checkout;
    expect(skipped).toHaveLength(51);
    expect(skipped.at(-1)?.message).toContain('10 more files');
  });
});

describe('a hostile repository runs nothing', () => {
  test('by its configuration, its hooks or its attributes', async () => {
    const folder = repositoryWith({ 'a.txt': 'a', '.gitattributes': '* filter=evil diff=evil merge=evil\n' });
    const marker = join(keep(temporaryFolder('marker')), 'ran');
    const command = `touch ${marker}`;
    const hostile = [
      'core.fsmonitor',
      'core.sshCommand',
      'core.pager',
      'core.editor',
      'core.alternateRefsCommand',
      'core.gitProxy',
      'uploadpack.packObjectsHook',
      'filter.evil.smudge',
      'filter.evil.process',
      'filter.evil.clean',
      'diff.evil.textconv',
      'credential.helper',
      'gpg.program',
      'fetch.credentialsInUrl',
      'remote.origin.uploadpack',
    ];
    for (const name of hostile)
      git(folder, 'config', name, name.includes('credential.helper') ? `!${command}` : command);
    git(folder, 'config', 'core.hooksPath', join(folder, 'hooks'));
    git(folder, 'config', 'include.path', join(folder, 'more'));
    write(folder, { more: `[core]\n\tfsmonitor = ${command}\n` });
    for (const hooks of ['hooks', '.git/hooks'])
      for (const hook of [
        'post-checkout',
        'pre-auto-gc',
        'reference-transaction',
        'post-index-change',
        'post-update',
        'fsmonitor-watchman',
      ]) {
        write(folder, { [`${hooks}/${hook}`]: `#!/bin/sh\n${command}\n` });
        chmodSync(join(folder, hooks, hook), 0o755);
      }
    const { checkout: found } = await checkout(ofGit(folder));
    expect(found.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(existsSync(marker)).toBe(false);
    // the same configuration does run the command for a person who is not careful
    await Promise.resolve()
      .then(() => git(folder, 'status'))
      .catch(() => undefined);
    expect(existsSync(marker)).toBe(true);
  });

  test.each([
    ['..', '..'],
    ['.git', '.git'],
    ['a name with a slash', 'a/../../x'],
  ])('nor writes outside of its checkout: a tree with %s', async (_, name) => {
    const folder = repositoryWith({ 'a.txt': 'a' });
    const blob = git(folder, 'rev-parse', 'HEAD:a.txt');
    const entry = Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(blob, 'hex')]);
    const input = { cwd: folder, input: entry, encoding: 'utf8' as const };
    const tree = execFileSync(
      'git',
      ['hash-object', '-t', 'tree', '-w', '--stdin', '--literally'],
      input,
    ).trim();
    const commit = git(folder, 'commit-tree', tree, '-m', 'hostile');
    git(folder, 'update-ref', 'refs/heads/main', commit);
    expect(await code(ofGit(folder))).toBe('not_a_repository');
    expect(existsSync(join(workFolder, 'x'))).toBe(false);
  });
});

describe('a checkout that is asked for again', () => {
  test('is the same one, and stays at its commit when the branch has moved on and the cache is gone', async () => {
    const folder = repositoryWith({ 'a.txt': 'one' });
    const deps = sourceDeps(workFolder, limits(folders));
    const input = scanOf(ofGit(folder, { branch: 'main' }));
    const first = await ensureCheckout(deps, input);
    write(folder, { 'a.txt': 'two' });
    commitAll(folder);
    expect(await ensureCheckout(deps, input, first.checkout)).toEqual(first);
    await removeCheckout(deps, input);
    const again = await ensureCheckout(deps, input, first.checkout);
    expect(again.checkout).toMatchObject({
      commit: first.checkout.commit,
      contentHash: first.checkout.contentHash,
    });
    expect(readFileSync(join(again.tree, 'a.txt'), 'utf8')).toBe('one');
  });

  test('is refused when a folder is no longer what it was', async () => {
    const folder = folderWith({ 'a.txt': 'one' });
    const deps = sourceDeps(workFolder, limits(folders));
    const input = scanOf(ofFolder(folder));
    const { checkout: first } = await ensureCheckout(deps, input);
    await removeCheckout(deps, input);
    write(folder, { 'a.txt': 'two' });
    await expect(ensureCheckout(deps, input, first)).rejects.toMatchObject({ code: 'source_changed' });
  });

  test('by two at once is one', async () => {
    const deps = sourceDeps(workFolder, limits(folders));
    const input = scanOf(ofFolder(folderWith({ 'a.txt': 'one' })));
    const [one, two] = await Promise.all([ensureCheckout(deps, input), ensureCheckout(deps, input)]);
    expect(one).toEqual(two);
    expect(readdirSync(workFolder).filter((name) => name.startsWith('.checkout-'))).toEqual([]);
  });

  test('by two at once that saw different content is the one that stands there', async () => {
    const input = scanOf(ofFolder(folderWith({ 'a.txt': 'one', 'b.txt': 'longer' })));
    const attempts = [1024, 3].map((maxFileBytes) =>
      ensureCheckout(sourceDeps(workFolder, limits(folders, { maxFileBytes })), input),
    );
    for (const { tree, checkout: found } of await Promise.all(attempts))
      expect(found.contentHash).toBe((await hashContent(tree)).contentHash);
  });

  test.each([
    ['source', (input: ScanInput, other: string) => ({ ...input, source: ofFolder(other) })],
    ['component', (input: ScanInput) => ({ ...input, component: 'other' })],
  ])('is never that of a run with the same test id and another %s', async (_, change) => {
    const deps = sourceDeps(workFolder, limits(folders));
    const input = scanOf(ofFolder(folderWith({ 'a.txt': 'one' })));
    const other = change(input, folderWith({ 'a.txt': 'two' }));
    const first = await ensureCheckout(deps, input);
    const second = await ensureCheckout(deps, other);
    expect(second.tree).not.toBe(first.tree);
    await removeCheckout(deps, other);
    expect(await ensureCheckout(deps, input)).toEqual(first);
    expect(readFileSync(join(first.tree, 'a.txt'), 'utf8')).toBe('one');
  });

  test('after the run is gone', async () => {
    const deps = sourceDeps(workFolder, limits(folders));
    const input = scanOf(ofFolder(folderWith({ 'a.txt': 'one' })));
    const { tree } = await ensureCheckout(deps, input);
    await removeCheckout(deps, input);
    await removeCheckout(deps, input);
    expect(existsSync(tree)).toBe(false);
  });

  test('is stopped by its signal', async () => {
    const deps = sourceDeps(workFolder, limits(folders));
    const source = ofGit(repositoryWith({ 'a.txt': 'a' }));
    await expect(ensureCheckout(deps, scanOf(source), undefined, AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('a disk that refuses is our trouble, and no fault of the source', () => {
  test('when the work folder cannot be made', async () => {
    const deps = sourceDeps(join(folderWith({ file: '' }), 'file', 'work'), limits(folders));
    const input = scanOf(ofFolder(folderWith({ 'a.txt': 'one' })));
    await expect(ensureCheckout(deps, input)).rejects.toMatchObject({ code: 'dependency_unavailable' });
  });

  test.each([
    ['fatal: write error: No space left on device', 'dependency_unavailable'],
    ['remote: fatal: No space left on device', 'not_a_repository'],
  ])('when git says %j it is %s', async (words, expected) => {
    const tools = folderWith({
      git: `#!/bin/sh\ncase "$*" in *fetch*) echo '${words}' >&2; exit 128;; esac\n`,
    });
    chmodSync(join(tools, 'git'), 0o755);
    const source = ofGit(repositoryWith({ 'a.txt': 'a' }));
    const path = process.env.PATH;
    process.env.PATH = `${tools}:${path}`;
    try {
      expect(await code(source)).toBe(expected);
    } finally {
      process.env.PATH = path;
    }
  });
});

describe('what nobody uses any more', () => {
  const DAY = 24 * 60 * 60 * 1000;
  const age = (path: string, milliseconds: number) => {
    const then = new Date(Date.now() - milliseconds);
    utimesSync(path, then, then);
  };

  test('is swept after a day: drafts of killed processes and checkouts of lost runs, and nothing else', async () => {
    const work = keep(temporaryFolder('sweep'));
    const deps = sourceDeps(work, limits(folders));
    const input = scanOf(ofFolder(folderWith({ 'a.txt': 'one' })));
    const used = join((await ensureCheckout(deps, input)).tree, '..');
    write(work, {
      '.checkout-old/tree/a': '',
      '.checkout-new/tree/a': '',
      'acme/web/old/tree/a': '',
      'acme/web/new/tree/a': '',
    });
    for (const path of [join(work, '.checkout-old'), join(work, 'acme/web/old'), used])
      age(path, DAY + 60_000);
    for (const path of ['.checkout-new', 'acme/web/new']) age(join(work, path), DAY - 60_000);
    await ensureCheckout(deps, input);
    await sweepCheckouts(work, Date.now());
    expect(readdirSync(work).sort()).toEqual(['.checkout-new', 'acme']);
    expect(readdirSync(join(work, 'acme/web')).sort()).toEqual(['new', basename(used)].sort());
  });

  test('of a process that was killed goes at once, and of a living one stays', async () => {
    const work = keep(temporaryFolder('sweep'));
    const mine = `${draftPrefix()}abc`;
    const dead = mine.replace(`-${process.pid}-`, `-${spawnSync('true').pid}-`);
    const elsewhere = dead.replace(/^\.checkout-[0-9a-f]{8}/, '.checkout-00000000');
    write(work, { [`${mine}/tree/a`]: '', [`${dead}/tree/a`]: '', [`${elsewhere}/tree/a`]: '' });
    await sweepCheckouts(work, Date.now());
    expect(readdirSync(work).sort()).toEqual([mine, elsewhere].sort());
  });

  test('is swept when a checkout is made', async () => {
    const work = keep(temporaryFolder('sweep'));
    write(work, { '.checkout-old/tree/a': '' });
    age(join(work, '.checkout-old'), DAY + 60_000);
    const deps = sourceDeps(work, limits(folders));
    await ensureCheckout(deps, scanOf(ofFolder(folderWith({ 'a.txt': 'one' }))));
    expect(readdirSync(work)).toEqual(['acme']);
  });

  test('is nothing where there is no work folder', async () => {
    await sweepCheckouts(join(workFolder, 'none'), Date.now());
  });
});
