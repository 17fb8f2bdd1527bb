import type { Answer } from './exchange.ts';
import type { Withdrawal } from './registry.ts';

/** How registries say that they delete nothing, or nothing by its tag. */
export const NOT_DELETED = [400, 405];

type Manifests = {
  /** The digest that a reference names now. */
  readonly find: (reference: string) => Promise<string | undefined>;
  readonly remove: (reference: string) => Promise<Answer>;
};

/**
 * By digest first: whoever has noted it would else go on pulling what its tag no longer shows. What then still carries the
 * tag is removed by its name, which older registries do by themselves and do not take as a request.
 */
export async function withdrawManifest(
  { find, remove }: Manifests,
  tag: string,
  digest: string | undefined,
): Promise<Withdrawal> {
  const named = new Set([await find(tag), digest]);
  let outcome: Withdrawal = 'absent';
  for (const each of named) {
    if (each === undefined || (await find(each)) === undefined) continue;
    const { status } = await remove(each);
    if (NOT_DELETED.includes(status)) return 'forbidden';
    outcome = 'withdrawn';
  }
  if ((await find(tag)) !== undefined) await remove(tag);
  return outcome;
}
