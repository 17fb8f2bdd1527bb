import type { LicenseNode } from 'spdx-expression-parse';
import { parseLicense } from './expression.ts';

export type LicenseVerdict = 'allowed' | 'denied' | 'unknown';

/**
 * Whether a component may be used although some licences are denied. Of alternatives the best counts, since whoever uses
 * it may choose; of licences that apply together the worst. An alternative nobody can read is none to rely on.
 */
export function judgeLicenses(licenses: readonly string[], denied: readonly string[]): LicenseVerdict {
  const isDenied = matcher(denied);
  if (licenses.length === 0) return 'unknown';
  return best(
    licenses.map((license) => {
      if (isDenied(license)) return 'denied';
      const tree = parseLicense(license);
      return tree === null ? 'unknown' : judge(tree, isDenied);
    }),
  );
}

function judge(node: LicenseNode, isDenied: (license: string) => boolean): LicenseVerdict {
  if ('conjunction' in node) {
    const both = [judge(node.left, isDenied), judge(node.right, isDenied)];
    return node.conjunction === 'or' ? best(both) : worst(both);
  }
  return isDenied(node.plus ? `${node.license}+` : node.license) ? 'denied' : 'allowed';
}

const best = (verdicts: readonly LicenseVerdict[]): LicenseVerdict =>
  (['allowed', 'unknown', 'denied'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'unknown';
const worst = (verdicts: readonly LicenseVerdict[]): LicenseVerdict =>
  (['denied', 'unknown', 'allowed'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'unknown';

/** Names without regard to case; one that ends in "*" stands for all that begin like it. */
function matcher(denied: readonly string[]): (license: string) => boolean {
  const patterns = denied.map((pattern) => pattern.toLowerCase());
  return (license) => {
    const name = license.toLowerCase();
    const newer = renamed(name);
    return patterns.some((pattern) =>
      pattern.endsWith('*')
        ? name.startsWith(pattern.slice(0, -1)) || newer.startsWith(pattern.slice(0, -1))
        : name === pattern || newer === renamed(pattern),
    );
  };
}

/** `GPL-3.0` and `GPL-3.0+` are older names of `GPL-3.0-only` and `GPL-3.0-or-later`: to deny one is to deny the other. */
const renamed = (name: string): string => {
  const [, family, plus] = /^((?:[al]?gpl|gfdl)-\d+(?:\.\d+)*)(\+)?$/.exec(name) ?? [];
  return family === undefined ? name : `${family}-${plus ? 'or-later' : 'only'}`;
};
