import type { KeySet } from '../../contracts/keys.ts';
import { checkPromotion } from '../../domain/custody/check-promotion.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { heldOrRefused, type PermittedBundle } from './permitted-bundle.ts';

/** Believes a promotion statement that lies in golden only when it is ours and about this very bundle and permit. */
export function requirePromotion(
  keySet: KeySet,
  { evidence, permitId, permitBytes }: PermittedBundle,
  promotionBytes: Uint8Array,
): { readonly promotedOn: string } {
  return heldOrRefused(() => {
    const permit = { id: permitId, digest: sha256(permitBytes) };
    const { statement } = checkPromotion({ promotionBytes, bundle: evidence, permit, keySet });
    return { promotedOn: statement.predicate.promotedOn };
  });
}
