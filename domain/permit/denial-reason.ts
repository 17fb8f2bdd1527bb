import type { DenialReason } from '../../contracts/denial.ts';
import type { Fault } from '../../contracts/permission.ts';
import { type CustodyCode, CustodyError } from '../custody/custody-error.ts';
import { oneLine } from '../text/one-line.ts';

/** What a check refuses, as the fault that it is; anything else that is thrown is a bug, and no answer. */
export function faultOf(check: () => void): Fault | null {
  try {
    check();
    return null;
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    return fault(REASON[error.code] ?? 'evidence_invalid', error.message);
  }
}

/** File names stand in it, and those come from repositories. */
export const fault = (reason: DenialReason, message: string): Fault => ({
  reason,
  message: oneLine(message, 500),
});

const REASON: Partial<Record<CustodyCode, DenialReason>> = {
  untrusted_signer: 'invalid_signer',
  key_not_valid_then: 'invalid_signer',
  signature_invalid: 'signature_invalid',
  certificate_expired: 'certificate_expired',
  key_revoked: 'key_revoked',
  hash_mismatch: 'hash_mismatch',
  missing_file: 'hash_mismatch',
  unlisted_file: 'hash_mismatch',
  subject_mismatch: 'hash_mismatch',
  evidence_expired: 'evidence_expired',
  evidence_from_the_future: 'evidence_expired',
  permit_expired: 'permit_expired',
};
