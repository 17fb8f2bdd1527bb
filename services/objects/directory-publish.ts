import { link, lstat, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CertusError } from '../../contracts/errors.ts';
import { isFileError } from '../files/failure.ts';
import { findFolder, makeFolder, removeEmptyFolder, syncFolder } from '../files/folder.ts';
import { identityOf, removeFile } from '../files/staged-file.ts';

export type Published = { readonly outcome: 'created' | 'replaced' | 'exists'; readonly former?: string };

/**
 * Gives a staged file its key in one step. link(2) fails where something stands already, so of
 * racing writers exactly one creates; rename(2) replaces without a moment in which nothing is there.
 */
export const publish = async (
  staged: string,
  bucketFolder: string,
  key: string,
  ifAbsent: boolean,
  /** Asked for each object that would be replaced, right before it is; throws for one that is to stay. */
  mayReplace: () => Promise<void>,
): Promise<Published> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const parent = await makeFolder(bucketFolder, foldersOf(key));
    const target = join(bucketFolder, key);
    if (await linked(staged, target)) {
      await syncFolder(parent);
      return { outcome: 'created' };
    }
    const former = await identityAt(target, key);
    if (former === undefined) continue;
    if (ifAbsent) return { outcome: 'exists', former };
    await mayReplace();
    if (await renamed(staged, target)) {
      await syncFolder(parent);
      return { outcome: 'replaced', former };
    }
  }
  throw new CertusError(
    'dependency_unavailable',
    `Cannot store ${key}: its folder kept changing under the write`,
  );
};

/** Takes the key away, and the folders that only it kept; answers with the identity of what was there. */
export const unpublish = async (bucketFolder: string, key: string): Promise<string | undefined> => {
  const parent = await findFolder(bucketFolder, foldersOf(key));
  const target = join(bucketFolder, key);
  const stats = parent === undefined ? undefined : await lstatOrNothing(target);
  if (parent === undefined || !stats?.isFile()) return undefined;
  await removeFile(target);
  await syncFolder(parent);
  for (let folder = parent; folder !== bucketFolder; folder = dirname(folder)) {
    if (!(await removeEmptyFolder(folder))) break;
  }
  return identityOf(stats);
};

const foldersOf = (key: string): string[] => key.split('/').slice(0, -1);

/** A remover may take an empty folder away between our making it and our using it; each such loss was its progress. */
const ATTEMPTS = 100;

/** False when the target is taken, or its folder has just been removed again. */
const linked = async (staged: string, target: string): Promise<boolean> => {
  try {
    await link(staged, target);
    return true;
  } catch (error) {
    if (isFileError(error, 'EEXIST', 'ENOENT')) return false;
    throw error;
  }
};

const renamed = async (staged: string, target: string): Promise<boolean> => {
  try {
    await rename(staged, target);
    return true;
  } catch (error) {
    if (isFileError(error, 'ENOENT', 'EISDIR', 'ENOTDIR')) return false;
    throw error;
  }
};

/** The object that holds the place, or `undefined` when the place has become free. */
const identityAt = async (target: string, key: string): Promise<string | undefined> => {
  const stats = await lstatOrNothing(target);
  if (stats === undefined) return undefined;
  if (stats.isFile()) return identityOf(stats);
  if (stats.isDirectory() && (await removeEmptyTree(target))) return undefined;
  const what = stats.isDirectory()
    ? 'keys already begin with it'
    : 'something that is not an object stands there';
  throw new CertusError('object_conflict', `Cannot store ${key}: ${what}`);
};

/** Folders without an object are what a crash between a removal and its clearing up leaves. */
const removeEmptyTree = async (folder: string): Promise<boolean> => {
  if (await removeEmptyFolder(folder)) return true;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(ignoreMissing)) {
    if (!entry.isDirectory() || !(await removeEmptyTree(join(folder, entry.name)))) return false;
  }
  return removeEmptyFolder(folder);
};

const ignoreMissing = (error: unknown): [] => {
  if (isFileError(error, 'ENOENT')) return [];
  throw error;
};

const lstatOrNothing = async (path: string) => {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (isFileError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
};
