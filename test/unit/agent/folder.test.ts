import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openLocalFolder } from '../../../services/agent/folder-connector.ts';
import type { SourcePage } from '../../../services/connectors/connector.ts';
import { temporaryFolder, write } from '../scan/sources.ts';
import { never } from './agent-fixture.ts';

let root: string;
beforeEach(() => {
  root = join(temporaryFolder('folder'), 'docs');
  mkdirSync(root);
});
afterEach(() => rmSync(join(root, '..'), { recursive: true, force: true }));
const folder = (changes: object = {}, maxItems = 1000) =>
  openLocalFolder(
    {
      ...{ kind: 'folder', name: 'docs', path: root, include: [], exclude: [] },
      ...{ every_seconds: 1, watch: false },
      ...changes,
    },
    maxItems,
  );
const listed = async (changes: object = {}, limit = 100, checkpoint: SourcePage['checkpoint'] = null) => {
  const connector = folder(changes);
  const [items, lost]: [SourcePage['items'][number][], SourcePage['lost'][number][]] = [[], []];
  for (let cursor: SourcePage['cursor'] = null; ; ) {
    const page = await connector.page({ cursor, checkpoint, limit, signal: never });
    items.push(...page.items);
    lost.push(...page.lost);
    cursor = page.cursor;
    if (cursor === null) return { items, lost, keys: items.map(({ key }) => key), last: page };
  }
};
const fetched = async (key: string, known?: string, maxBytes = 1000) => {
  const item = (await listed()).items.find((one) => one.key === key);
  if (item === undefined) throw new Error(`there is no ${key}`);
  return folder().fetch(item, { known, maxBytes, signal: never });
};

describe('a folder', () => {
  test('is listed with all below it, page by page, as its globs say', async () => {
    write(root, { 'b.txt': 'b', 'a.md': 'a', 'deep/er/c.txt': 'c', '.hidden': 'h' });
    expect((await listed({}, 2)).keys).toEqual(['.hidden', 'a.md', 'b.txt', 'deep/er/c.txt']);
    expect((await listed({ include: ['**/*.txt'], exclude: ['deep/**'] })).keys).toEqual(['b.txt']);
  });

  test('has another version of a file that was changed, however its time was set', async () => {
    write(root, { 'a.txt': 'one' });
    const before = (await listed()).items[0];
    expect((await listed()).items[0]?.version).toBe(before?.version);
    expect(await fetched('a.txt', before?.version)).toBeNull();
    writeFileSync(join(root, 'a.txt'), 'two');
    utimesSync(join(root, 'a.txt'), 1, 1);
    const after = await fetched('a.txt', before?.version);
    expect(Buffer.from(after?.bytes ?? []).toString()).toBe('two');
  });

  test('gives no file that lies elsewhere, and tells what it leaves out', async () => {
    write(root, { 'a.txt': 'a', '../outside.txt': 'secret', '../other/b.txt': 'secret' });
    symlinkSync('../outside.txt', join(root, 'link.txt'));
    symlinkSync('../other', join(root, 'linked'));
    writeFileSync(join(root, 'line\nfeed.txt'), 'x');
    const { keys, lost } = await listed();
    expect(keys).toEqual(['a.txt']);
    expect(lost.map(({ code }) => code).sort()).toEqual(['invalid_key', 'symlink', 'symlink']);
    // put in the place of a folder after it was listed
    write(root, { 'sub/b.txt': 'inside' });
    const item = (await listed()).items.find(({ key }) => key === 'sub/b.txt');
    rmSync(join(root, 'sub'), { recursive: true });
    symlinkSync('../other', join(root, 'sub'));
    if (item === undefined) throw new Error('it is not listed');
    await expect(
      folder().fetch(item, { known: undefined, maxBytes: 99, signal: never }),
    ).rejects.toMatchObject({
      code: 'item_gone',
    });
  });

  test('tells of a folder whose name is not UTF-8, and still says what is gone', async () => {
    write(root, { 'a.txt': 'a' });
    const odd = Buffer.concat([Buffer.from(`${root}/B`), Buffer.from([0xe4]), Buffer.from('r')]);
    mkdirSync(odd);
    writeFileSync(Buffer.concat([odd, Buffer.from('/in.txt')]), 'x');
    const { keys, lost, last } = await listed();
    expect([keys, lost.map(({ code }) => code), last.listedAll]).toEqual([
      ['a.txt'],
      ['name_not_text'],
      true,
    ]);
  });

  test('says what is wrong with one file', async () => {
    write(root, { 'a.txt': 'four' });
    await expect(fetched('a.txt', undefined, 3)).rejects.toMatchObject({ code: 'item_too_large' });
    const item = (await listed()).items[0];
    rmSync(join(root, 'a.txt'));
    if (item === undefined) throw new Error('it is not listed');
    await expect(
      folder().fetch(item, { known: undefined, maxBytes: 9, signal: never }),
    ).rejects.toMatchObject({
      code: 'item_gone',
    });
  });

  test('that is not there, or another one and empty, is not one where everything is gone', async () => {
    write(root, { 'a.txt': 'a' });
    const { last } = await listed();
    expect(last.listedAll).toBe(true);
    renameSync(root, `${root}-moved`);
    await expect(listed()).rejects.toMatchObject({ code: 'source_unreachable' });
    mkdirSync(root);
    await expect(listed({}, 10, last.checkpoint)).rejects.toMatchObject({ code: 'source_changed' });
    expect((await listed({}, 10, null)).keys).toEqual([]);
  });

  test('of which a part cannot be looked into says nothing of what is gone', async () => {
    write(root, { 'a.txt': 'a', 'shut/b.txt': 'b' });
    chmodSync(join(root, 'shut'), 0);
    const { lost, last, keys } = await listed();
    chmodSync(join(root, 'shut'), 0o755);
    if (process.getuid?.() === 0) return; // to whom nothing is shut
    expect([keys, lost.map(({ code }) => code), last.listedAll]).toEqual([
      ['a.txt'],
      ['folder_unreadable'],
      false,
    ]);
  });

  test('has an end', async () => {
    write(root, Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`${at}.txt`, 'x'])));
    const page = folder({}, 10).page({ cursor: null, checkpoint: null, limit: 5, signal: never });
    await expect(page).rejects.toMatchObject({ code: 'source_too_large' });
  });
});
