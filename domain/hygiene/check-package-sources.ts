import type { Severity } from '../../contracts/finding.ts';
import type { Issue, TextFile } from './issue.ts';
import type { HygieneRule } from './rules.ts';

/** Files that say where packages and submodules are taken from. */
export const isPackageSource = (path: string): boolean =>
  /(?:^|\/)(?:\.npmrc|\.yarnrc(?:\.yml)?|pip\.conf|pip\.ini|\.pypirc|requirements[\w.-]*\.(?:txt|in)|Pipfile|pyproject\.toml|uv\.toml|Gemfile|\.gitmodules|bunfig\.toml|NuGet\.config|settings\.xml|pom\.xml)$/.test(
    path,
  );

export function checkPackageSource({ path, text }: TextFile): Issue[] {
  return text.split('\n').flatMap((raw, at): Issue[] => {
    const line = raw.slice(0, 1000);
    if (/^\s*[#;]/.test(line)) return [];
    return SOURCES.filter(({ pattern, files }) => pattern.test(line) && (files?.test(path) ?? true)).map(
      ({ rule, severity, message }) => ({ rule, severity, message, path, line: at + 1 }),
    );
  });
}

const LOCAL = '(?!localhost|127\\.|\\[?::1)';

const SOURCES: readonly {
  readonly pattern: RegExp;
  readonly files?: RegExp;
  readonly rule: HygieneRule;
  readonly severity: Severity;
  readonly message: string;
}[] = [
  {
    pattern: new RegExp(
      `(?:registry|index[-_]url|npmRegistryServer:|source|url|value|<url>|--find-links|proxy)["']?\\s{0,4}[=: >]\\s{0,4}["']?http://${LOCAL}`,
      'i',
    ),
    files: /^(?!.*(?:pom\.xml|\.gitmodules)$)/,
    rule: 'insecure-package-source',
    severity: 'medium',
    message: 'Anybody on the way can answer with other packages',
  },
  {
    pattern: /^\s*url\s*=\s*(?:http|git):\/\//,
    files: /\.gitmodules$/,
    rule: 'insecure-package-source',
    severity: 'low',
    message: 'Anybody on the way can answer with another commit',
  },
  {
    pattern:
      /strict-ssl\s{0,4}[=:]\s{0,4}false|enableStrictSsl:\s{0,4}false|trusted-host|verify_ssl\s{0,4}=\s{0,4}false/i,
    rule: 'insecure-package-source',
    severity: 'medium',
    message: 'The certificate of the registry is not checked',
  },
  {
    pattern: /extra[-_]index[-_]url/i,
    rule: 'dependency-confusion',
    severity: 'low',
    message: 'A public package may take the place of a private one with the same name',
  },
];
