import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveEntry, LeaveOut } from '../../../services/archive/entry.ts';
import { NewTree, type TreeLimits } from '../../../services/archive/new-tree.ts';
import { treePath } from '../../../services/archive/tree-path.ts';
import { unpackArchive } from '../../../services/archive/unpack.ts';
import { isFileError, onDisk } from '../../../services/files/failure.ts';
import { listFiles } from '../content-hash.ts';
import { FLOW } from './archive.ts';

type LayerUnpacking = {
  readonly file: string;
  /** A folder for the files of this layer alone; gone afterwards. */
  readonly draft: string;
  /** The layers below it, already one. */
  readonly tree: string;
  readonly limits: TreeLimits;
  readonly leaveOut: LeaveOut;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Puts one layer over those below it. Unpacked beside them first: what it says to hide are theirs and never its own
 * files, wherever in the layer that is said.
 */
export async function applyLayer({ file, draft, tree, limits, leaveOut, signal }: LayerUnpacking) {
  // a layer may have nothing but links, or hide and bring nothing
  await onDisk('unpack a layer', () => mkdir(draft));
  const changes: Changes = { hidden: [], emptied: [], folders: [] };
  const layer = new NewTree(draft, limits, (code, path) => {
    leaveOut(code, path);
    // a link in the place of a file is no longer that file
    changes.hidden.push(path);
  });
  await unpackArchive({
    file,
    tree: layer,
    maxFlow: FLOW * limits.maxBytes,
    unless: (entry) => note(changes, entry),
    signal,
  });
  await onDisk('put layers over each other', async () => {
    await hide(tree, changes);
    await mergeInto(tree, draft);
    await rm(draft, { recursive: true, force: true });
  });
  return layer.written;
}

type Changes = { readonly hidden: string[]; readonly emptied: string[]; readonly folders: string[] };

/** Notes what an entry means for the layers below; true when that is all it means. */
function note(changes: Changes, { name = '', kind }: ArchiveEntry): boolean {
  const path = name.replace(/\/+$/, '');
  const slash = path.lastIndexOf('/') + 1;
  const last = path.slice(slash);
  if (kind === 'folder') changes.folders.push(path);
  if (!last.startsWith(MARK)) return false;
  if (last === OPAQUE) changes.emptied.push(path.slice(0, slash));
  else if (!last.startsWith(OTHER_MARK)) changes.hidden.push(path.slice(0, slash) + last.slice(MARK.length));
  return true;
}

const MARK = '.wh.';
const OPAQUE = '.wh..wh..opq';
const OTHER_MARK = '.wh..wh.';

async function hide(tree: string, { hidden, emptied, folders }: Changes): Promise<void> {
  for (const path of hidden) {
    const place = placeIn(tree, path);
    if (place !== undefined && place !== tree) await rm(place, { recursive: true, force: true });
  }
  for (const path of emptied) {
    const place = placeIn(tree, path);
    if (place === undefined || (await kindOf(place)) !== 'folder') continue;
    for (const name of await readdir(place)) await rm(join(place, name), { recursive: true });
  }
  for (const path of folders) {
    const place = placeIn(tree, path);
    if (place !== undefined && (await kindOf(place)) === 'file') await rm(place);
  }
}

/** Only names that a file could have been made by can hide one. */
function placeIn(tree: string, path: string): string | undefined {
  const place = treePath(path);
  if (place === 'top') return tree;
  return typeof place !== 'string' && 'path' in place ? join(tree, place.path) : undefined;
}

async function mergeInto(tree: string, draft: string): Promise<void> {
  const ready = new Set<string>();
  for (const path of await listFiles(draft)) {
    let folder = tree;
    for (const part of path.split('/').slice(0, -1)) {
      folder = join(folder, part);
      if (ready.has(folder)) continue;
      if ((await kindOf(folder)) === 'file') await rm(folder);
      await mkdir(folder, { recursive: true });
      ready.add(folder);
    }
    const target = join(tree, path);
    if ((await kindOf(target)) === 'folder') await rm(target, { recursive: true });
    await rename(join(draft, path), target);
  }
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await lstat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (isFileError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
