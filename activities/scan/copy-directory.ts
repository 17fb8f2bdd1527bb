import { constants, type Dirent } from 'node:fs';
import { mkdir, open, readdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CertusError } from '../../contracts/errors.ts';
import { isFileError } from '../../services/files/failure.ts';
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
  const top = await readdir(source, { withFileTypes: true });
  for await (const { path, entry } of walk(source, '', top)) {
    signal?.throwIfAborted();
    if (path.includes('\ufffd')) skipped.add('name_not_text', path);
    else if (entry.isSymbolicLink()) skipped.add('symlink', path);
    else if (entry.isDirectory()) skipped.add('unreadable', path);
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

/** Everything but folders that can be entered, in an order that is the same everywhere. */
async function* walk(
  root: string,
  folder: string,
  entries: readonly Dirent[],
): AsyncGenerator<{ path: string; entry: Dirent }> {
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.name === '.git') continue;
    const inside = entry.isDirectory() ? await enter(join(root, path)) : undefined;
    if (inside === undefined) yield { path, entry };
    else yield* walk(root, path, inside);
  }
}

/** `undefined` for a folder that is closed to us, or gone since it was listed. */
function enter(folder: string): Promise<Dirent[] | undefined> {
  return readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (CLOSED.has(error.code)) return undefined;
    throw error;
  });
}

const CLOSED: ReadonlySet<string | undefined> = new Set(['EACCES', 'ENOENT', 'ENOTDIR']);

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
      if (CLOSED.has(error.code)) return 'unreadable' as const;
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
      const content = await input.readFile().catch(unreadable);
      if (content === undefined) {
        skipped.add('unreadable', path);
        return 0;
      }
      const to = join(target, path);
      await mkdir(dirname(to), { recursive: true });
      await writeFile(to, content, { flag: 'wx', mode: info.mode & 0o100 ? 0o700 : 0o600 });
      return info.size;
    }
    return 0;
  } finally {
    await input.close();
  }
}

/** Files of a kernel, of a broken disk or of a share that is away open and do not read: tried again, they would not either. */
function unreadable(error: unknown): undefined {
  if (isFileError(error, 'EINVAL', 'EIO', 'EACCES', 'EPERM', 'ESRCH', 'ENXIO')) return undefined;
  throw error;
}
