import { readSync } from 'node:fs';

/** The bytes of a file, or of a file inside of a file. */
export type Content = {
  /** As its container calls it: what its ending says is a hint and no more. */
  readonly name: string;
  /** Of the file inside of what was brought; empty for that itself. */
  readonly place: string;
  /** In how many containers it lies. */
  readonly depth: number;
  readonly size: number;
  /** What its format is told by. */
  readonly head: Uint8Array;
  /** All of it; asked for only where the size allows it. */
  readonly whole: () => Uint8Array;
  readonly windows: (bytes: number) => Iterable<Uint8Array>;
};

export const HEAD_BYTES = 64 * 1024;

/** The largest that is taken into memory as a whole. */
export const MAX_WHOLE = 256 * 1024 * 1024;

/** More than this of markup, or of JSON, is read as the text that it is written in. */
export const MAX_MARKUP = 32 * 1024 * 1024;

export function contentOfBytes(
  bytes: Uint8Array,
  {
    name,
    place = '',
    depth = 0,
    size = bytes.length,
  }: { name: string; place?: string; depth?: number; size?: number },
): Content {
  return {
    ...{ name, place, depth, size },
    head: bytes.subarray(0, HEAD_BYTES),
    whole: () => bytes,
    *windows(length) {
      for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
    },
  };
}

/** Of an open file, which stays open for as long as it is looked into. */
export function contentOfFile(fd: number, { name, size }: { name: string; size: number }): Content {
  const read = (at: number, length: number): Uint8Array => {
    const bytes = new Uint8Array(Math.min(length, Math.max(0, size - at)));
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(fd, bytes, filled, bytes.length - filled, at + filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  };
  let whole: Uint8Array | undefined;
  return {
    ...{ name, place: '', depth: 0, size },
    head: read(0, HEAD_BYTES),
    whole: () => {
      whole ??= read(0, size);
      return whole;
    },
    *windows(length) {
      for (let at = 0; at < size; at += length) {
        const window = read(at, length);
        if (window.length === 0) return; // it holds less than was said
        yield window;
      }
    },
  };
}
