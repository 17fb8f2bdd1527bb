import { z } from 'zod';

/** Why a bundle may not be published, in words that programs know. */
export const DENIAL_REASONS = [
  'invalid_signer',
  'no_artifacts',
  'hash_mismatch',
  'signature_invalid',
  'certificate_expired',
  'key_revoked',
  'policy_violation',
  'evidence_invalid',
  'evidence_expired',
  'permit_expired',
] as const;
export const DenialReason = z.enum(DENIAL_REASONS);
export type DenialReason = z.infer<typeof DenialReason>;

/** One rule that was broken. */
export const Violation = z.object({ rule: z.string(), message: z.string() });
export type Violation = z.infer<typeof Violation>;

/** As it stands in the permit, and so wherever the bundle is. */
export const Bypass = z.object({
  order_id: z.string(),
  by: z.string(),
  reason: z.string(),
  until: z.iso.datetime(),
  /** What would have been the answer. */
  instead_of: z.object({ reason: DenialReason.nullable(), violations: z.array(Violation) }),
});
export type Bypass = z.infer<typeof Bypass>;
