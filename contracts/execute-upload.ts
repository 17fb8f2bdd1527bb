import { z } from 'zod';
import { TestId, WorkspaceId } from './identifiers.ts';
import { PermissionRequest, VerificationProof } from './permission.ts';
import { Tier } from './trust-policy.ts';

/** Clients of old wrote the name of the algorithm twice. */
const Hash = z
  .string()
  .regex(/^(?:sha256:){0,2}[0-9a-f]{64}$/, 'looks like sha256: and 64 lower-case hexadecimal digits');

/** In the words of old. Nothing that the caller says of permit, proof or files is believed: it is held to what is there. */
export const ExecuteUploadRequest = z.strictObject({
  /** Any text: what names no permit is not found. */
  upload_permission_id: z.string().min(1).max(200),
  scan_id: TestId,
  workspace_id: WorkspaceId.default('default'),
  tier: Tier.default('verified'),
  artifacts: z
    .array(
      z.object({
        name: z.string().min(1).max(512),
        hash: Hash,
        size: z.number().int().min(0).nullish(),
      }),
    )
    .max(1000),
  metadata: PermissionRequest.shape.metadata,
  verification_proof: VerificationProof.partial().nullish(),
  storage_config: z
    .object({
      raw_s3_bucket: z.string().max(255).nullish(),
      raw_s3_prefix: z.string().max(1000).nullish(),
      oci_registry: z.string().max(255).nullish(),
      oci_repository: z.string().max(512).nullish(),
      upload_to_s3: z.boolean().nullish(),
      upload_to_oci: z.boolean().nullish(),
    })
    .nullish(),
});
export type ExecuteUploadRequest = z.infer<typeof ExecuteUploadRequest>;

export const UploadedArtifact = z.object({
  name: z.string(),
  /** Where a person or a stock tool finds it. */
  s3_path: z.string(),
  oci_reference: z.string().nullable(),
  hash: z.string(),
  uploaded_at: z.iso.datetime(),
});

export const UploadConfirmation = z.object({
  upload_permission_id: z.string(),
  scan_id: z.string(),
  /** `pending` while it is going on: the scan will tell, and so does the same request. */
  status: z.enum(['success', 'failed', 'pending']),
  uploaded_artifacts: z.array(UploadedArtifact),
  s3_prefix: z.string().nullable(),
  oci_reference: z.string().nullable(),
  error_detail: z.string().nullable(),
  timestamp: z.iso.datetime(),
});
export type UploadConfirmation = z.infer<typeof UploadConfirmation>;

export const ExecuteUploadBatch = z.strictObject({ scans: z.array(ExecuteUploadRequest).min(1).max(100) });
export type ExecuteUploadBatch = z.infer<typeof ExecuteUploadBatch>;

export const UploadBatchConfirmation = z.object({
  total_scans: z.number().int(),
  successful: z.number().int(),
  failed: z.number().int(),
  pending: z.number().int(),
  /** In the order of the request. */
  results: z.array(UploadConfirmation),
  timestamp: z.iso.datetime(),
});
export type UploadBatchConfirmation = z.infer<typeof UploadBatchConfirmation>;
