import { z } from 'zod';
import { Sha256, TestId, WorkspaceId } from './identifiers.ts';

const days = z.number().int().min(1).max(36_500);

/** Hot: in golden, in the registry and searchable. Archive: kept aside, no longer searchable. Then: deleted, or kept. */
export const RetentionPolicy = z
  .strictObject({
    schema: z.literal('https://certus.dev/retention-policy/v1'),
    name: z.string().min(1).max(100),
    hot_days: days.nullable().default(null),
    /** Counted from promotion, as hot_days are. */
    delete_after_days: days.nullable().default(null),
    /** How long a golden object may not be changed or removed by anybody, where the store can hold to that. */
    lock_days: days.nullable().default(null),
  })
  .refine(
    ({ hot_days, delete_after_days }) =>
      hot_days === null || delete_after_days === null || hot_days <= delete_after_days,
    'what is deleted cannot be archived afterwards',
  );
export type RetentionPolicy = z.infer<typeof RetentionPolicy>;

/** Where nobody has set one: nothing goes by itself. */
export const DEFAULT_RETENTION: RetentionPolicy = RetentionPolicy.parse({
  schema: 'https://certus.dev/retention-policy/v1',
  name: 'keep everything',
});
export const PutRetention = z.strictObject({ policy: RetentionPolicy });

export const SetRetention = z.strictObject({
  kind: z.literal('set_retention'),
  workspace: z.union([z.literal('*'), WorkspaceId]),
  policy: RetentionPolicy,
});
/** Nothing of a run on hold is archived or deleted, whatever its class says. */
export const SetLegalHold = z.strictObject({
  kind: z.literal('set_legal_hold'),
  workspace: WorkspaceId,
  test_id: TestId,
  hold: z.boolean(),
  reason: z.string().min(1).max(1000),
});
/** The bytes go; statements, permit and a signed tombstone stay, so that the chain can still be verified. */
export const DeleteEvidence = z.strictObject({
  kind: z.literal('delete_evidence'),
  workspace: WorkspaceId,
  test_id: TestId,
  bundle_digest: Sha256,
  reason: z.string().min(1).max(1000),
});

export const RetentionClass = z.enum(['hot', 'archived', 'deleted']);
export type RetentionClass = z.infer<typeof RetentionClass>;

export const RetentionView = z.object({
  workspace: z.union([z.literal('*'), WorkspaceId]),
  version: z.number().int(),
  digest: Sha256,
  policy: RetentionPolicy,
  set_by: z.string().nullable(),
  set_at: z.iso.datetime().nullable(),
  order_id: z.string().nullable(),
});
export type RetentionView = z.infer<typeof RetentionView>;

const Found = z.object({ code: z.string(), path: z.string(), message: z.string() });

/** What an audit has to say of a copy: that it is not as it was promoted, or something that people should know all the same. */
export const AuditFinding = Found.extend({ drift: z.boolean() });
export type AuditFinding = z.infer<typeof AuditFinding>;

export const GoldenCopyView = z.object({
  test_id: TestId,
  workspace_id: WorkspaceId,
  component_id: z.string(),
  kind: z.enum(['documents', 'release', 'scan']),
  bundle_digest: Sha256,
  golden_manifest: z.string(),
  files: z.number().int(),
  bytes: z.number().int(),
  promoted_at: z.iso.datetime(),
  class: RetentionClass,
  class_since: z.iso.datetime(),
  legal_hold: z
    .object({ by: z.string(), reason: z.string(), since: z.iso.datetime(), order_id: z.string() })
    .nullable(),
  /** Taken away: nothing of it is shown, whatever its class. */
  quarantined: z.boolean(),
  audited_at: z.iso.datetime().nullable(),
  /** In what it is not as it was promoted. */
  drift: z.array(Found),
  /** What the last audit told besides: a key that was revoked since, or why it could not be audited. */
  notices: z.array(Found),
  deletion: z
    .object({ order_id: z.string().nullable(), reason: z.string(), at: z.iso.datetime() })
    .nullable(),
});
export type GoldenCopyView = z.infer<typeof GoldenCopyView>;

export const AuditId = z.string().regex(/^audit_[0-9a-f]{24}$/);
export const AuditRequest = z.strictObject({
  workspace_id: WorkspaceId.optional(),
  /** Which part of the golden copies is looked at: those whose last audit is the longest ago. */
  sample: z.number().gt(0).max(1).default(1),
});
export const AuditInput = z.object({
  tenant: z.string().nullable(),
  workspace: z.string().nullable(),
  id: AuditId.nullable(),
  sample: z.number(),
});
export type AuditInput = z.infer<typeof AuditInput>;
const OfRun = Found.extend({ test_id: TestId, workspace_id: WorkspaceId });
export const AuditView = z.object({
  audit_id: AuditId,
  state: z.enum(['running', 'done', 'failed']),
  sample: z.number(),
  workspace_id: WorkspaceId.nullable(),
  checked: z.number().int(),
  drifted: z.number().int(),
  /** The first thousand of them. */
  drift: z.array(OfRun),
  notices: z.array(OfRun),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
});
export type AuditView = z.infer<typeof AuditView>;
