import type { Issue, TextFile } from './issue.ts';

export const isLockfile = (path: string): boolean =>
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|poetry\.lock|uv\.lock|Pipfile\.lock|Gemfile\.lock|composer\.lock)$/.test(
    path,
  );

/** One finding for a file and kind: what is wrong once in a lockfile is wrong a thousand times. */
export function checkLockfile({ path, text }: TextFile): Issue[] {
  const found = PLACES.flatMap(({ pattern, severity, what }): Issue[] => {
    let [count, first] = [0, 0];
    for (const match of text.matchAll(pattern)) {
      if (count === 0) first = match.index;
      count += 1;
    }
    if (count === 0) return [];
    const line = text.slice(0, first).split('\n').length;
    const message = `${count} ${count === 1 ? 'package comes' : 'packages come'} ${what}`;
    return [{ rule: 'insecure-lockfile-source', severity, message, path, line }];
  });
  return found;
}

const PLACES = [
  {
    pattern: /(?:"?resolved"?:?|tarball:|remote:|"url":|url = )\s{0,4}"?http:\/\/(?!localhost|127\.0\.0\.1)/g,
    severity: 'medium' as const,
    what: 'over http, where anybody on the way can change them',
  },
  {
    pattern: /(?:"?resolved"?:?|tarball:|remote:|"url":|url = )\s{0,4}"?git(?:\+http)?:\/\//g,
    severity: 'medium' as const,
    what: 'from git without protection on the way',
  },
];
