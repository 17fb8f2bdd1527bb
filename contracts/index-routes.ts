import { z } from 'zod';
import { ComponentId } from './identifiers.ts';
import { AccessLabel, MetadataEnvelope } from './index-record.ts';
import {
  CrawlSource,
  FailedItem,
  GitSource,
  IngestionState,
  Reading,
  S3Source,
  SchemaMapping,
  WebSource,
} from './ingestion.ts';

/** What every way to index something answers, as clients of the earlier system expect it, and how it stands. */
export const IndexAnswer = z.object({
  request_id: z.string(),
  ingestion_id: z.string(),
  message: z.string(),
  state: IngestionState,
  /** Records that were written. */
  document_count: z.number().int(),
  findings_indexed: z.number().int(),
  processed_files: z.number().int(),
  failed_files: z.number().int(),
  skipped_files: z.number().int(),
  /** The first of what could not be read, each with its code. */
  failed: z.array(FailedItem),
  metadata_preview: z.array(MetadataEnvelope).max(3),
});
export type IndexAnswer = z.infer<typeof IndexAnswer>;

const labels = z.array(AccessLabel).max(20).default([]);
const common = { labels, component_id: ComponentId.optional() };

export const IndexGitRequest = z.strictObject({
  repo_url: GitSource.shape.url,
  branch: GitSource.shape.branch,
  include_globs: GitSource.shape.include_globs,
  exclude_globs: GitSource.shape.exclude_globs,
  max_file_size_kb: GitSource.shape.max_file_size_kb,
  history: GitSource.shape.history,
  ...common,
});
export const IndexWebRequest = z.strictObject({ ...WebSource.omit({ kind: true }).shape, ...common });
export const IndexCrawlRequest = z.strictObject({ ...CrawlSource.omit({ kind: true }).shape, ...common });
export const IndexS3Request = z.strictObject({
  bucket_name: S3Source.shape.bucket,
  prefix: S3Source.shape.prefix,
  include_globs: S3Source.shape.include_globs,
  exclude_globs: S3Source.shape.exclude_globs,
  ...common,
});
/** One report that lies in a bucket. What is verified comes from golden: then there is no tier but this one. */
export const IndexSecurityS3Request = z.strictObject({
  bucket_name: S3Source.shape.bucket,
  key: z.string().min(1).max(1000),
  format: Reading.shape.format,
  tool_hint: Reading.shape.format.unwrap().optional(),
  schema_dict: SchemaMapping.optional(),
  tier: z.literal('free').default('free'),
  ...common,
});
