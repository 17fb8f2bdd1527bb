import type { KeySet } from '../../contracts/keys.ts';
import { checkPermit } from '../../domain/custody/check-permit.ts';
import { checkPromotion } from '../../domain/custody/check-promotion.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import type { Sanitized } from '../../domain/custody/explained-files.ts';
import { permitUsedAt } from '../../domain/custody/promotion-statement.ts';
import { heldOrRefused, type PermittedBundle } from './permitted-bundle.ts';

/**
 * Believes a promotion statement that lies in golden only when it is ours, about this very bundle, permit and inspection,
 * and of a time at which the permit could be used. What golden holds rightly stays publishable: a registry that is away for
 * longer than permits live does not undo the promotion.
 */
export function requirePromotion(
  keySet: KeySet,
  { evidence, permitId, permitBytes }: PermittedBundle,
  promotionBytes: Uint8Array,
  sanitized: Sanitized | undefined,
): { readonly promotedOn: string } {
  return heldOrRefused(() => {
    const permit = { id: permitId, digest: sha256(permitBytes) };
    const { statement } = checkPromotion({ promotionBytes, bundle: evidence, permit, sanitized, keySet });
    const usedAt = permitUsedAt(statement.predicate);
    checkPermit({ permitBytes, bundle: evidence, keySet, destination: 'golden', usedAt });
    return { promotedOn: statement.predicate.promotedOn };
  });
}
