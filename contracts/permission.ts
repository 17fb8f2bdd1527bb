import { z } from 'zod';
import { Bypass, DenialReason, Violation } from './denial.ts';
import { PermitId, TestId, WorkspaceId } from './identifiers.ts';
import { Destination, Tier } from './trust-policy.ts';

/** An administrator lets a bundle pass that the rules hold back. Its hashes are checked nevertheless. */
export const BreakGlass = z.strictObject({
  kind: z.literal('break_glass'),
  workspace: WorkspaceId,
  test_id: TestId,
  reason: z.string().min(10).max(1000),
  until: z.iso.datetime(),
  destinations: z.array(Destination).min(1),
});
export type BreakGlass = z.infer<typeof BreakGlass>;

export const VerificationProof = z.object({
  chain_verified: z.boolean(),
  inner_signature_valid: z.boolean(),
  outer_signature_valid: z.boolean(),
  chain_unbroken: z.boolean(),
  signer_inner: z.string().nullable(),
  signer_outer: z.string().nullable(),
  sigstore_timestamp: z.string().nullable(),
  verification_timestamp: z.string().nullable(),
  rekor_entry_uuid: z.string().nullable(),
  cosign_signature: z.string().nullable(),
});
export type VerificationProof = z.infer<typeof VerificationProof>;

/** The answer to a request for permission, in the words of old. A denial is an answer too. */
export const UploadPermission = z.object({
  upload_permission_id: PermitId,
  scan_id: TestId,
  tier: Tier,
  permitted: z.boolean(),
  reason: DenialReason.nullable(),
  detail: z.string().nullable(),
  violations: z.array(Violation),
  bypass: Bypass.nullable(),
  expires_at: z.iso.datetime().nullable(),
  transparency_entry: z.object({ entry_id: z.string(), index: z.number().int() }).nullable(),
  verification_proof: VerificationProof.nullable(),
  storage_config: z
    .object({
      raw_s3_bucket: z.string(),
      raw_s3_prefix: z.string(),
      oci_registry: z.string().nullable(),
      oci_repository: z.string().nullable(),
      upload_to_s3: z.boolean(),
      upload_to_oci: z.boolean(),
    })
    .nullable(),
});
export type UploadPermission = z.infer<typeof UploadPermission>;
