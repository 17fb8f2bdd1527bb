import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { BUNDLE, MAX_FILES } from '../contracts/bundle.ts';
import type { BundleContent } from '../domain/custody/verify-bundle.ts';
import { CommandError } from './command-error.ts';
import { EXIT } from './exit-codes.ts';

const LIMITS = {
  files: MAX_FILES + 10,
  /** A document may lie as deep as its name has room for folders. */
  depth: 360,
  indexBytes: 16 * 1024 ** 2,
  /** One that names every document of a large promotion takes some megabytes. */
  statementBytes: 16 * 1024 ** 2,
  /** One document alone may have sixteen gigabytes; all are hashed as they stream by. */
  totalBytes: 1024 ** 4,
};

/**
 * Reads a bundle that anybody may have prepared: nothing is followed out of the folder, nothing but regular files
 * is opened, and neither their number nor their size can exhaust the machine.
 */
export async function readBundleFolder(folder: string, limits = LIMITS): Promise<BundleContent> {
  const files = new Map<string, { sha256: string; size: number }>();
  const statements = new Map<string, Uint8Array>();
  let indexBytes: Uint8Array | undefined;
  let total = 0;
  for await (const path of filesBelow(folder, '', limits.depth)) {
    if (files.size + statements.size >= limits.files) throw refused('holds too many files');
    const handle = await openFile(join(folder, path), path);
    try {
      total += (await handle.stat()).size;
      if (total > limits.totalBytes) throw refused('is too large');
      if (path === BUNDLE.index) indexBytes = await content(handle, path, limits.indexBytes);
      else if (path.startsWith(BUNDLE.statements))
        statements.set(path, await content(handle, path, limits.statementBytes));
      else files.set(path, await digest(handle));
    } finally {
      await handle.close();
    }
  }
  if (!indexBytes) throw refused(`has no ${BUNDLE.index}: is it the folder of a bundle?`);
  return { indexBytes, statements, files };
}

async function* filesBelow(root: string, below: string, depth: number): AsyncGenerator<string> {
  if (depth === 0) throw refused('is nested too deeply');
  for await (const entry of await openFolder(join(root, below))) {
    const path = below ? `${below}/${entry.name}` : entry.name;
    if (entry.isDirectory()) yield* filesBelow(root, path, depth - 1);
    else if (entry.isFile()) yield path;
    else throw refused(`holds ${path}, which is neither a file nor a folder`);
  }
}

async function openFolder(folder: string) {
  try {
    return await opendir(folder);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new CommandError('not_found', EXIT.notFound, `there is no folder ${folder}`, error);
    }
    throw unreadable(folder, error);
  }
}

/** The entry may have been swapped since it was listed: a link is refused here as well, and a pipe does not block. */
async function openFile(file: string, path: string): Promise<FileHandle> {
  const handle = await openUnfollowed(file, path);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw refused(`holds ${path}, which is no regular file`);
}

async function openUnfollowed(file: string, path: string): Promise<FileHandle> {
  try {
    return await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function content(handle: FileHandle, path: string, limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of handle.createReadStream({ autoClose: false })) {
    size += (chunk as Buffer).length;
    if (size > limit) throw refused(`holds ${path}, which is larger than ${limit} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

async function digest(handle: FileHandle): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of handle.createReadStream({ autoClose: false })) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  return { sha256: hash.digest('hex'), size };
}

function refused(why: string): CommandError {
  return new CommandError('bundle_invalid', EXIT.badData, `the folder ${why}`);
}

function unreadable(path: string, error: unknown): CommandError {
  const reason = error instanceof Error ? error.message : String(error);
  return new CommandError('bundle_invalid', EXIT.badData, `cannot read ${path}: ${reason}`, error);
}
