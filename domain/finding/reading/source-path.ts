/** A path as a tool writes it, from the root of the source where it lies in there. */
export function sourcePath(path: string, root: string | undefined): string {
  const slashed = path.includes('\\') && !path.includes('/') ? path.replaceAll('\\', '/') : path;
  return relativeTo(normalised(slashed), root === undefined ? [] : [asRoot(normalised(root))]);
}

export const asRoot = (path: string): string => `${path.replace(/\/+$/, '')}/`;

/** Steps back are taken inside the path; those that would lead out of it stay, for all to see. */
export function normalised(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}` || '.';
}

export function relativeTo(path: string, roots: readonly string[]): string {
  const root = roots.find((candidate) => path.startsWith(candidate) || `${path}/` === candidate);
  return root === undefined ? path : path.slice(root.length) || '.';
}
