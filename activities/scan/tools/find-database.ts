import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ToolData } from '../../../contracts/tool-run.ts';
import type { ToolDatabase } from '../../../domain/tools/declaration.ts';
import { fill } from '../../../domain/tools/fill-arguments.ts';
import { advisoryFolder, type ToolMeans } from './tool-means.ts';

export type FoundDatabase = {
  readonly folder: string;
  readonly data: ToolData;
  /** Everyone may read it, and so may a tool's own user. */
  readonly shared: boolean;
};

/** The first place where the database lies, and how old it is. */
export async function findDatabase(
  { title, folders, markers }: ToolDatabase,
  means: Pick<ToolMeans, 'advisories' | 'cache'>,
): Promise<FoundDatabase | undefined> {
  const advisories = advisoryFolder(means);
  const places = folders.filter((folder) => advisories !== undefined || !folder.includes('{advisories}'));
  for (const place of places) {
    const folder = fill(place, { advisories, cache: means.cache });
    for (const marker of markers) {
      const seen = await newest(join(folder, marker), DEPTH);
      if (seen === undefined) continue;
      const open = ((await stat(folder)).mode & 0o005) === 0o005;
      const data = { name: title, updated_at: seen.at === 0 ? null : new Date(seen.at).toISOString() };
      return { folder, data, shared: open && seen.shared };
    }
  }
  return undefined;
}

/** A folder for each ecosystem, and the archive in it. */
const DEPTH = 2;

/** When the youngest file was written: a folder's own time says only when a name was added. */
async function newest(path: string, depth: number): Promise<{ at: number; shared: boolean } | undefined> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (info === undefined) return undefined;
  if (!info.isDirectory()) return { at: info.mtimeMs, shared: (info.mode & 0o004) !== 0 };
  const result = { at: 0, shared: (info.mode & 0o005) === 0o005 };
  if (depth === 0) return result;
  for (const name of await readdir(path)) {
    const inside = await newest(join(path, name), depth - 1);
    result.at = Math.max(result.at, inside?.at ?? 0);
    result.shared &&= inside?.shared ?? true;
  }
  return result;
}
