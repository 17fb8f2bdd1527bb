import { closeSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const ROTATE_BYTES = 10 * 1024 * 1024;
const TAIL_BYTES = 16 * 1024;

/** Opens a log for appending; one that has grown large is kept once as `<name>.1` and started anew. */
export function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (sizeOf(file) > ROTATE_BYTES) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}

/** The last lines written since `from`, for the error of a start that failed. */
export function tail(file: string, from: number, lines: number): string[] {
  const size = sizeOf(file);
  const start = Math.max(from, size - TAIL_BYTES);
  if (size <= start) return [];
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(size - start);
    const length = readSync(descriptor, bytes, 0, bytes.length, start);
    return bytes.subarray(0, length).toString('utf8').split('\n').filter(Boolean).slice(-lines);
  } finally {
    closeSync(descriptor);
  }
}

export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
