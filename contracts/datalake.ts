import { z } from 'zod';
import { WorkspaceId } from './identifiers.ts';
import { IngestionId, IngestionState, S3Source } from './ingestion.ts';
import { PromotionState, PromotionView } from './promotion.ts';

const workspace_id = WorkspaceId.default('default');
const Key = z.string().min(1).max(1000);
/** Golden, when none is named; any other is a source, and read as one. */
const bucket = S3Source.shape.bucket.optional();

export const PreprocessRequest = z.strictObject({ workspace_id, source_key: Key });
export const PreprocessBatchRequest = z.strictObject({ workspace_id, source_prefix: z.string().max(700) });
export const DatalakeIngestRequest = z.strictObject({ workspace_id, bucket, key: Key });
export const DatalakeIngestBatchRequest = z.strictObject({ workspace_id, bucket, prefix: Key });

/** What became of documents on their way to golden, in the words of the earlier system. */
export const PreprocessAnswer = z.object({
  message: z.string(),
  promotion_id: PromotionView.shape.promotion_id,
  state: PromotionState,
  /** Keys in golden. */
  promoted: z.array(z.string()),
  failed: z.array(z.object({ key: z.string(), error: z.string() })),
});
export type PreprocessAnswer = z.infer<typeof PreprocessAnswer>;

export const DatalakeIngestAnswer = z.object({
  message: z.string(),
  ingestion_id: IngestionId,
  state: IngestionState,
  ingested: z.number().int(),
  failed: z.number().int(),
  /** Records that were written. */
  document_count: z.number().int(),
});
export type DatalakeIngestAnswer = z.infer<typeof DatalakeIngestAnswer>;
