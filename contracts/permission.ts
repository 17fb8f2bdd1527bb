import { z } from 'zod';
import { Bypass, DenialReason, Violation } from './denial.ts';
import { SeverityCounts } from './finding.ts';
import { ComponentId, PermitId, Sha256, TestId, WorkspaceId } from './identifiers.ts';
import { Environment } from './keys.ts';
import { Verdict } from './scan.ts';
import { Destinations, Tier } from './trust-policy.ts';

/** Something that always stands against publication, whatever a policy says. */
export const Fault = z.object({ reason: DenialReason, message: z.string().max(1000) });
export type Fault = z.infer<typeof Fault>;

/** Whose word counts for what; what a key signed is found by it when the key is revoked. */
export const FactSigner = z.object({
  key_id: z.string(),
  environment: Environment,
  as: z.enum(['evidence', 'endorsement', 'statement']),
});
export type FactSigner = z.infer<typeof FactSigner>;

/** What a decision rests on, kept with it: another policy can be tried on it later. No content and no names of people. */
export const PermitFacts = z.object({
  schema: z.literal('https://certus.dev/permit-facts/v1'),
  component: ComponentId.nullable(),
  bundle_digest: Sha256,
  provenance_digest: Sha256,
  /** Every hash against the bytes in staging, and whose bundle it is. */
  integrity: Fault.nullable(),
  /** What was asked against what is there. */
  request: Fault.nullable(),
  /** The inner signature: who, with which key, in which state. */
  signature: Fault.nullable(),
  signers: z.array(FactSigner).max(101),
  finished_on: z.string().nullable(),
  gate: Verdict.nullable(),
  /** Every finding there is, whatever was set aside. */
  counts: SeverityCounts.nullable(),
  /** Kinds of tools that have looked. */
  kinds: z.array(z.string()).max(50),
  /**
   * Of a promotion of documents how many there are. Their bytes lie where Trust cannot read: their digests are those of the
   * list that was signed, and Transform holds every byte to them. Nothing has scanned them, and no rule asks for that.
   */
  documents: z.number().int().positive().optional(),
  statements: z
    .array(
      z.object({
        digest: Sha256,
        predicate_type: z.string(),
        key_id: z.string(),
        from: z.enum(['provenance', 'file', 'attached']),
      }),
    )
    .max(110),
  /** Attached statements that do not hold, and so do not count. */
  ignored: z.array(z.object({ digest: Sha256, code: z.string() })).max(100),
  /** The limit of the installation, for policies that name none. */
  max_age_hours: z.number(),
});
export type PermitFacts = z.infer<typeof PermitFacts>;

/** What a policy in shadow would have said. */
export const ShadowJudgement = z.object({
  policy_digest: Sha256,
  permitted: z.boolean(),
  reason: DenialReason.nullable(),
  violations: z.array(Violation),
});
export type ShadowJudgement = z.infer<typeof ShadowJudgement>;

const HashOfOld = z
  .string()
  .regex(/^(?:sha256:)?[0-9a-f]{64}$/, 'looks like sha256: and 64 lower-case hexadecimal digits');

/** In the words of old. What the caller says of its files is held against the bytes in staging, and never believed. */
export const PermissionRequest = z.strictObject({
  scan_id: TestId,
  workspace_id: WorkspaceId.default('default'),
  tier: Tier.default('verified'),
  inner_signature: z
    .object({
      signer: z.string().min(1).max(200),
      timestamp: z.string().max(64).nullish(),
      signature: z.string().max(16_384).nullish(),
      algorithm: z.string().max(64).nullish(),
      certificate: z.string().max(16_384).nullish(),
    })
    .nullish(),
  artifacts: z
    .array(
      z.object({
        name: z.string().min(1).max(512),
        hash: HashOfOld,
        size: z.number().int().min(0).nullish(),
      }),
    )
    .max(1000),
  metadata: z
    .object({
      git_url: z.string().max(2048).nullish(),
      branch: z.string().max(255).nullish(),
      commit: z.string().max(64).nullish(),
      requested_by: z.string().max(256).nullish(),
    })
    .nullish(),
  storage_destinations: z
    .strictObject({ raw_s3: z.boolean().default(true), oci_registry: z.boolean().default(true) })
    .prefault({}),
});
export type PermissionRequest = z.infer<typeof PermissionRequest>;

export const BreakGlassRequest = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  test_id: TestId,
  reason: z.string().trim().min(10).max(1000),
  until: z.iso.datetime(),
  destinations: Destinations.default(['golden', 'oci']),
});
export type BreakGlassRequest = z.infer<typeof BreakGlassRequest>;

/** An administrator lets a bundle pass that the rules hold back. Its hashes are checked nevertheless. */
export const BreakGlass = z.strictObject({
  kind: z.literal('break_glass'),
  workspace: WorkspaceId,
  test_id: TestId,
  /** The bundle that was looked at: of what lies in its place by then nothing was said. */
  bundle_digest: Sha256,
  reason: z.string().min(10).max(1000),
  until: z.iso.datetime(),
  destinations: Destinations,
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
  /** Null while Trust has not decided: ask again. */
  decided_at: z.iso.datetime().nullable(),
  reason: DenialReason.nullable(),
  detail: z.string().nullable(),
  violations: z.array(Violation),
  /** What a policy in shadow would have said; null when there is none. */
  shadow: ShadowJudgement.nullable(),
  policy_digest: Sha256.nullable(),
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

export const PermissionList = z.object({ permits: z.array(UploadPermission) });
export type PermissionList = z.infer<typeof PermissionList>;

/** A statement about a bundle, as a Sigstore bundle v0.3: an endorsement, or what a policy asks for. */
export const AttachRequest = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  bundle: z.record(z.string(), z.unknown()),
});
export type AttachRequest = z.infer<typeof AttachRequest>;
export const AttachedView = z.object({
  test_id: TestId,
  digest: Sha256,
  predicate_type: z.string(),
  key_id: z.string(),
  attached_at: z.iso.datetime(),
});
export type AttachedView = z.infer<typeof AttachedView>;

/** `permit` is null while Trust has not carried out the order: `/v1/orders/{order_id}` will tell. */
export const GlassBroken = z.object({ order_id: z.string(), permit: UploadPermission.nullable() });
export type GlassBroken = z.infer<typeof GlassBroken>;
