import type { BundleFile, ScanDocument } from '../../contracts/bundle.ts';
import type { PutOptions } from '../../services/objects/store.ts';
import type { PermittedBundle } from './permitted-bundle.ts';

type Described = Required<Pick<PutOptions, 'metadata' | 'tags'>>;

/**
 * What the store's own tools show of a file of evidence, under the names that clients of the earlier system know. It is for
 * people to find their way: what it says, nobody signed here.
 */
export const goldenDescription = (
  { permit, permittedOn, signers }: PermittedBundle,
  scan: ScanDocument | undefined,
  promotedOn: string,
): ((file: BundleFile) => Described) => {
  const verified = String(permit.tier === 'verified' && permit.bypass === undefined);
  const common = {
    'verification-required': 'true',
    'uploaded-by': 'certus-transform',
    'upload-timestamp': promotedOn,
    'scan-id': permit.test_id,
    'trust-tier': permit.tier,
    'chain-verified': verified,
    'signer-inner': signers.inner,
    'signer-outer': signers.outer,
    'verification-timestamp': permittedOn,
    'git-url': [scan?.git_url ?? null, 300],
    'git-commit': scan?.git_commit,
    'git-branch': [scan?.branch ?? null, 120],
  } satisfies Record<string, Value>;
  const tags = { tier: permit.tier, verified, service: 'certus-transform' };
  return ({ path, sha256 }) => ({
    metadata: printable({ 'artifact-name': [path, 250], 'artifact-hash': `sha256:${sha256}`, ...common }),
    tags,
  });
};

/** With how much of it there is room for, where that is not known. */
type Value = string | null | undefined | readonly [value: string | null, most: number];

/** They travel as headers: whatever else somebody called a branch would end one, or be refused by the store. */
function printable(values: Readonly<Record<string, Value>>): Record<string, string> {
  const entries = Object.entries(values).map(([name, value]) => {
    const [text, most] = typeof value === 'object' && value !== null ? value : [value ?? null, 100];
    return [
      name,
      (text ?? '')
        .replace(/[^ !#-[\]-~]/g, '?')
        .trim()
        .slice(0, most)
        .trim(),
    ] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}
