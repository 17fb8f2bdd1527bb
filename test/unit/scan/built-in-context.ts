import { readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { BuiltInContext } from '../../../activities/scan/built-in/built-in-tool.ts';
import { temporaryFolder, write } from './sources.ts';

/** Folders with what a scanner of our own is given, and their end. */
export function builtInContexts() {
  const folders: string[] = [];
  return {
    contextWith: (files: Record<string, string | Buffer>): BuiltInContext => {
      const tree = temporaryFolder('tree');
      folders.push(tree);
      write(tree, files);
      return contextOf(tree);
    },
    removeContexts: (): void => {
      for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function contextOf(tree: string): BuiltInContext {
  const files = readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(tree, join(entry.parentPath, entry.name)))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return { tree, files, config: {}, deniedLicenses: [], advisories: null };
}
