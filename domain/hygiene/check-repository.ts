import type { Issue } from './issue.ts';

/** What a repository as a whole lacks. */
export function checkRepository(files: readonly string[]): Issue[] {
  const has = (pattern: RegExp) => files.some((path) => pattern.test(path));
  const lacks = (rule: Issue['rule'], message: string): Issue => ({
    rule,
    severity: 'info',
    message,
    path: null,
    line: null,
  });
  const issues: Issue[] = [];
  if (!has(/^(?:(?:un)?licen[cs]e|copying)(?:[.-][^/]*)?$|^LICENSES\//i))
    issues.push(lacks('missing-license', 'Nobody can know what they may do with the code'));
  if (!has(/^(?:\.github\/|docs\/|\.gitlab\/)?security(?:\.(?:md|txt|rst|adoc))?$/i))
    issues.push(lacks('missing-security-policy', 'Who finds a hole does not learn whom to tell'));
  const updated = has(
    /^(?:\.github\/dependabot\.ya?ml|(?:\.github\/|\.gitlab\/)?renovate\.json5?|\.renovaterc(?:\.json5?)?)$/,
  );
  if (
    !updated &&
    has(/(?:^|\/)(?:package\.json|pyproject\.toml|requirements\.txt|go\.mod|Cargo\.toml|Gemfile|pom\.xml)$/)
  )
    issues.push(
      lacks('missing-update-tool', 'Known holes in dependencies stay open until somebody remembers'),
    );
  return issues;
}

/** Package managers: the file that asks for dependencies, and those that hold which ones these are. */
export const LOCKED: readonly {
  readonly manifest: RegExp;
  readonly locks: readonly string[];
  readonly needsLock: (text: string, siblings: (name: string) => boolean) => boolean;
}[] = [
  {
    manifest: /(?:^|\/)package\.json$/,
    locks: [
      'package-lock.json',
      'npm-shrinkwrap.json',
      'yarn.lock',
      'pnpm-lock.yaml',
      'bun.lock',
      'bun.lockb',
    ],
    needsLock: (text) => /"(?:dev|optional)?[dD]ependencies"\s*:\s*\{\s*"/.test(text),
  },
  {
    manifest: /(?:^|\/)pyproject\.toml$/,
    locks: ['poetry.lock', 'uv.lock', 'pdm.lock', 'pylock.toml', 'requirements.txt', 'Pipfile.lock'],
    needsLock: (text) => /^(?:dependencies\s*=\s*\[\s*["']|\[tool\.poetry\.dependencies\])/m.test(text),
  },
  { manifest: /(?:^|\/)Pipfile$/, locks: ['Pipfile.lock'], needsLock: (text) => /^\[packages\]/m.test(text) },
  {
    manifest: /(?:^|\/)Cargo\.toml$/,
    locks: ['Cargo.lock'],
    // a library is built with what its user locks
    needsLock: (text, sibling) =>
      /^\[dependencies/m.test(text) && (/^\[\[bin\]\]/m.test(text) || sibling('src/main.rs')),
  },
  { manifest: /(?:^|\/)Gemfile$/, locks: ['Gemfile.lock'], needsLock: (text) => /^\s*gem\s/m.test(text) },
  {
    manifest: /(?:^|\/)go\.mod$/,
    locks: ['go.sum'],
    needsLock: (text) => /^(?:require\s|\trequire)/m.test(text),
  },
  {
    manifest: /(?:^|\/)composer\.json$/,
    locks: ['composer.lock'],
    needsLock: (text) => /"require(?:-dev)?"\s{0,20}:\s{0,20}\{[^}]{0,2000}\//.test(text),
  },
];

/** In a workspace the lockfile lies above the manifest. */
export function checkLocked(path: string, text: string, files: ReadonlySet<string>): Issue[] {
  const manager = LOCKED.find(({ manifest }) => manifest.test(path));
  const folders = foldersAbove(path);
  const here = folders[0] ?? '';
  if (manager === undefined || !manager.needsLock(text, (name) => files.has(`${here}${name}`))) return [];
  if (folders.some((folder) => manager.locks.some((name) => files.has(`${folder}${name}`)))) return [];
  const message = 'Every installation may get other versions of the dependencies';
  return [{ rule: 'missing-lockfile', severity: 'low', message, path, line: null }];
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1).slice(0, MAX_DEPTH);
  return Array.from({ length: parts.length + 1 }, (_, up) =>
    parts
      .slice(0, parts.length - up)
      .map((part) => `${part}/`)
      .join(''),
  );
}

const MAX_DEPTH = 64;
