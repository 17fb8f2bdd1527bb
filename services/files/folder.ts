import { lstatSync } from 'node:fs';
import { lstat, mkdir, open, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CertusError } from '../../contracts/errors.ts';
import { isFileError } from './failure.ts';

/**
 * The folder `root/…segments`, made when missing. A symbolic link or a file on the way is refused:
 * followed, a link planted in the tree would take what we write, or what we hand out, outside of it.
 */
export const makeFolder = async (root: string, segments: readonly string[]): Promise<string> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      let folder = root;
      for (const segment of segments) folder = await enterFolder(folder, segment);
      return folder;
    } catch (error) {
      // Somebody who clears up empty folders took one of ours before there was anything in it.
      if (!isFileError(error, 'ENOENT') || attempt === ATTEMPTS) throw error;
    }
  }
};

const ATTEMPTS = 100;

/** The same folder when every step to it is a real folder, and `undefined` otherwise. */
export const findFolder = async (root: string, segments: readonly string[]): Promise<string | undefined> => {
  let folder = root;
  for (const segment of segments) {
    folder = join(folder, segment);
    if (!isFolder(folder)) return undefined;
  }
  return folder;
};

/** Makes new and removed names survive a power cut, not only a crash of the process. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r').catch((error: unknown) => {
    if (isFileError(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (handle === undefined) return;
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Removes the folder if it is there and empty; says whether it is gone. */
export const removeEmptyFolder = async (folder: string): Promise<boolean> => {
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    if (isFileError(error, 'ENOENT')) return true;
    if (isFileError(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EBUSY')) return false;
    throw error;
  }
};

/** Asked for every step of every path: the call takes microseconds, the way through the thread pool far longer. */
const isFolder = (path: string): boolean => {
  try {
    return lstatSync(path).isDirectory();
  } catch (error) {
    if (isFileError(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
};

const enterFolder = async (parent: string, segment: string): Promise<string> => {
  const folder = join(parent, segment);
  if (isFolder(folder)) return folder;
  try {
    await mkdir(folder);
    await syncFolder(parent);
  } catch (error) {
    if (!isFileError(error, 'EEXIST')) throw error;
    if (!(await lstat(folder)).isDirectory()) {
      throw new CertusError('object_conflict', `${folder} is not a folder, so nothing can be stored in it`);
    }
  }
  return folder;
};
