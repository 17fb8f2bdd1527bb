import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import type { KeySet, TrustedKey } from '../../contracts/keys.ts';
import { claimedTime } from './claimed-time.ts';
import { idInHint } from './key-hint.ts';
import { parseBundle } from './parse-bundle.ts';
import { SigstoreError } from './sigstore-error.ts';
import type { TrustedRoot } from './trusted-root.ts';
import { type Expected, type VerifiedBundle, verifySigstoreBundle } from './verify-sigstore-bundle.ts';

export type TenantTrust = {
  readonly keySet: KeySet;
  readonly root: TrustedRoot | undefined;
  /** Given by who asks: then nothing else is believed. */
  readonly key: KeyObject | undefined;
  readonly now: Date;
};

export type TenantVerdict = {
  readonly verified: VerifiedBundle;
  /** On whose word: of a key that the caller gave, of one in the tenant's key set, or of an authority in the trusted root. */
  readonly by: 'given_key' | 'key_set' | 'trusted_root';
  readonly key: TrustedKey | null;
  readonly signedAt: Date | null;
};

/** Verifies a bundle for a tenant: by the key that is given, else by the tenant's keys, else by the trusted root. */
export function verifyForTenant(bytes: Uint8Array, trust: TenantTrust, expected: Expected): TenantVerdict {
  const { key, root, now } = trust;
  if (key !== undefined) {
    const verified = verifySigstoreBundle(bytes, { key, root, now }, expected);
    return { verified, by: 'given_key', key: null, signedAt: verified.times[0] ?? null };
  }
  const trusted = keyOf(parseBundle(bytes), trust.keySet);
  if (trusted !== undefined) return byKeySet(bytes, trusted, trust, expected);
  if (expected.identity === undefined)
    throw new SigstoreError(
      'untrusted_signer',
      'none of the trusted keys made it, and it is not said whose certificate it should be',
    );
  const verified = verifySigstoreBundle(bytes, { root, now }, expected);
  return { verified, by: 'trusted_root', key: null, signedAt: verified.times[0] ?? null };
}

function byKeySet(
  bytes: Uint8Array,
  key: TrustedKey,
  { root, now }: TenantTrust,
  expected: Expected,
): TenantVerdict {
  const verified = verifySigstoreBundle(
    bytes,
    { key: createPublicKey(key.public_key_pem), root, now },
    expected,
  );
  const [vouched] = verified.times;
  const signedAt = vouched ?? claimedTime(verified.statement);
  // of a key that was stolen nobody believes the time that it writes itself
  requireGoodThen(key, (key.revoked === undefined ? signedAt : vouched) ?? now);
  return { verified, by: 'key_set', key, signedAt };
}

/** Keys that speak of evidence; those of the log and of the operator sign nothing that is asked about here. */
const SPEAKING: readonly string[] = ['evidence', 'permit', 'promotion'];

/** By the id that the bundle names, or by the very certificate that the key is trusted with. What is named must still fit. */
function keyOf({ verificationMaterial: { content } }: Bundle, { keys }: KeySet): TrustedKey | undefined {
  const withId = (id: string) => keys.find((key) => key.id === id && SPEAKING.includes(key.role));
  if (content.$case === 'publicKey') return withId(idInHint(content.publicKey.hint));
  const [leaf] =
    content.$case === 'certificate' ? [content.certificate] : content.x509CertificateChain.certificates;
  const certificate = certificateIn(leaf?.rawBytes ?? Buffer.alloc(0));
  if (certificate === undefined) return undefined;
  const key = withId(idOfKey(certificate.publicKey));
  if (key?.certificate_pem === undefined) return undefined;
  return new X509Certificate(key.certificate_pem).raw.equals(certificate.raw) ? key : undefined;
}

/** Who cannot read the certificate learns more about that from the verification itself. */
function certificateIn(der: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

export function idOfKey(key: KeyObject): string {
  const spki = key.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex').slice(0, 32);
}

/** The same rule as for evidence: a key speaks for the time in which it was valid, and never once nothing of it counts. */
export function requireGoodThen(
  { id, valid_from, valid_until, certificate_pem, revoked }: TrustedKey,
  at: Date,
): void {
  const time = at.getTime();
  if (revoked !== undefined && (revoked.invalid_since === null || time >= Date.parse(revoked.invalid_since)))
    throw new SigstoreError('key_revoked', `the key ${id} was revoked: ${revoked.reason}`);
  if (time < Date.parse(valid_from))
    throw new SigstoreError('key_not_valid_then', `the key ${id} was not valid yet at ${at.toISOString()}`);
  if (valid_until !== null && time >= Date.parse(valid_until))
    throw new SigstoreError(
      certificate_pem === undefined ? 'key_not_valid_then' : 'certificate_expired',
      `the key ${id} was no longer valid at ${at.toISOString()}`,
    );
}
