import { type CheckedEvidence, checkEvidence, type EvidenceInput } from '../custody/check-evidence.ts';
import { CLOCK_TOLERANCE_MS } from '../custody/check-permit.ts';
import { type CustodyCode, CustodyError } from '../custody/custody-error.ts';

export type PermitQuestion = {
  readonly evidence: EvidenceInput;
  /** What the caller says the bundle is; the bytes must agree. */
  readonly expectedDigest: string;
  readonly expectedRun: { readonly tenant: string; readonly workspace: string; readonly testId: string };
  readonly now: Date;
  readonly maxAgeMs: number;
};

export type PermitAnswer =
  | { readonly permitted: true; readonly evidence: CheckedEvidence }
  | { readonly permitted: false; readonly reason: DenialReason; readonly detail: string };

/** Reasons as clients know them. */
export type DenialReason =
  | 'invalid_signer'
  | 'inner_signature_verification_failed'
  | 'hash_mismatch'
  | 'evidence_invalid'
  | 'evidence_expired';

/** The permit rule. Whatever goes wrong is a denial with its reason; only evidence that passed every check is permitted. */
export function decidePermit({
  evidence,
  expectedDigest,
  expectedRun,
  now,
  maxAgeMs,
}: PermitQuestion): PermitAnswer {
  try {
    const checked = checkEvidence(evidence);
    requireAsked(checked, expectedDigest, expectedRun);
    requireFresh(checked, now, maxAgeMs);
    return { permitted: true, evidence: checked };
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    return { permitted: false, reason: REASON[error.code] ?? 'evidence_invalid', detail: error.message };
  }
}

function requireAsked(
  { index, bundleDigest }: CheckedEvidence,
  digest: string,
  run: PermitQuestion['expectedRun'],
): void {
  if (bundleDigest !== digest)
    throw new CustodyError('hash_mismatch', 'the bundle is not the one the permit was asked for');
  if (index.tenant !== run.tenant || index.workspace_id !== run.workspace || index.test_id !== run.testId) {
    throw new CustodyError('wrong_scope', 'the bundle belongs to another run');
  }
}

function requireFresh({ provenance }: CheckedEvidence, now: Date, maxAgeMs: number): void {
  const finished = Date.parse(provenance.predicate.runDetails.metadata.finishedOn);
  if (finished > now.getTime() + CLOCK_TOLERANCE_MS) {
    throw new CustodyError('evidence_from_the_future', 'the evidence claims to be from the future');
  }
  if (now.getTime() - finished > maxAgeMs)
    throw new CustodyError('evidence_expired', 'the evidence is too old');
}

const REASON: Partial<Record<CustodyCode, DenialReason>> = {
  untrusted_signer: 'invalid_signer',
  key_not_valid_then: 'invalid_signer',
  signature_invalid: 'inner_signature_verification_failed',
  hash_mismatch: 'hash_mismatch',
  missing_file: 'hash_mismatch',
  unlisted_file: 'hash_mismatch',
  subject_mismatch: 'hash_mismatch',
  evidence_expired: 'evidence_expired',
  evidence_from_the_future: 'evidence_expired',
};
