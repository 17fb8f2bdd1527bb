import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { CertusError } from '../../contracts/errors.ts';

/** The real place behind a local path, once it is clear that it lies below an allowed root, links and all. */
export async function allowedPath(path: string, roots: readonly string[]): Promise<string> {
  if (!isAbsolute(path)) throw new CertusError('source_not_allowed', `${path} is not an absolute path`);
  const real = await realpath(path).catch((cause: unknown) => {
    throw new CertusError('source_not_found', `${path} does not exist`, { cause });
  });
  for (const root of roots) {
    const realRoot = await realpath(root).catch(() => undefined);
    if (realRoot !== undefined && isBelow(real, realRoot)) return real;
  }
  throw new CertusError('source_not_allowed', `${path} is not below a folder of CERTUS_SOURCE_ROOTS`);
}

/** Decides by the names alone: whoever asks has followed the links. */
export function isBelow(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
