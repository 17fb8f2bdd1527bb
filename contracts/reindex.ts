import { z } from 'zod';

export const ReindexRequest = z.strictObject({
  /** Also when the index has the form that this release writes. */
  anew: z.boolean().default(false),
  /** Deletes what was searched before, once it is done. */
  drop_kept: z.boolean().default(false),
});
export type ReindexRequest = z.infer<typeof ReindexRequest>;

export const ReindexInput = z.object({ anew: z.boolean(), dropKept: z.boolean() });
export type ReindexInput = z.infer<typeof ReindexInput>;

export const IndexStatusView = z.object({
  engine: z.enum(['postgres', 'opensearch']),
  /** What is searched. */
  index: z.string(),
  version: z.number().int(),
  wanted_version: z.number().int(),
  documents: z.number().int(),
  state: z.enum(['current', 'outdated', 'reindexing']),
  /** How many have the form that is wanted. */
  converted: z.number().int(),
  /** Earlier indexes that are still there. */
  kept: z.array(z.string()),
  /** The last time that it was asked for, as far as it is remembered. */
  run: z
    .object({
      state: z.enum(['running', 'done', 'failed']),
      started_at: z.iso.datetime(),
      error: z.object({ code: z.string(), message: z.string() }).nullable(),
    })
    .nullable(),
});
export type IndexStatusView = z.infer<typeof IndexStatusView>;
