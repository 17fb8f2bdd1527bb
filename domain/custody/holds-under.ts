import type { Bundle } from '@sigstore/bundle';
import type { crypto } from '@sigstore/core';
import { toSignedEntity, Verifier } from '@sigstore/verify';

type PublicKey = ReturnType<typeof crypto.createPublicKey>;

/**
 * Whether the signature of a bundle holds under this key, and nothing about what it says. However the attempt ends early,
 * the signature was not verified: nothing else than a no may follow from that.
 */
export function holdsUnder(keyOf: () => PublicKey, bundle: Bundle, artifact?: Uint8Array): boolean {
  try {
    const publicKey = keyOf();
    const material = {
      certificateAuthorities: [],
      timestampAuthorities: [],
      tlogs: [],
      ctlogs: [],
      publicKey: () => ({ publicKey, validFor: () => true }),
    };
    new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 }).verify(
      toSignedEntity(bundle, artifact === undefined ? undefined : Buffer.from(artifact)),
    );
    return true;
  } catch {
    return false;
  }
}
