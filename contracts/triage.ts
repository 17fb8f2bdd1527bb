import { z } from 'zod';
import { Fingerprint } from './finding.ts';

/** What people have decided about a finding. `accepted` ends at a date; `fixed` is a claim that the next scan tests. */
export const TriageState = z.enum(['open', 'false_positive', 'accepted', 'fixed']);
export type TriageState = z.infer<typeof TriageState>;

export const Triage = z.object({
  fingerprint: Fingerprint,
  state: TriageState,
  reason: z.string(),
  actor: z.string(),
  /** After this an `accepted` finding counts again, ISO 8601. */
  until: z.string().nullable(),
  decided_at: z.string(),
});
export type Triage = z.infer<typeof Triage>;

/** How a finding stands to the baseline, the component's last completed scan. */
export const Change = z.enum(['new', 'unchanged', 'moved', 'fixed']);
export type Change = z.infer<typeof Change>;

export const ChangeCounts = z.object({
  new: z.number().int(),
  unchanged: z.number().int(),
  moved: z.number().int(),
  fixed: z.number().int(),
});
export type ChangeCounts = z.infer<typeof ChangeCounts>;
