import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import pMap from 'p-map';

export type Content = { readonly contentHash: string; readonly files: number; readonly bytes: number };

/**
 * One digest over the names, executable bits and bytes of all files below a folder. The same content has the same digest,
 * whether it came from git, a folder or an archive, and whatever its times and owners.
 */
export async function hashContent(folder: string): Promise<Content> {
  const paths = await listFiles(folder);
  const lines = await pMap(paths, (path) => describe(folder, path), { concurrency: 4 });
  return {
    contentHash: createHash('sha256')
      .update(lines.map(({ line }) => line).join(''))
      .digest('hex'),
    files: paths.length,
    bytes: lines.reduce((sum, { size }) => sum + size, 0),
  };
}

/** Every file below the folder, as paths relative to it, in byte order. */
export async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return files.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

async function describe(folder: string, path: string): Promise<{ line: string; size: number }> {
  const file = join(folder, path);
  const { size, mode } = await stat(file);
  const digest = size > IN_MEMORY ? await hashStream(file) : hash('sha256', await readFile(file));
  return { line: `${digest} ${mode & 0o100 ? 'x' : '-'} ${path}\0`, size };
}

const IN_MEMORY = 1024 * 1024;

async function hashStream(file: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(file)) digest.update(chunk);
  return digest.digest('hex');
}
