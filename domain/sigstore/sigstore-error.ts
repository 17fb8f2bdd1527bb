/**
 * Why a bundle is not believed. The two families ask for different acts: wrong cryptography means that something was
 * changed or never fitted, missing trust means that it may be whole and that nobody here vouches for who made it.
 */
export type SigstoreFamily = 'cryptography' | 'trust';

const FAMILY = {
  bundle_malformed: 'cryptography',
  signature_invalid: 'cryptography',
  digest_mismatch: 'cryptography',
  artifact_required: 'cryptography',
  certificate_invalid: 'cryptography',
  sct_invalid: 'cryptography',
  timestamp_invalid: 'cryptography',
  log_entry_mismatch: 'cryptography',
  log_proof_invalid: 'cryptography',
  trusted_root_invalid: 'trust',
  untrusted_signer: 'trust',
  certificate_untrusted: 'trust',
  certificate_expired: 'trust',
  key_unusable: 'trust',
  key_not_valid_then: 'trust',
  key_revoked: 'trust',
  timestamp_missing: 'trust',
  log_entry_missing: 'trust',
  identity_mismatch: 'trust',
  wrong_predicate: 'trust',
} as const satisfies Record<string, SigstoreFamily>;

export type SigstoreCode = keyof typeof FAMILY;
export const SIGSTORE_CODES = Object.keys(FAMILY) as SigstoreCode[];

export class SigstoreError extends Error {
  readonly code: SigstoreCode;
  readonly family: SigstoreFamily;

  constructor(code: SigstoreCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SigstoreError';
    this.code = code;
    this.family = FAMILY[code];
  }
}
