import { rmSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import { ensureCheckout, removeCheckout } from '../../../activities/scan/checkout.ts';
import type { Source } from '../../../contracts/workflows.ts';
import { commitAll, git, limits, repository, scanOf, sourceDeps, temporaryFolder, write } from './sources.ts';

const folders: string[] = [];
const keep = (folder: string) => {
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
const deps = (changes = {}) => sourceDeps(keep(temporaryFolder('work')), limits(folders, changes));
const ofGit = (url: string, more: object = {}): Source => ({ type: 'git', url, ...more });

test('a tag is followed to its commit, annotated or not, and is no branch of its name', async () => {
  const folder = keep(repository({ 'a.txt': 'one' }));
  const first = git(folder, 'rev-parse', 'HEAD');
  git(folder, 'tag', 'light');
  git(folder, 'tag', '-a', '-m', 'annotated', 'v1.0');
  write(folder, { 'a.txt': 'two' });
  commitAll(folder);
  git(folder, 'branch', 'light');
  for (const tag of ['light', 'v1.0']) {
    const { checkout } = await ensureCheckout(deps(), scanOf(ofGit(folder, { tag })));
    expect(checkout).toMatchObject({ commit: first, tag, branch: null, originDigest: null });
  }
  for (const tag of ['main', 'none', '--upload-pack=touch /tmp/x'])
    await expect(ensureCheckout(deps(), scanOf(ofGit(folder, { tag })))).rejects.toMatchObject({
      code: 'revision_not_found',
    });
});

test('a tag that was moved while a run goes on changes nothing of it', async () => {
  const folder = keep(repository({ 'a.txt': 'one' }));
  git(folder, 'tag', 'v1');
  const input = scanOf(ofGit(folder, { tag: 'v1' }));
  const own = deps();
  const { checkout: first } = await ensureCheckout(own, input);
  write(folder, { 'a.txt': 'two' });
  commitAll(folder);
  git(folder, 'tag', '--force', 'v1');
  await removeCheckout(own, input);
  expect((await ensureCheckout(own, input, first)).checkout).toEqual(first);
});

test('pointers of Git LFS are left as they are, and recorded', async () => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 5000000\n`;
  const folder = keep(
    repository({
      '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
      'model.bin': pointer,
      'docs/lfs.md': `What a pointer looks like:\n${pointer}`,
      'plain.txt': 'x'.repeat(200),
    }),
  );
  const { checkout } = await ensureCheckout(deps(), scanOf(ofGit(folder)));
  expect(checkout.files).toBe(4);
  expect(checkout.skipped.map(({ code, path }) => `${code} ${path}`)).toEqual(['lfs_pointer model.bin']);
});
