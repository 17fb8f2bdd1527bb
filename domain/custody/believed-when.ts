import type { TrustedKey } from '../../contracts/keys.ts';
import { CustodyError } from './custody-error.ts';

/**
 * Whoever stole a key writes into evidence whichever time is believed. Of a key that is not believed since a time, only that
 * counts for which Trust has given its word before: by a clock that the thief does not set.
 */
export function requireBelievedWhen({ id, revoked }: TrustedKey, vouchedOn: string): void {
  if (revoked === undefined) return;
  const { invalid_since: since, reason } = revoked;
  if (since === null || Date.parse(vouchedOn) >= Date.parse(since))
    throw new CustodyError(
      'key_revoked',
      `the key ${id} was not believed any more at ${vouchedOn}: ${reason}`,
    );
}
