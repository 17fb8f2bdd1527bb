import { z } from 'zod';
import { Severity } from './finding.ts';
import { ComponentId, Sha256, TestId, WorkspaceId } from './identifiers.ts';
import { MetadataEnvelope, RecordKind } from './index-record.ts';
import { IngestionId, SourceId } from './ingestion.ts';

/** A query parameter that may be given once or several times. */
export const many = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item).max(50).optional(),
  );

/** A day is its first moment. */
const Moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .refine((time) => Date.parse(time) >= 0, 'is before 1970');

const filters = {
  kind: many(RecordKind),
  severity: many(Severity),
  rule: many(z.string().min(1).max(256)),
  tool: many(z.string().min(1).max(64)),
  component: many(ComponentId),
  test_id: many(TestId),
  package: many(z.string().min(1).max(512)),
  licenses: many(z.string().min(1).max(256)),
  source: many(z.string().min(1).max(64)),
  source_id: many(SourceId),
  ingestion_id: many(IngestionId),
  document_id: many(Sha256),
  language: many(z.string().min(2).max(35)),
  /** Captured then or later, */
  captured_from: Moment.optional(),
  /** and before this. */
  captured_to: Moment.optional(),
};

/** Values of one field are alternatives; different fields must all match. */
export const SearchFilters = z.strictObject(filters);
export type SearchFilters = z.infer<typeof SearchFilters>;

export const SearchParameters = z.strictObject({
  workspace_id: WorkspaceId.default('default'),
  q: z.string().trim().max(1000).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(256).optional(),
  ...filters,
});
export type SearchParameters = z.infer<typeof SearchParameters>;

export const SearchHitView = z.object({
  id: z.string(),
  kind: RecordKind,
  title: z.string(),
  text: z.string(),
  highlights: z.array(z.string()),
  score: z.number(),
  severity: z.string().optional(),
  rule: z.string().optional(),
  tool: z.string().optional(),
  path: z.string().optional(),
  start_line: z.number().int().optional(),
  component_id: z.string().optional(),
  test_id: z.string().optional(),
  fingerprint: z.string().optional(),
  package: z.string().optional(),
  package_version: z.string().optional(),
  licenses: z.array(z.string()).optional(),
  source: z.string().optional(),
  source_id: z.string().optional(),
  location: z.string().optional(),
  ingestion_id: z.string().optional(),
  document_id: z.string().optional(),
  language: z.string().optional(),
  labels: z.array(z.string()).optional(),
  envelope: MetadataEnvelope.optional(),
  captured_at: z.string(),
});
export type SearchHitView = z.infer<typeof SearchHitView>;

export const SearchAnswer = z.object({
  total: z.number().int(),
  hits: z.array(SearchHitView),
  next_cursor: z.string().nullable(),
});
export type SearchAnswer = z.infer<typeof SearchAnswer>;
