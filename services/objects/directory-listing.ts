import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isFileError, onDisk } from '../files/failure.ts';
import { findFolder } from '../files/folder.ts';
import { keyFault } from './names.ts';
import type { ObjectEntry } from './store.ts';

/**
 * Keys in the byte order of S3, in the memory of the folders on the way to the current key.
 * Links, devices and names that are no keys are not objects, whoever put them there.
 */
export async function* listFolder(
  bucketFolder: string,
  prefix: string,
  leftOut?: (name: string) => void,
): AsyncGenerator<ObjectEntry> {
  const steps = prefix.split('/');
  const beginning = steps.pop() ?? '';
  const folder = await findFolder(bucketFolder, steps);
  if (folder !== undefined) yield* walk(folder, steps.map((step) => `${step}/`).join(''), beginning, leftOut);
}

async function* walk(
  folder: string,
  prefix: string,
  beginning: string,
  leftOut: ((name: string) => void) | undefined,
): AsyncGenerator<ObjectEntry> {
  for (const name of await onDisk(`list ${folder}`, () => sortedNames(folder))) {
    if (!name.startsWith(beginning)) continue;
    if (name.endsWith('/')) {
      yield* walk(join(folder, name), `${prefix}${name}`, '', leftOut);
      continue;
    }
    const key = `${prefix}${name}`;
    if (keyFault(key) !== undefined) {
      leftOut?.(key);
      continue;
    }
    const size = await sizeOf(join(folder, name));
    if (size !== undefined) yield { key, size };
  }
}

/** A folder sorts as its name and "/", as its keys do: "a.b" comes before "a/b". */
const sortedNames = async (folder: string): Promise<string[]> => {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries
      .filter((entry) => entry.isFile() || entry.isDirectory())
      .map((entry) => Buffer.from(entry.isDirectory() ? `${entry.name}/` : entry.name));
    return names.sort(Buffer.compare).map((name) => name.toString());
  } catch (error) {
    if (isFileError(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
};

const sizeOf = async (path: string): Promise<number | undefined> => {
  try {
    const stats = await lstat(path);
    return stats.isFile() ? stats.size : undefined;
  } catch (error) {
    if (isFileError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
};
