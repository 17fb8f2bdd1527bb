import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CommandError } from './command-error.ts';
import { EXIT } from './exit-codes.ts';

export type NewFolder = {
  /** Where to write meanwhile. */
  readonly path: string;
  /** Gives it its name. */
  keep(): Promise<void>;
  /** Removes it, unless it was kept. */
  discard(): Promise<void>;
};

/** A folder that has its name once it is whole, and takes no other's place. */
export async function newFolder(target: string): Promise<NewFolder> {
  await requireFree(target);
  const path = join(dirname(target), `.${basename(target)}.${randomUUID().slice(0, 8)}.part`);
  try {
    await mkdir(dirname(target), { recursive: true });
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    throw cannotWrite(target, error);
  }
  return {
    path,
    keep: async () => {
      try {
        // an empty folder gives way, and one that somebody has filled meanwhile does not
        await rename(path, target);
      } catch (error) {
        throw cannotWrite(target, error);
      }
    },
    discard: () => rm(path, { recursive: true, force: true }),
  };
}

async function requireFree(target: string): Promise<void> {
  try {
    if ((await readdir(target)).length === 0) return;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    if (code !== 'ENOTDIR') throw cannotWrite(target, error);
  }
  throw new CommandError('file_exists', EXIT.usage, `${target} is there already: choose a new folder`);
}

const cannotWrite = (target: string, error: unknown) =>
  new CommandError(
    'cannot_write',
    EXIT.notAllowed,
    `cannot write ${target}: ${(error as NodeJS.ErrnoException).code}`,
    error,
  );
