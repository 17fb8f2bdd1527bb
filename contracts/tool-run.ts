import { z } from 'zod';
import { Isolation, Tool, ToolOutcome } from './tools.ts';

/** The data a tool judged by, which ages: whose it is, and of when. */
export const ToolData = z.object({ name: z.string(), updated_at: z.string().nullable() });
export type ToolData = z.infer<typeof ToolData>;

/** What became of one tool in one run, as the evidence and the API tell it. */
export const ToolRun = z.object({
  /** `sarif` stands for results that were brought along. */
  tool: z.union([Tool, z.literal('sarif')]),
  title: z.string(),
  version: z.string().nullable(),
  required: z.boolean(),
  outcome: ToolOutcome,
  /** Why it did not complete; null when it did. */
  reason: z.string().nullable(),
  exit_code: z.number().int().nullable(),
  seconds: z.number(),
  /** Before the same issue from several tools became one. */
  findings: z.number().int(),
  reports: z.array(z.string()),
  isolation: Isolation.nullable(),
  data: ToolData.nullable(),
});
export type ToolRun = z.infer<typeof ToolRun>;

/** Having nothing to look at is as good as having looked. */
export const hasLooked = ({ outcome }: Pick<ToolRun, 'outcome'>): boolean =>
  outcome === 'completed' || outcome === 'not_relevant';
