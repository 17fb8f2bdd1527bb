import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

export type Content = { readonly contentHash: string; readonly files: number; readonly bytes: number };

/**
 * One digest over the names, executable bits and bytes of all files below a folder. The same content has the same digest,
 * whether it came from git, a folder or an archive, and whatever its times and owners.
 */
export async function hashContent(folder: string): Promise<Content> {
  const total = createHash('sha256');
  let bytes = 0;
  const paths = await listFiles(folder);
  for (const path of paths) {
    const file = join(folder, path);
    const { size, mode } = await stat(file);
    bytes += size;
    total.update(`${await hashFile(file)} ${mode & 0o100 ? 'x' : '-'} ${path}\0`);
  }
  return { contentHash: total.digest('hex'), files: paths.length, bytes };
}

/** Every file below the folder, as paths relative to it, in byte order. */
export async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return files.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}
