import { createHash, randomUUID } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CertusError } from '../contracts/errors.ts';
import { CommandError } from './command-error.ts';
import { EXIT } from './exit-codes.ts';

/** What the bytes must turn out to be. */
export type Expected = { readonly path: string; readonly size: number; readonly sha256: string };

/**
 * Saves bytes that are checked as they come, and gives the file's path. It gets its name only once it is whole and right.
 * A name that was not chosen by the person who typed the command takes no file's place.
 */
export async function saveFile(
  folder: string,
  chosen: string | undefined,
  bytes: AsyncIterable<Uint8Array>,
  expected: Expected,
): Promise<string> {
  const target = resolve(folder, chosen ?? basename(expected.path));
  const part = `${target}.${randomUUID().slice(0, 8)}.part`;
  try {
    const file = await open(part, 'wx', 0o644);
    await pipeline(checked(bytes, expected), file.createWriteStream());
    if (chosen === undefined) await link(part, target);
    else await rename(part, target);
    return target;
  } catch (error) {
    throw asCommandError(error, target);
  } finally {
    await rm(part, { force: true });
  }
}

/** For a pipe: whoever reads it must look at the exit code, since what was wrong is known only at the end. */
export async function writeAll(
  stream: NodeJS.WritableStream,
  bytes: AsyncIterable<Uint8Array>,
  expected: Expected,
): Promise<void> {
  await pipeline(Readable.from(checked(bytes, expected)), stream, { end: false });
}

async function* checked(
  bytes: AsyncIterable<Uint8Array>,
  { path, size, sha256 }: Expected,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let seen = 0;
  for await (const chunk of bytes) {
    seen += chunk.length;
    if (seen > size) break;
    hash.update(chunk);
    yield chunk;
  }
  if (seen !== size || hash.digest('hex') !== sha256)
    throw new CertusError('digest_mismatch', `${path} is not what its scan has recorded`);
}

function asCommandError(error: unknown, target: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST' && syscall === 'link')
    return new CommandError('file_exists', EXIT.usage, `${target} is there already: choose a file with -O`);
  if (syscall === undefined) return error;
  return new CommandError('cannot_write', EXIT.notAllowed, `cannot write ${target}: ${code}`, error);
}
