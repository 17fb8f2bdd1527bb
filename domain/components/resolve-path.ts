/** A path as one file of the tree writes it, from the tree's root; null when it leads out, or is no path of the tree. */
export function resolvePath(from: string, written: string): string | null {
  if (written === '' || written.startsWith('/') || /[\\\0:]/.test(written)) return null;
  const parts = from.split('/').slice(0, -1);
  for (const part of written.split('/')) {
    if (part === '..' && parts.pop() === undefined) return null;
    if (part !== '..' && part !== '.' && part !== '') parts.push(part);
  }
  return parts.length === 0 ? null : parts.join('/');
}
