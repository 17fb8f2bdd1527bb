import { z } from 'zod';
import { MediaType } from './documents.ts';
import { Sha256, TestId, WorkspaceId } from './identifiers.ts';

/** A kind of personal data or secret, named as Presidio names it where it has the kind; a policy adds its own. */
export const EntityType = z.string().regex(/^[A-Z][A-Z0-9_]{1,62}$/, 'a kind looks like EMAIL_ADDRESS');
export type EntityType = z.infer<typeof EntityType>;

/** What becomes of a file in which something of a kind is found; of several kinds the strictest counts. */
export const PrivacyAction = z.enum(['ignore', 'report', 'mask', 'quarantine']);
export type PrivacyAction = z.infer<typeof PrivacyAction>;

const Confidence = z.number().min(0).max(1);

export const PrivacyRules = z.strictObject({
  /** What is found with less is not counted. */
  min_confidence: Confidence.default(0.5),
  /** For every kind without an action of its own. */
  action: PrivacyAction.default('quarantine'),
  actions: z.record(EntityType, PrivacyAction).default({}),
  /** What nobody can look into: encrypted, damaged, too large, of no known format, a picture without its text. */
  opaque: z.enum(['pass', 'quarantine']).default('quarantine'),
});
export type PrivacyRules = z.infer<typeof PrivacyRules>;

/** Values that are no secret, such as one's own published address. */
export const AllowedValue = z.strictObject({
  type: EntityType.optional(),
  /** The value itself, compared without regard to case. */
  value: z.string().min(1).max(500),
});

export type AllowedValue = z.infer<typeof AllowedValue>;

/** A kind of the tenant's own, such as a customer number. */
export const CustomPattern = z.strictObject({
  type: EntityType,
  /** A regular expression of RE2's grammar, which no text can keep busy. */
  pattern: z.string().min(1).max(500),
  confidence: Confidence.default(0.8),
  /** Counts only where one of these words stands close by, when there are any. */
  context: z.array(z.string().min(2).max(60)).max(50).default([]),
});
export type CustomPattern = z.infer<typeof CustomPattern>;

/** How a person decides about what was held back. */
export const ReviewRules = z.strictObject({
  /** Whether nothing is released before a second, different person has said the same. */
  second_person: z.boolean().default(false),
  remind_after_hours: z.number().positive().max(8760).default(24),
  /** Nobody decided: it is rejected. */
  expires_after_hours: z
    .number()
    .positive()
    .max(8760)
    .default(24 * 30),
});
export type ReviewRules = z.infer<typeof ReviewRules>;

export const PrivacyPolicy = z.strictObject({
  schema: z.literal('https://certus.dev/privacy-policy/v1'),
  name: z.string().min(1).max(100),
  /** For what people bring. */
  documents: PrivacyRules.prefault({}),
  /**
   * For what scanners find: reports are full of numbers, versions and names of authors that belong there, so only what does
   * harm wherever it stands is held back.
   */
  evidence: PrivacyRules.prefault({
    min_confidence: 0.8,
    action: 'report',
    actions: { CREDIT_CARD: 'quarantine', IBAN_CODE: 'quarantine', US_SSN: 'quarantine' },
    opaque: 'pass',
  }),
  allow: z.array(AllowedValue).max(1000).default([]),
  custom: z.array(CustomPattern).max(100).default([]),
  review: ReviewRules.prefault({}),
  /** What stands in the index for what is found: its kind, or a name by which two mentions of somebody stay the same. */
  index: z.strictObject({ replace_with: z.enum(['kind', 'name']) }).optional(),
});
export type PrivacyPolicy = z.infer<typeof PrivacyPolicy>;

export const SetPrivacyPolicy = z.strictObject({
  kind: z.literal('set_privacy_policy'),
  workspace: z.union([z.literal('*'), WorkspaceId]),
  policy: PrivacyPolicy,
});
export type SetPrivacyPolicy = z.infer<typeof SetPrivacyPolicy>;

export const PrivacyPolicyView = z.object({
  workspace: z.union([z.literal('*'), WorkspaceId]),
  /** 0 is the built-in one. */
  version: z.number().int(),
  digest: Sha256,
  policy: PrivacyPolicy,
  set_by: z.string().nullable(),
  set_at: z.iso.datetime().nullable(),
  order_id: z.string().nullable(),
});
export type PrivacyPolicyView = z.infer<typeof PrivacyPolicyView>;

/** Why something could not be looked into. */
export const OPAQUE_REASONS = [
  'unknown_format',
  'encrypted',
  'damaged',
  'too_large',
  'too_deep',
  'too_slow',
  'no_text',
] as const;
export const OpaqueReason = z.enum(OPAQUE_REASONS);
export type OpaqueReason = z.infer<typeof OpaqueReason>;

export const KindCount = z.object({ type: EntityType, count: z.number().int().positive() });
export type KindCount = z.infer<typeof KindCount>;

/** Where something stands, and never what: `page 3`, `line 17`, `sheet Customers, B4`, `mail.eml / attachment.csv, line 2`. */
export const PrivacyPlace = z.object({
  type: EntityType,
  place: z.string().max(300),
  confidence: Confidence,
});
export type PrivacyPlace = z.infer<typeof PrivacyPlace>;

/** More places than this are counted, and not listed. */
export const MAX_PLACES = 100;

/** What looking into a file has shown. No value of it is in here, wherever it goes. */
export const Inspection = z.object({
  /** What it really is: `pdf`, `docx`, `text`, `zip`, … */
  format: z.string().max(40),
  media_type: MediaType,
  kinds: z.array(KindCount),
  places: z.array(PrivacyPlace).max(MAX_PLACES),
  /** Why some or all of it was not looked into; empty when all of it was. */
  opaque: z.array(z.object({ reason: OpaqueReason, place: z.string().max(300) })).max(20),
  /** The strictest that the rules ask for what was found. */
  action: z.enum(['pass', 'mask', 'quarantine']),
});
export type Inspection = z.infer<typeof Inspection>;

export const PrivacyOutcome = z.enum(['clean', 'masked', 'quarantined']);
export type PrivacyOutcome = z.infer<typeof PrivacyOutcome>;

export const PrivacyScanId = z.string().regex(/^privacy_[0-9a-f]{24}$/);

/** As clients of the earlier system send it; `prefix` is inside the documents of the workspace. */
export const PrivacyScanRequest = z
  .strictObject({
    workspace_id: WorkspaceId.default('default'),
    /** All documents when neither it nor a scan is named. */
    prefix: z.string().max(700).optional(),
    /** The evidence of this scan instead; it is reported on, and stays as it is. */
    scan_id: TestId.regex(/^test_/, 'is no scan; documents are named by their prefix').optional(),
    /** Nothing is held back. */
    dry_run: z.boolean().default(false),
  })
  .refine(
    ({ prefix, scan_id }) => prefix === undefined || scan_id === undefined,
    'give a prefix or a scan, not both',
  );
export type PrivacyScanRequest = z.infer<typeof PrivacyScanRequest>;

export const PrivacyScanInput = z.object({
  tenant: z.string(),
  workspace: z.string(),
  id: PrivacyScanId,
  prefix: z.string().nullable(),
  testId: TestId.nullable(),
  dryRun: z.boolean(),
  requestedBy: z.string(),
});
export type PrivacyScanInput = z.infer<typeof PrivacyScanInput>;

export const PrivacyScanResult = z.object({
  key: z.string(),
  name: z.string(),
  sha256: Sha256,
  format: z.string(),
  /** What it would be in a promotion. */
  outcome: PrivacyOutcome,
  /** Whether it is held back for a review. */
  quarantined: z.boolean(),
  /** How many in all; as the earlier contract has it. */
  findings: z.number().int(),
  kinds: z.array(KindCount),
  places: z.array(PrivacyPlace),
  opaque: Inspection.shape.opaque,
  review_id: z.string().nullable(),
});
export type PrivacyScanResult = z.infer<typeof PrivacyScanResult>;

export const PrivacyScanView = z.object({
  privacy_scan_id: PrivacyScanId,
  state: z.enum(['running', 'done', 'failed']),
  bucket: z.string(),
  prefix: z.string(),
  /** Below which what is held back lies. */
  quarantine_prefix: z.string(),
  /** The whole of it as JSON; null before its end. */
  report_object: z.string().nullable(),
  scan_id: TestId.nullable(),
  dry_run: z.boolean(),
  policy_digest: Sha256.nullable(),
  scanned: z.number().int(),
  clean: z.number().int(),
  masked: z.number().int(),
  quarantined: z.number().int(),
  requested_by: z.string(),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  results: z.array(PrivacyScanResult),
  next_cursor: z.string().nullable(),
});
export type PrivacyScanView = z.infer<typeof PrivacyScanView>;

export const PrivacyScanList = z.object({
  scans: z.array(PrivacyScanView.omit({ results: true, next_cursor: true })),
  next_cursor: z.string().nullable(),
});

export const PutPrivacyPolicy = z.strictObject({ policy: PrivacyPolicy });
