import { chmodSync, rmSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { hashContent } from '../../../activities/scan/content-hash.ts';
import { temporaryFolder, write } from './sources.ts';

const folders: string[] = [];

function folderWith(files: Record<string, string | Buffer>): string {
  const folder = temporaryFolder('tree');
  folders.push(folder);
  write(folder, files);
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('the content hash', () => {
  const hashOf = async (folder: string) => (await hashContent(folder)).contentHash;

  test('knows names, bytes and the executable bit, and nothing else', async () => {
    const base = await hashOf(folderWith({ 'a/b': 'x', c: 'y' }));
    expect(await hashOf(folderWith({ c: 'y', 'a/b': 'x' }))).toBe(base);
    expect(await hashOf(folderWith({ 'a/b': 'x', d: 'y' }))).not.toBe(base);
    expect(await hashOf(folderWith({ 'a/b': 'y', c: 'x' }))).not.toBe(base);
    const executable = folderWith({ 'a/b': 'x', c: 'y' });
    chmodSync(`${executable}/c`, 0o755);
    expect(await hashOf(executable)).not.toBe(base);
  });

  test('cannot be made the same by names that look like several files', async () => {
    const one = await hashOf(folderWith({ 'a - b': 'x' }));
    const two = await hashOf(folderWith({ a: 'x', b: 'x' }));
    expect(one).not.toBe(two);
  });

  test('counts files and bytes', async () => {
    expect(await hashContent(folderWith({ a: 'xx', 'b/c': 'yyy', 'b/d': '' }))).toMatchObject({
      files: 3,
      bytes: 5,
    });
  });
});
