import { readFile, stat } from 'node:fs/promises';
import { CommandError } from './command-error.ts';
import { EXIT } from './exit-codes.ts';

/** A file that somebody named, which may be anything, also the wrong one. */
export async function readBounded(path: string, maxBytes: number): Promise<Buffer> {
  const { size } = await found(path, stat(path));
  if (size > maxBytes) throw new CommandError('file_too_large', EXIT.badData, `${path} is too large`);
  return found(path, readFile(path));
}

/** Says of which file it is that it cannot be read. */
export async function found<T>(path: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError('file_not_found', EXIT.notFound, `cannot read ${path}: ${reason}`, error);
  }
}
