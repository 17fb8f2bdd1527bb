import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import picomatch from 'picomatch';
import { readings } from '../../../domain/finding/readings.ts';
import type { Skipped } from '../skipped.ts';
import type { BuiltInContext } from './built-in-tool.ts';

export type SourceFile = {
  readonly path: string;
  readonly bytes: Buffer;
  /** Every text that the bytes may be; none when they are no text. */
  readonly texts: readonly string[];
};

/** The files that a scanner of ours wants to look at, one after the other. Whatever it does not get to see is noted. */
export async function* sourceFiles(
  context: Pick<BuiltInContext, 'tree' | 'files' | 'config'>,
  skipped: Skipped,
  isWanted: (path: string) => boolean = () => true,
): AsyncGenerator<SourceFile> {
  const isExcluded = excludes(context.config.exclude ?? []);
  for (const path of context.files) {
    if (!isWanted(path)) continue;
    if (isExcluded(path)) {
      skipped.add('excluded', path);
      continue;
    }
    const bytes = await read(join(context.tree, path), path, skipped);
    if (bytes === undefined) continue;
    const texts = readings(bytes);
    if (texts.length === 0) skipped.add('binary', path);
    yield { path, bytes, texts };
  }
}

/** Globs of the manifest; without braces and extended patterns, of which a few characters can mean years of matching. */
export function excludes(globs: readonly string[]): (path: string) => boolean {
  if (globs.length === 0) return () => false;
  const matchers = globs.map((glob) =>
    picomatch(glob.replace(/\/$/, '/**'), { dot: true, nobrace: true, noextglob: true }),
  );
  return (path) => matchers.some((matches) => matches(path));
}

async function read(file: string, path: string, skipped: Skipped): Promise<Buffer | undefined> {
  try {
    const { size } = await lstat(file);
    if (size <= MAX_FILE_BYTES) return await readFile(file);
    skipped.add('file_too_large', path);
  } catch (error) {
    if (!UNREADABLE.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    skipped.add('unreadable', path);
  }
  return undefined;
}

/** No text that a person or a tool wrote by intent; one much larger could not even be held as a string. */
const MAX_FILE_BYTES = 128 * 1024 * 1024;

const UNREADABLE: ReadonlySet<string> = new Set([
  'EACCES',
  'EPERM',
  'ENOENT',
  'EISDIR',
  'ENOTDIR',
  'ELOOP',
  'EIO',
]);
