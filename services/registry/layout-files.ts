import { createHash } from 'node:crypto';
import { type FileHandle, link, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { CertusError } from '../../contracts/errors.ts';
import { isFileError, onDisk } from '../files/failure.ts';
import { makeFolder, syncFolder } from '../files/folder.ts';
import { isPlainFile, openPlainFile } from '../files/plain-file.ts';
import { type StagedFile, stageFile, sweepStagedFiles } from '../files/staged-file.ts';
import { withLock } from './layout-lock.ts';

/** A repository's folder as whole files: read at once, replaced at once, never seen half. */
export const layoutFiles = (root: string) => ({
  /** What killed writers left is swept once a process, not once a file. */
  prepare: once(() =>
    onDisk(`open the registry ${root}`, async () => {
      await mkdir(root, { recursive: true });
      await makeFolder(root, [LOCKS]);
      await sweepStagedFiles(await makeFolder(root, [STAGING]), Date.now());
    }),
  ),

  /** `undefined` when there is no such file; `object_too_large` before the first byte is read. */
  read: (path: readonly string[], limit: number): Promise<Uint8Array | undefined> =>
    onDisk(`read ${join(root, ...path)}`, async () => {
      const handle = await openPlainFile(root, path);
      if (handle === undefined) return undefined;
      try {
        const { size } = await handle.stat();
        if (size > limit)
          throw new CertusError('object_too_large', `${join(root, ...path)} is larger than ${limit} bytes`);
        return await handle.readFile();
      } finally {
        await handle.close();
      }
    }),

  /** `undefined` when there is no such file. */
  open: (path: readonly string[]): Promise<FileHandle | undefined> =>
    onDisk(`read ${join(root, ...path)}`, () => openPlainFile(root, path)),

  has: (path: readonly string[]): Promise<boolean> =>
    onDisk(`read ${join(root, ...path)}`, () => isPlainFile(root, path)),

  /** With `ifAbsent` what is there already stays. The name is as durable as the bytes once its folder is synced. */
  write: (
    path: readonly string[],
    body: Uint8Array | Readable,
    { ifAbsent = false, check }: WriteOptions = {},
  ): Promise<void> =>
    onDisk(`write ${join(root, ...path)}`, async () => {
      await makeFolder(root, path.slice(0, -1));
      const staged = await stageFile(await makeFolder(root, [STAGING]), body);
      try {
        check?.(staged);
        await (ifAbsent ? linkIfAbsent : replace)(staged.path, join(root, ...path));
      } catch (error) {
        await staged.discard();
        throw error;
      }
      if (ifAbsent) await staged.discard();
    }),

  /** Makes the names in a folder survive a power cut: once for many files, before anything refers to them. */
  sync: (folder: readonly string[]): Promise<void> =>
    onDisk(`write ${join(root, ...folder)}`, () => syncFolder(join(root, ...folder))),

  /** The lock is beside the layouts and not in them: other tools read those. */
  locked: <T>(name: string, work: () => Promise<T>): Promise<T> =>
    withLock(join(root, LOCKS, createHash('sha256').update(name).digest('hex')), work),
});

type WriteOptions = {
  readonly ifAbsent?: boolean;
  /** Throws when what was written is not what was meant: it then gets no name. */
  readonly check?: (staged: Pick<StagedFile, 'sha256' | 'size'>) => void;
};

/** Done once; a failure is not remembered. */
const once = (work: () => Promise<void>): (() => Promise<void>) => {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work().catch((error: unknown) => {
      done = undefined;
      throw error;
    });
    return done;
  };
};

/** Names no repository can have: the grammar wants a letter or digit first. */
const STAGING = '.tmp';
const LOCKS = '.locks';

const linkIfAbsent = async (staged: string, target: string): Promise<void> => {
  try {
    await link(staged, target);
  } catch (error) {
    if (!isFileError(error, 'EEXIST')) throw error;
  }
};

const replace = async (staged: string, target: string): Promise<void> => {
  try {
    await rename(staged, target);
  } catch (error) {
    if (!isFileError(error, 'EISDIR', 'ENOTEMPTY', 'EEXIST')) throw error;
    throw new CertusError('object_conflict', `${target} is the folder of another repository`, {
      cause: error,
    });
  }
};
