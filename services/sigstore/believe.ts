import { createSecretKey } from 'node:crypto';
import { type SignedEntity, type TrustMaterial, Verifier } from '@sigstore/verify';

/** The authorities and logs that the operator pinned. */
export type TrustedRoot = Omit<TrustMaterial, 'publicKey'>;

type Proofs = Partial<Pick<SignedEntity, 'timestamps' | 'tlogEntries'>>;

/**
 * Throws unless every timestamp and log entry is vouched for by somebody of the trusted root. Only they are in question: that
 * the signature holds, and that the entry is about it, others check.
 */
export function believe(
  trust: TrustedRoot,
  signature: Buffer,
  { timestamps = [], tlogEntries = [] }: Proofs,
): void {
  const verifier = new Verifier(
    { ...trust, publicKey: () => ({ publicKey: NOT_ASKED_FOR, validFor: () => true }) },
    { ctlogThreshold: 0, tlogThreshold: tlogEntries.length, timestampThreshold: timestamps.length },
  );
  const unasked = () => true;
  verifier.verify({
    key: { $case: 'public-key', hint: '' },
    signature: {
      signature,
      compareSignature: unasked,
      compareDigest: unasked,
      compareSignedDigest: unasked,
      verifySignature: unasked,
    },
    timestamps,
    tlogEntries,
  });
}

/** No signature can be checked with it. */
const NOT_ASKED_FOR = createSecretKey(Buffer.of(0));
