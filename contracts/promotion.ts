import { z } from 'zod';
import { DocumentName, MAX_DOCUMENTS } from './documents.ts';
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
import { KindCount } from './privacy.ts';
import { ReviewId, ReviewState, ReviewVerdict } from './review.ts';
import { Destinations } from './trust-policy.ts';

/** To promote documents together, as the API found them: the list lies in `uploads`, under its digest. */
export const PromoteDocuments = z.strictObject({
  kind: z.literal('promote_documents'),
  workspace: WorkspaceId,
  component: ComponentId,
  assessment: AssessmentId,
  test_id: DocumentsId,
  list: Sha256,
  documents: z.number().int().min(1).max(MAX_DOCUMENTS),
  destinations: Destinations,
});
export type PromoteDocuments = z.infer<typeof PromoteDocuments>;

/** What a promotion of documents rests on: an order to promote them, or a decision that released one. */
export const PromotionInput = z.object({
  scope: Scope,
  component: ComponentId,
  assessment: AssessmentId,
  testId: DocumentsId,
  /** The order `promote_documents`, or the last `decide_review`. */
  orderId: z.string(),
  /** Present when a document comes out of quarantine: which review released it, and how. */
  release: z
    .object({
      reviewId: ReviewId,
      verdict: ReviewVerdict.exclude(['reject']),
      /** Every decision that it took. */
      orderIds: z.array(z.string()).min(1).max(10),
    })
    .optional(),
  destinations: Destinations,
  requestedBy: z.string(),
});
export type PromotionInput = z.infer<typeof PromotionInput>;

export const PromotionState = z.enum(['running', 'promoted', 'withheld', 'denied', 'failed']);
export type PromotionState = z.infer<typeof PromotionState>;

/** As clients of the earlier system send it: keys as uploads answered them, or names below the workspace's documents. */
export const PromotionRequest = z
  .strictObject({
    workspace_id: WorkspaceId.default('default'),
    keys: z.array(z.string().min(1).max(1000)).min(1).max(MAX_DOCUMENTS).optional(),
    /** All documents whose name begins with it. */
    prefix: z.string().max(700).optional(),
    component_id: ComponentId.default('documents'),
    assessment_id: AssessmentId.default('documents'),
    destinations: Destinations.default(['golden', 'oci']),
  })
  .refine(
    ({ keys, prefix }) => (keys === undefined) !== (prefix === undefined),
    'give either keys or a prefix',
  );
export type PromotionRequest = z.infer<typeof PromotionRequest>;

export const PromotionItemOutcome = z.enum(['pending', 'clean', 'masked', 'released', 'withheld', 'changed']);
export type PromotionItemOutcome = z.infer<typeof PromotionItemOutcome>;

export const PromotionItemView = z.object({
  name: DocumentName,
  sha256: Sha256,
  size: z.number().int(),
  outcome: PromotionItemOutcome,
  kinds: z.array(KindCount),
  /** Where it lies in golden; null when it does not. */
  golden_key: z.string().nullable(),
  review_id: ReviewId.nullable(),
  /** How that review stands now; a released document is promoted by a run of its own. */
  review_state: ReviewState.nullable(),
});
export type PromotionItemView = z.infer<typeof PromotionItemView>;

export const PromotionView = z.object({
  promotion_id: TestId,
  workspace_id: WorkspaceId,
  kind: z.enum(['documents', 'release', 'scan']),
  component_id: ComponentId,
  state: PromotionState,
  documents: z.number().int(),
  bytes: z.number().int(),
  clean: z.number().int(),
  masked: z.number().int(),
  withheld: z.number().int(),
  /** Of those held back: how many people have not released since. */
  outstanding: z.number().int(),
  permit_id: PermitId.nullable(),
  denial: z.string().nullable(),
  golden_manifest: z.string().nullable(),
  oci_reference: z.string().nullable(),
  transparency_index: z.number().int().nullable(),
  requested_by: z.string(),
  created_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** As the earlier contract has it: the golden keys of what was promoted, of this page. */
  promoted: z.array(z.string()),
  items: z.array(PromotionItemView),
  next_cursor: z.string().nullable(),
});
export type PromotionView = z.infer<typeof PromotionView>;
