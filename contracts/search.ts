import { z } from 'zod';
import { Severity } from './finding.ts';
import { ComponentId, TestId, WorkspaceId } from './identifiers.ts';

/** A query parameter that may be given once or several times. */
export const many = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item).max(50).optional(),
  );

const filters = {
  kind: many(z.enum(['finding', 'document'])),
  severity: many(Severity),
  rule: many(z.string().min(1).max(256)),
  tool: many(z.string().min(1).max(64)),
  component: many(ComponentId),
  test_id: many(TestId),
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
  kind: z.string(),
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
  captured_at: z.string(),
});
export type SearchHitView = z.infer<typeof SearchHitView>;

export const SearchAnswer = z.object({
  total: z.number().int(),
  hits: z.array(SearchHitView),
  next_cursor: z.string().nullable(),
});
export type SearchAnswer = z.infer<typeof SearchAnswer>;
