import semver from 'semver';
import type { Order } from './digits.ts';

/** Semantic versions as npm, Cargo, Go, Hex and Pub have them: `v` in front, and parts left out, are forgiven. */
export function compareSemver(a: string, b: string): Order | undefined {
  const [left, right] = [parse(a), parse(b)];
  return left === null || right === null ? undefined : left.compare(right);
}

/** Go's own releases leave parts out and write `1.21rc1`. */
function parse(version: string): semver.SemVer | null {
  const [, major, minor = '0', patch = '0', rest = ''] =
    /^[v=\s]*(?:go)?(\d+)(?:\.(\d+))?(?:\.(\d+))?(.{0,200})$/.exec(version.trim()) ?? [];
  if (major === undefined) return null;
  const suffix = rest.replace(/^(alpha|beta|rc)(\d+)$/, '-$1.$2');
  return semver.parse(`${Number(major)}.${Number(minor)}.${Number(patch)}${suffix}`, { loose: true });
}
