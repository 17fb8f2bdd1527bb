import type { Answer } from './exchange.ts';
import type { Withdrawal } from './registry.ts';

/** How registries say that they delete nothing, or nothing by its tag. */
export const NOT_DELETED = [400, 405];

type Manifests = {
  readonly find: (reference: string) => Promise<{ readonly digest: string } | undefined>;
  readonly remove: (reference: string) => Promise<Answer>;
};

/**
 * By digest first: whoever has noted it would else go on pulling what its tag no longer shows. A tag that is still there
 * then is removed by its name; older registries do that by themselves, and do not take it as a request.
 */
export async function withdrawManifest({ find, remove }: Manifests, tag: string): Promise<Withdrawal> {
  const named = await find(tag);
  if (named === undefined) return 'absent';
  const { status } = await remove(named.digest);
  if (NOT_DELETED.includes(status)) return 'forbidden';
  if ((await find(tag)) !== undefined) await remove(tag);
  return 'withdrawn';
}
