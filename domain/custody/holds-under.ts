import type { KeyObject } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import { signedContent } from '../sigstore/signed-content.ts';

/**
 * Whether the signature of a bundle holds under this key, and nothing about what it says. However the attempt ends early,
 * the signature was not verified: nothing else than a no may follow from that. Nor may it from a log entry or a timestamp,
 * which no key alone can check.
 */
export function holdsUnder(keyOf: () => KeyObject, bundle: Bundle, artifact?: Uint8Array): boolean {
  const { tlogEntries, timestampVerificationData } = bundle.verificationMaterial;
  if (tlogEntries.length > 0 || (timestampVerificationData?.rfc3161Timestamps ?? []).length > 0) return false;
  try {
    return signedContent(bundle, artifact && { bytes: artifact }).verifySignature(keyOf());
  } catch {
    return false;
  }
}
