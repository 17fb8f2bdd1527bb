import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { TrustedKey } from '../../contracts/keys.ts';
import type { DetachedItem, Verification } from '../../contracts/verification.ts';
import { holdsUnderKey } from '../../domain/sigstore/key-hash.ts';
import { SigstoreError } from '../../domain/sigstore/sigstore-error.ts';
import { idOfKey, requireGoodThen, type TenantTrust } from '../../domain/sigstore/verify-for-tenant.ts';

/**
 * A signature alone carries no time and no log: only a key that is trusted now can vouch for it. A certificate that comes
 * along picks the key, and is believed for nothing.
 */
export function verifyDetached(item: DetachedItem, { keySet, key, now }: TenantTrust): Verification {
  const artifact = Buffer.from(item.artifact, 'base64');
  const signature = Buffer.from(item.signature, 'base64');
  if (item.predicate_type !== undefined)
    throw new SigstoreError('wrong_predicate', 'a signature alone is no statement');
  const candidates: Candidate[] =
    key === undefined ? candidatesIn(keySet.keys, item) : [{ key, trusted: undefined }];
  if (candidates.length === 0)
    throw new SigstoreError('untrusted_signer', 'none of the trusted keys is the one that it names');
  const found = candidates.find((candidate) => holdsUnderKey(candidate.key, artifact, signature));
  if (found === undefined)
    throw new SigstoreError('signature_invalid', 'the signature holds under none of the keys in question');
  if (found.trusted !== undefined) requireGoodThen(found.trusted, now);
  return {
    valid: true,
    verified_at: now.toISOString(),
    signer: found.trusted?.id ?? idOfKey(found.key),
    transparency_index: null,
    certificate_chain: found.trusted?.certificate_pem === undefined ? [] : [found.trusted.certificate_pem],
    believed: found.trusted === undefined ? 'given_key' : 'key_set',
    signed_at: null,
    predicate_type: null,
    checks: ['signature', 'artifact'],
    error: null,
  };
}

type Candidate = { readonly key: KeyObject; readonly trusted: TrustedKey | undefined };

/** Each costs a verification: who has more keys than this says which one it is. */
const MAX_CANDIDATES = 100;

function candidatesIn(keys: readonly TrustedKey[], { certificate, identity }: DetachedItem): Candidate[] {
  const wanted = certificate === undefined ? undefined : idOfKey(certified(certificate));
  return keys
    .filter(({ role, id }) => role === 'evidence' && (identity ?? id) === id && (wanted ?? id) === id)
    .slice(-MAX_CANDIDATES)
    .map((trusted) => ({ trusted, key: createPublicKey(trusted.public_key_pem) }));
}

function certified(pem: string): KeyObject {
  try {
    return new X509Certificate(pem).publicKey;
  } catch (error) {
    throw new SigstoreError('certificate_invalid', 'the certificate cannot be read', error);
  }
}
