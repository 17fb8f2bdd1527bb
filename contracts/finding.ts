import { z } from 'zod';

/** From worst to least; the order is the ranking. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export const Severity = z.enum(SEVERITIES);
export type Severity = z.infer<typeof Severity>;

export const SeverityCounts = z.object({
  critical: z.number().int().min(0),
  high: z.number().int().min(0),
  medium: z.number().int().min(0),
  low: z.number().int().min(0),
  info: z.number().int().min(0),
});
export type SeverityCounts = z.infer<typeof SeverityCounts>;

/** One issue, whichever tool found it. Never holds the secret or the personal data it speaks of. */
export const Finding = z.object({
  /** The same issue tomorrow has the same fingerprint, also when its line has moved. */
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  tool: z.string(),
  rule: z.string(),
  title: z.string(),
  severity: Severity,
  message: z.string(),
  location: z.object({
    path: z.string(),
    start_line: z.number().int().min(1),
    start_column: z.number().int().min(1),
    end_line: z.number().int().min(1),
    end_column: z.number().int().min(1),
  }),
  /** The line of the finding, with what must not be shown masked. */
  snippet: z.string(),
});
export type Finding = z.infer<typeof Finding>;

export const FindingsDocument = z.object({
  schema: z.literal('https://certus.dev/findings/v1'),
  findings: z.array(Finding),
});
export type FindingsDocument = z.infer<typeof FindingsDocument>;
