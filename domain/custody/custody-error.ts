/**
 * Why a link of the chain does not hold. The families ask for different acts: wrong content or cryptography means
 * tampering, an untrusted signer means a missing key, a policy fault means that a rule said no.
 */
export type CustodyFamily = 'content' | 'cryptography' | 'trust' | 'policy';

export type CustodyCode =
  | 'malformed'
  | 'missing_file'
  | 'unlisted_file'
  | 'hash_mismatch'
  | 'subject_mismatch'
  | 'signature_invalid'
  | 'untrusted_signer'
  | 'key_not_valid_then'
  | 'certificate_expired'
  | 'key_revoked'
  | 'log_proof_invalid'
  | 'wrong_predicate'
  | 'wrong_scope'
  | 'evidence_expired'
  | 'evidence_from_the_future'
  | 'permit_expired'
  | 'permit_for_other_bytes'
  | 'destination_not_permitted';

const FAMILY: Readonly<Record<CustodyCode, CustodyFamily>> = {
  malformed: 'content',
  missing_file: 'content',
  unlisted_file: 'content',
  hash_mismatch: 'content',
  subject_mismatch: 'content',
  signature_invalid: 'cryptography',
  untrusted_signer: 'trust',
  key_not_valid_then: 'trust',
  certificate_expired: 'trust',
  key_revoked: 'trust',
  log_proof_invalid: 'cryptography',
  wrong_predicate: 'policy',
  wrong_scope: 'policy',
  evidence_expired: 'policy',
  evidence_from_the_future: 'policy',
  permit_expired: 'policy',
  permit_for_other_bytes: 'policy',
  destination_not_permitted: 'policy',
};

export class CustodyError extends Error {
  readonly code: CustodyCode;
  readonly family: CustodyFamily;

  constructor(code: CustodyCode, message: string) {
    super(message);
    this.name = 'CustodyError';
    this.code = code;
    this.family = FAMILY[code];
  }
}
