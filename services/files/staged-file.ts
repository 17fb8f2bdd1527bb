import { createHash, randomBytes } from 'node:crypto';
import { open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { isFileError, onDisk } from './failure.ts';

/** Whole, durable, and not yet visible under any name a reader knows. */
export type StagedFile = {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** Kept by link(2) and rename(2), so it also names the file once it is published. */
  readonly identity: string;
  readonly discard: () => Promise<void>;
};

/**
 * Writes to a temporary file and hashes on the way; what fails half way leaves nothing.
 * A failure of the disk is told apart from a failure of the source, which is passed on as it is.
 */
export const stageFile = async (folder: string, body: Uint8Array | Readable): Promise<StagedFile> => {
  const path = join(folder, `${process.pid}-${randomBytes(12).toString('hex')}`);
  const discard = () => removeFile(path);
  const doing = `write to ${folder}`;
  try {
    const handle = await onDisk(doing, () => open(path, 'wx'));
    try {
      const hash = createHash('sha256');
      for await (const chunk of chunksOf(body)) {
        hash.update(chunk);
        await onDisk(doing, () => handle.writeFile(chunk));
      }
      const stats = await onDisk(doing, async () => {
        await handle.sync();
        return handle.stat({ bigint: true });
      });
      return {
        path,
        size: Number(stats.size),
        sha256: hash.digest('hex'),
        identity: identityOf(stats),
        discard,
      };
    } finally {
      await handle.close();
    }
  } catch (error) {
    await discard();
    throw error;
  }
};

/** Tells apart any two files that ever stand at the same path. */
export const identityOf = (stats: { readonly ino: bigint; readonly mtimeNs: bigint }): string =>
  `${stats.ino}-${stats.mtimeNs}`;

export async function* chunksOf(body: Uint8Array | Readable): AsyncGenerator<Uint8Array> {
  if (body instanceof Uint8Array) {
    yield body;
    return;
  }
  for await (const chunk of body) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

/** Removing what is not there is a success. */
export const removeFile = async (path: string): Promise<void> => {
  try {
    await unlink(path);
  } catch (error) {
    if (!isFileError(error, 'ENOENT')) throw error;
  }
};

const DAY = 24 * 60 * 60 * 1000;

/** Clears what killed writers left behind: a living writer touches its file more than once a day. */
export const sweepStagedFiles = async (folder: string, now: number): Promise<void> => {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const stats = await stat(path).catch((error: unknown) => {
      if (isFileError(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (stats?.isFile() && now - stats.mtimeMs > DAY) await removeFile(path);
  }
};
