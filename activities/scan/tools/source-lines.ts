import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Reads single lines of the source, for tools that say where and not what. Of files that a person may have written. */
export function sourceLines(tree: string): (path: string, line: number) => string | undefined {
  let last: { path: string; lines: string[] } | undefined;
  return (path, line) => {
    if (last?.path !== path) last = { path, lines: textOf(join(tree, path)).split(/\r\n|\n|\r/) };
    return last.lines[line - 1];
  };
}

const MAX_BYTES = 16 * 1024 * 1024;

function textOf(path: string): string {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const info = fstatSync(file);
      return info.isFile() && info.size <= MAX_BYTES ? readFileSync(file, 'utf8') : '';
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (NOT_A_FILE.has((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}

/** A tool may name what is not there, or not a file. */
const NOT_A_FILE: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'EACCES',
  'ENXIO',
  'ERR_INVALID_ARG_VALUE', // a NUL in the name
]);
