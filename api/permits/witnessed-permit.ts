import { CertusError } from '../../contracts/errors.ts';
import { RekorEntry } from '../../contracts/rekor-entry.ts';
import type { PermitRecord } from '../../services/database/permits.ts';
import { verifyRekorEntry } from '../../services/sigstore/witness.ts';
import type { ApiDeps } from '../deps.ts';

type Deps = Pick<ApiDeps, 'trust'>;

/**
 * Where a second log keeps a permit, as far as its own proof shows it under the root that the installation pins: whoever can
 * write the row could else name an entry that is about something else, or about nothing.
 */
export function witnessOf(
  { trust: { trustedRoot } }: Deps,
  { statement, rekor }: Pick<PermitRecord, 'statement' | 'rekor'>,
  publicKeyPem: string,
): RekorEntry | undefined {
  const entry = RekorEntry.safeParse(rekor);
  if (!entry.success || trustedRoot === undefined || statement === null) return undefined;
  try {
    verifyRekorEntry(statement, publicKeyPem, entry.data, trustedRoot);
    return entry.data;
  } catch (error) {
    if (error instanceof CertusError && error.code === 'answer_untrusted') return undefined;
    throw error;
  }
}
