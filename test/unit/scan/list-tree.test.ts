import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { listTree } from '../../../services/git/list-tree.ts';
import { git, repository } from './sources.ts';

const folders: string[] = [];
const repositoryWith = (files: Record<string, string>): string => {
  const folder = repository(files);
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Trees of ten entries each, every one of them the tree below: 10^depth paths in a pack of a few hundred bytes. */
function bomb(mode: string, type: string, depth: number): string {
  const folder = repositoryWith({ 'a.txt': 'a' });
  const tree = (input: string) =>
    execFileSync('git', ['mktree'], { cwd: folder, input, encoding: 'utf8' }).trim();
  const inner = type === 'tree' ? tree('') : git(folder, 'rev-parse', 'HEAD:a.txt');
  let top = inner;
  for (let at = 0; at < depth; at += 1) {
    const [itsMode, itsType] = at === 0 ? [mode, type] : ['040000', 'tree'];
    top = tree(Array.from({ length: 10 }, (_, name) => `${itsMode} ${itsType} ${top}\tn${name}\n`).join(''));
  }
  git(folder, 'update-ref', 'refs/heads/main', git(folder, 'commit-tree', top, '-m', 'bomb'));
  return join(folder, '.git');
}

describe('a listing', () => {
  test('names what a commit holds, whatever the pieces it arrives in', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 3000 }, (_, at) => [`d${at % 7}/ä ${at}.txt`, 'abc']),
    );
    const listed = await listTree(join(repositoryWith(files), '.git'), 'HEAD', 3000);
    expect(listed.map(({ path }) => path).sort()).toEqual(Object.keys(files).sort());
    expect(listed[0]).toEqual({ mode: '100644', kind: 'file', size: 3, path: expect.any(String) });
  });

  test('ends at the first entry too many', async () => {
    const folder = join(repositoryWith({ a: '', b: '' }), '.git');
    expect(await listTree(folder, 'HEAD', 2)).toHaveLength(2);
    await expect(listTree(folder, 'HEAD', 1)).rejects.toMatchObject({ code: 'source_too_large' });
  });

  test.each([
    ['files', '100644', 'blob'],
    ['empty folders', '040000', 'tree'],
  ])(
    'of a billion %s ends soon, and in little memory',
    async (_, mode, type) => {
      const folder = bomb(mode, type, 9);
      const started = performance.now();
      const before = process.memoryUsage().rss;
      await expect(listTree(folder, 'HEAD', 10_000)).rejects.toMatchObject({ code: 'source_too_large' });
      expect(performance.now() - started).toBeLessThan(40_000);
      expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024);
    },
    30_000,
  );

  test('of a path without end is refused', async () => {
    const folder = repositoryWith({ 'a.txt': 'a' });
    const entry = `100644 blob ${git(folder, 'rev-parse', 'HEAD:a.txt')}\t${'x'.repeat(200_000)}\n`;
    const tree = execFileSync('git', ['mktree'], { cwd: folder, input: entry, encoding: 'utf8' }).trim();
    await expect(listTree(join(folder, '.git'), tree, 10)).rejects.toMatchObject({
      code: 'source_too_large',
    });
  });
});
