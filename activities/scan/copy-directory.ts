import { constants, type Dirent } from 'node:fs';
import { mkdir, open, readdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CertusError } from '../../contracts/errors.ts';
import type { SourceLimits } from './deps.ts';
import { Skipped } from './skipped.ts';

type Copy = {
  readonly source: string;
  readonly target: string;
  readonly limits: SourceLimits;
  readonly signal?: AbortSignal | undefined;
};

/** Copies the regular files of a folder, so that what is scanned holds still; follows no link and leaves `.git` alone. */
export async function copyDirectory({ source, target, limits, signal }: Copy): Promise<Skipped> {
  const skipped = new Skipped();
  let files = 0;
  let bytes = 0;
  for await (const { path, entry } of walk(source, '')) {
    signal?.throwIfAborted();
    if (entry.isSymbolicLink()) skipped.add('symlink', path);
    else if (!entry.isFile()) skipped.add('special_file', path);
    else {
      files += 1;
      bytes += await copyFile(source, target, path, limits.maxFileBytes, skipped);
      requireWithin(limits, files, bytes);
    }
  }
  return skipped;
}

export function requireWithin(limits: SourceLimits, files: number, bytes: number): void {
  if (files > limits.maxFiles)
    throw new CertusError('source_too_large', `the source has more than ${limits.maxFiles} files`);
  if (bytes > limits.maxBytes)
    throw new CertusError('source_too_large', `the source is larger than ${limits.maxBytes} bytes`);
}

/** In byte order, so that the same folder gives the same walk everywhere. */
async function* walk(root: string, folder: string): AsyncGenerator<{ path: string; entry: Dirent }> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.name === '.git') continue;
    if (entry.isDirectory()) yield* walk(root, path);
    else yield { path, entry };
  }
}

async function copyFile(
  source: string,
  target: string,
  path: string,
  maxBytes: number,
  skipped: Skipped,
): Promise<number> {
  const from = join(source, path);
  // somebody may swap a file or a folder for a link while we walk: the last step by O_NOFOLLOW, the way there by its real path
  const input = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EACCES' || error.code === 'ENOENT') return 'unreadable' as const;
      if (error.code === 'ELOOP') return 'symlink' as const;
      throw error;
    },
  );
  if (typeof input === 'string') {
    skipped.add(input, path);
    return 0;
  }
  try {
    const info = await input.stat();
    if ((await realpath(from)) !== join(source, path)) skipped.add('symlink', path);
    else if (!info.isFile()) skipped.add('special_file', path);
    else if (info.size > maxBytes) skipped.add('file_too_large', path);
    else {
      const to = join(target, path);
      await mkdir(dirname(to), { recursive: true });
      const output = await open(to, 'wx', info.mode & 0o100 ? 0o700 : 0o600);
      await pipeline(
        input.createReadStream({ end: Math.max(0, maxBytes - 1), autoClose: false }),
        output.createWriteStream(),
      );
      return info.size;
    }
    return 0;
  } finally {
    await input.close();
  }
}
