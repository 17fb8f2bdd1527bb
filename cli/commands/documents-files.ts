import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { found } from '../read-bounded.ts';

/** A file of this machine, and the name under which it becomes a document. */
export type DocumentFile = { readonly name: string; readonly file: string; readonly size: number };
export type Skipped = { readonly file: string; readonly reason: string };
export type Found = { readonly files: readonly DocumentFile[]; readonly skipped: readonly Skipped[] };

/** The file that is named, or every file of a folder under its path in it; links lead out of it and are left out. */
export async function documentFiles(path: string, prefix: string): Promise<Found> {
  const stats = await found(path, stat(path));
  if (!stats.isDirectory())
    return { files: [{ name: `${prefix}${basename(path)}`, file: path, size: stats.size }], skipped: [] };
  const files: DocumentFile[] = [];
  const skipped: Skipped[] = [];
  await walk(path, prefix, files, skipped);
  return { files, skipped };
}

async function walk(
  folder: string,
  prefix: string,
  files: DocumentFile[],
  skipped: Skipped[],
): Promise<void> {
  const names = await found(folder, readdir(folder));
  for (const name of names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
    const file = join(folder, name);
    const stats = await found(file, lstat(file));
    if (stats.isDirectory()) await walk(file, `${prefix}${name}/`, files, skipped);
    else if (stats.isFile()) files.push({ name: `${prefix}${name}`, file, size: stats.size });
    else skipped.push({ file, reason: stats.isSymbolicLink() ? 'is a link' : 'is no plain file' });
  }
}

export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  const reading = async () => {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  };
  await found(file, reading());
  return hash.digest('hex');
}
