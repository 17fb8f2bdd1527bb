import { hash } from 'node:crypto';
import { BUNDLE, BundleIndex } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { jsonOf } from '../../contracts/json-of.ts';
import { rawPrefix } from '../../contracts/object-keys.ts';
import type { ApiDeps } from '../deps.ts';

const MAX_INDEX = 16 * 1024 * 1024;

/** The very list of files that was permitted, whatever lies in its place by now. */
export async function permittedIndex(
  { raw }: ApiDeps['objects'],
  scope: Scope,
  testId: string,
  digest: string,
): Promise<BundleIndex> {
  const bytes = await raw.read(`${rawPrefix(scope, testId)}${BUNDLE.index}`, MAX_INDEX);
  const index = BundleIndex.safeParse(jsonOf(bytes));
  if (hash('sha256', bytes) !== digest || !index.success)
    throw new CertusError('bundle_invalid', `${BUNDLE.index} in staging is not the one that was permitted`);
  return index.data;
}
