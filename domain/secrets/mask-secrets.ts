import { hideSecrets } from '../finding/hide-secrets.ts';
import { findSecretsIn } from './find-secrets.ts';
import { entropy } from './placeholder.ts';

/**
 * A line as a finding about something else may show it. More is hidden than would be called a secret: nobody misses it in
 * a snippet, and the scanner for secrets may not have run.
 */
export function maskSecrets(line: string): string {
  const ours = findSecretsIn('line.env', line, 0).map(({ start, end }) => [start, end] as const);
  const loose = [...line.matchAll(LOOSE)]
    .filter(({ groups }) => groups?.free === undefined || entropy(groups.free) > 4)
    .map((match) => {
      const shown = match.groups?.password ?? match.groups?.value ?? match.groups?.quoted ?? match[0];
      const start = match.index + match[0].lastIndexOf(shown);
      return [start, start + shown.length] as const;
    });
  return hideSecrets(line, [], [...ours, ...loose])(0, line.length);
}

const LOOSE =
  /\b(?:gh[pousr]_|github_pat_|glpat-|[sr]k_(?:live|test)_|npm_|AKIA|ASIA|xox[a-z]-|sk-)[A-Za-z0-9_-]{12,255}|:\/\/[^\s:@/]{0,100}:(?<password>[^\s@/]{1,255})@|(?:PASSW(?:OR)?D|PASSPHRASE|SECRET|TOKEN|KEY|CREDENTIALS?)[= ](?<value>[^\s"'$]{4,255})|(?:[Pp]assw(?:or)?d|[Pp]assphrase|[Ss]ecret|[Tt]oken|[Kk]ey)["']?\s{0,3}[:=]\s{0,3}["'`](?<quoted>[^"'`]{4,255})|(?<![A-Za-z0-9+/])(?<free>[A-Za-z0-9+/]{40,255}={0,2})/g;
