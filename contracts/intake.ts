import { z } from 'zod';
import { ReceivedDocument } from './documents.ts';
import { AssessmentId, ComponentId, DocumentsId, Scope, Sha256 } from './identifiers.ts';
import { ReviewId, ReviewVerdict } from './review.ts';

export const INTAKE_TYPE = 'https://certus.dev/document-intake/v1';

const By = z.string().min(1).max(200);

/** A document as somebody brought it; null where nothing is on record of that any longer. */
export const BroughtDocument = ReceivedDocument.extend({
  received_by: By.nullable(),
  received_at: z.iso.datetime().nullable(),
});
export type BroughtDocument = z.infer<typeof BroughtDocument>;

/** intake.json: who brought which documents, and on whose word they are promoted. */
export const Intake = z.strictObject({
  schema: z.literal(INTAKE_TYPE),
  tenant: Scope.shape.tenant,
  workspace_id: Scope.shape.workspace,
  component_id: ComponentId,
  assessment_id: AssessmentId,
  test_id: DocumentsId,
  /** To promote them, or the last decision of a review. */
  order: z.strictObject({ id: z.string(), by: By, given_at: z.iso.datetime() }),
  /** The list that the order names; null when a review let a single document go. */
  list: Sha256.nullable(),
  release: z
    .strictObject({
      review_id: ReviewId,
      verdict: ReviewVerdict.exclude(['reject']),
      decisions: z
        .array(z.strictObject({ order_id: z.string(), by: By, reason: z.string(), at: z.iso.datetime() }))
        .min(1)
        .max(10),
    })
    .nullable(),
  documents: z.array(BroughtDocument).min(1),
});
export type Intake = z.infer<typeof Intake>;
