import { CertusError } from '../../contracts/errors.ts';
import type { Revocation, TrustedKey } from '../../contracts/keys.ts';

/** A key in the place of itself, or at the end. */
export const withKey = (keys: readonly TrustedKey[], key: TrustedKey): TrustedKey[] =>
  keys.some(({ id }) => id === key.id)
    ? keys.map((other) => (other.id === key.id ? key : other))
    : [...keys, key];

/** What it signed before stays good; what it signs from now on is not. */
export const endedAt = (key: TrustedKey, at: Date): TrustedKey => {
  const earlier = key.valid_until !== null && Date.parse(key.valid_until) <= at.getTime();
  return earlier ? key : { ...key, valid_until: at.toISOString() };
};

/**
 * Revoked, from a time on or altogether. A second word may only reach further back than the first: who steals a key, and
 * then the right to speak of it, must not be able to make good again what it signed.
 */
export function revokedKey(key: TrustedKey, revocation: Revocation): TrustedKey {
  const since = revocation.invalid_since;
  if (since !== null && Date.parse(since) > Date.parse(revocation.at))
    throw new CertusError('invalid_request', 'invalid_since: it lies in the future');
  if (key.revoked !== undefined && !reachesFurther(since, key.revoked.invalid_since))
    throw new CertusError('key_revoked', `the key ${key.id} was revoked on ${key.revoked.at}`);
  return { ...key, revoked: revocation };
}

function reachesFurther(since: string | null, before: string | null): boolean {
  if (before === null) return false;
  return since === null || Date.parse(since) < Date.parse(before);
}
