import type { LeftOut } from './entry.ts';

/** A place below the tree; or its top; or a part of a `.git` folder, which is never scanned; or none at all. */
export type TreePath = { readonly path: string } | 'top' | 'git' | { readonly leftOut: LeftOut };

/**
 * Where a name that somebody else chose would lie below a folder of ours. `./a//b` is `a/b`, as for every unpacker;
 * whatever could mean another place to any of them is no name for us.
 */
export function treePath(name: string): TreePath {
  if (UNSAFE.test(name) || !name.isWellFormed()) return { leftOut: 'name_unsafe' };
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return { leftOut: 'name_unsafe' };
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return { leftOut: 'name_unsafe' };
  if (parts.length === 0) return 'top';
  if (parts.includes('.git')) return 'git';
  const path = parts.join('/');
  const tooLong =
    parts.length > MAX_DEPTH ||
    Buffer.byteLength(path) > MAX_PATH ||
    parts.some((part) => Buffer.byteLength(part) > MAX_NAME);
  return tooLong ? { leftOut: 'path_too_long' } : { path };
}

/** Control characters forge lines in logs and terminals; a backslash is a folder's end elsewhere. */
const UNSAFE = /[\p{Cc}\u2028\u2029\\]/u;

const MAX_DEPTH = 64;
/** Leaves room for our own folders in what Linux takes as a path. */
const MAX_PATH = 2048;
const MAX_NAME = 255;
