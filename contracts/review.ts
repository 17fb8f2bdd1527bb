import { z } from 'zod';
import { DocumentName, MediaType, ReceivedDocument } from './documents.ts';
import {
  AssessmentId,
  ComponentId,
  DocumentsId,
  PermitId,
  Scope,
  Sha256,
  TestId,
  WorkspaceId,
} from './identifiers.ts';
import { EntityType, Inspection, KindCount, PrivacyPlace, ReviewRules } from './privacy.ts';

export const ReviewId = z.string().regex(/^review_[0-9a-f]{32}$/);
export type ReviewId = z.infer<typeof ReviewId>;

/** `release_masked` lets a masked copy go on, `release` the thing itself. */
export const ReviewVerdict = z.enum(['release_masked', 'release', 'reject']);
export type ReviewVerdict = z.infer<typeof ReviewVerdict>;

/** The masked copy that lies beside what is held, under its own name: that of the document, or one that begins with it. */
export const HeldCopy = z.object({
  name: DocumentName.or(z.string().max(720)),
  sha256: Sha256,
  size: z.number().int().min(0),
  media_type: MediaType,
});
export type HeldCopy = z.infer<typeof HeldCopy>;

/** What is held back: one document, or the evidence of a scan, of which some files are named. */
export const ReviewSubject = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('document'),
    document: ReceivedDocument,
    /** Null where none can be made: then there is nothing to release but the document itself. */
    masked: HeldCopy.nullable(),
  }),
  z.object({
    kind: z.literal('evidence'),
    bundleDigest: Sha256,
    permitId: PermitId,
    files: z
      .array(z.object({ path: z.string(), sha256: Sha256, size: z.number().int() }))
      .min(1)
      .max(1000),
    /** False where of one of them no masked copy can be made: who released them masked would release nothing. */
    maskable: z.boolean().optional(),
  }),
]);
export type ReviewSubject = z.infer<typeof ReviewSubject>;

export const ReviewInput = z.object({
  scope: Scope,
  id: ReviewId,
  component: ComponentId,
  assessment: AssessmentId,
  /** The promotion or scan in which it was held back; null when a privacy scan found it. */
  testId: TestId.nullable(),
  subject: ReviewSubject,
  /** What was found: kinds, places, never values. */
  found: Inspection.pick({ kinds: true, opaque: true }),
  rules: ReviewRules,
  openedAt: z.iso.datetime(),
});
export type ReviewInput = z.infer<typeof ReviewInput>;

/** A person's word about what is held back, signed as an order: only the API can give one, and Trust logs it. */
export const DecideReview = z.strictObject({
  kind: z.literal('decide_review'),
  workspace: WorkspaceId,
  review_id: ReviewId,
  verdict: ReviewVerdict,
  reason: z.string().min(1).max(1000),
  /** What the person was shown: of another thing nothing is decided. */
  subject_digest: Sha256,
});
export type DecideReview = z.infer<typeof DecideReview>;

/** A decision whose order was opened. */
export const ReviewDecision = z.object({
  orderId: z.string(),
  by: z.string(),
  verdict: ReviewVerdict,
  reason: z.string(),
  at: z.iso.datetime(),
});
export type ReviewDecision = z.infer<typeof ReviewDecision>;

export const ReviewState = z.enum([
  'open',
  'second_person',
  'released',
  'released_masked',
  'rejected',
  'expired',
  'failed',
]);
export type ReviewState = z.infer<typeof ReviewState>;

/** How a review ended; `orders` are the decisions that count. */
export const ReviewOutcome = z.object({
  state: z.enum(['released', 'released_masked', 'rejected', 'expired']),
  orders: z.array(
    z.object({ orderId: z.string(), by: z.string(), reason: z.string(), at: z.iso.datetime() }),
  ),
  /** The run in which a released document was promoted. */
  testId: DocumentsId.nullable(),
});
export type ReviewOutcome = z.infer<typeof ReviewOutcome>;

const ReviewDecisionView = z.object({
  order_id: z.string(),
  by: z.string(),
  verdict: ReviewVerdict,
  reason: z.string(),
  at: z.iso.datetime(),
});

export const ReviewView = z.object({
  review_id: ReviewId,
  workspace_id: WorkspaceId,
  state: ReviewState,
  kind: z.enum(['document', 'evidence']),
  /** The document, or the scan. */
  name: z.string(),
  media_type: MediaType.nullable(),
  size: z.number().int().nullable(),
  subject_digest: Sha256,
  test_id: TestId.nullable(),
  kinds: z.array(KindCount),
  /** Whoever is no reviewer is shown none. */
  places: z.array(PrivacyPlace),
  opaque: Inspection.shape.opaque,
  /** Whether a masked copy can be released. */
  maskable: z.boolean(),
  second_person: z.boolean(),
  decisions: z.array(ReviewDecisionView),
  opened_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  closed_at: z.iso.datetime().nullable(),
  /** The run that published it. */
  released_as: DocumentsId.nullable(),
});
export type ReviewView = z.infer<typeof ReviewView>;

export const ReviewDecisionRequest = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  verdict: ReviewVerdict,
  reason: z.string().min(1).max(1000),
  subject_digest: Sha256,
});
export type ReviewDecisionRequest = z.infer<typeof ReviewDecisionRequest>;

export const ReviewList = z.object({ reviews: z.array(ReviewView), next_cursor: z.string().nullable() });

/** What the API tells a review: which order, and what it expects it to say. The signed order alone counts. */
export type ReviewCall = {
  readonly orderId: string;
  readonly verdict: ReviewVerdict;
  readonly by: string;
  readonly subjectDigest: string;
};

/** What a review answers about itself. */
export type ReviewStanding = {
  readonly state: ReviewState;
  readonly decisions: readonly ReviewDecision[];
  readonly expiresAt: string;
  /** Null when it is closed. */
  readonly nextReminderAt: string | null;
};

/** A part of what is held with what was found in it, for those who may see it. */
export const PreviewPiece = z.object({
  place: z.string(),
  text: z.string(),
  spans: z.array(
    z.object({ type: EntityType, start: z.number().int().min(0), end: z.number().int().min(0) }),
  ),
});
export const ReviewPreview = z.object({
  review_id: ReviewId,
  subject_digest: Sha256,
  name: z.string(),
  pieces: z.array(PreviewPiece),
});
export type ReviewPreview = z.infer<typeof ReviewPreview>;
