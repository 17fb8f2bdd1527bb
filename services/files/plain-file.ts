import { constants, lstatSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { isFileError } from './failure.ts';
import { findFolder } from './folder.ts';

/** Opens `root/…path` for reading when it is a plain file reached through real folders; links lead nowhere. */
export const openPlainFile = async (
  root: string,
  path: readonly string[],
): Promise<FileHandle | undefined> => {
  const folder = await findFolder(root, path.slice(0, -1));
  if (folder === undefined) return undefined;
  const handle = await open(join(root, ...path), FLAGS).catch((error: unknown) => {
    if (isFileError(error, ...NO_FILE)) return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  try {
    if ((await handle.stat()).isFile()) return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  return undefined;
};

/** Whether `openPlainFile` would find something; far cheaper than opening it. */
export const isPlainFile = async (root: string, path: readonly string[]): Promise<boolean> => {
  if ((await findFolder(root, path.slice(0, -1))) === undefined) return false;
  return lstatSync(join(root, ...path), { throwIfNoEntry: false })?.isFile() ?? false;
};

/** Neither follows a link nor waits for a pipe's other end. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const NO_FILE = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'ENAMETOOLONG'];
