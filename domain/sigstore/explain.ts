import type { X509Certificate } from '@sigstore/core';
import { type SignedEntity, VerificationError } from '@sigstore/verify';
import { type SigstoreCode, SigstoreError } from './sigstore-error.ts';

/**
 * Runs a step over what a stranger wrote and says what went wrong in our words. The library reads DER as it comes and
 * stumbles over what is none with whatever error that makes: that too means no more than that the bundle is malformed.
 */
export function explain<T>(step: () => T, entity?: SignedEntity): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof SigstoreError) throw error;
    if (error instanceof VerificationError)
      throw new SigstoreError(codeOf(error, entity), `the bundle does not hold: ${error.message}`, error);
    throw new SigstoreError(
      'bundle_malformed',
      'it holds a certificate, a timestamp or a proof that is none',
      error,
    );
  }
}

function codeOf({ code, message }: VerificationError, entity: SignedEntity | undefined): SigstoreCode {
  if (code === 'CERTIFICATE_ERROR') {
    if (message.includes('SCT')) return 'sct_invalid';
    return isExpired(entity) ? 'certificate_expired' : 'certificate_untrusted';
  }
  return CODES[code] ?? 'bundle_malformed';
}

const CODES: Readonly<Record<string, SigstoreCode>> = {
  SIGNATURE_ERROR: 'signature_invalid',
  TIMESTAMP_ERROR: 'timestamp_invalid',
  PUBLIC_KEY_ERROR: 'untrusted_signer',
  TLOG_ERROR: 'log_proof_invalid',
  TLOG_BODY_ERROR: 'log_entry_mismatch',
  TLOG_INCLUSION_PROOF_ERROR: 'log_proof_invalid',
  TLOG_INCLUSION_PROMISE_ERROR: 'log_proof_invalid',
  TLOG_MISSING_INCLUSION_ERROR: 'log_proof_invalid',
};

/** The library says only that there is no chain at that time; whether the certificate had ended by then is easily seen. */
function isExpired(entity: SignedEntity | undefined): boolean {
  if (entity?.key.$case !== 'certificate') return false;
  const { certificate } = entity.key;
  return entity.timestamps.some((timestamp) => {
    const time =
      timestamp.$case === 'timestamp-authority'
        ? timestamp.timestamp.signingTime
        : new Date(Number(timestamp.tlogEntry.integratedTime) * 1000);
    return endsBefore(certificate, time);
  });
}

/** A certificate whose dates cannot be read is wrong in another way than having ended. */
function endsBefore(certificate: X509Certificate, time: Date): boolean {
  try {
    return !certificate.validForDate(time);
  } catch {
    return false;
  }
}
