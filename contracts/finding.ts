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

export const FINDING_KINDS = [
  'code',
  'secret',
  'vulnerability',
  'license',
  'privacy',
  'config',
  'hygiene',
  'dast',
] as const;
export const FindingKind = z.enum(FINDING_KINDS);
export type FindingKind = z.infer<typeof FindingKind>;

export const Fingerprint = z.string().regex(/^[0-9a-f]{64}$/);

const position = z.number().int().min(1).nullable();

/** Where in the source. A finding about a whole file has no line. */
export const Location = z.object({
  /** Relative to the source's root, "/" between its parts. */
  path: z.string(),
  start_line: position,
  start_column: position,
  end_line: position,
  end_column: position,
});
export type Location = z.infer<typeof Location>;

/** Each finding carries them along from scan to scan. */
export const MAX_FORMER_NAMES = 50;

/** Who else saw the same issue, and by which name. */
export const FindingSource = z.object({ tool: z.string(), rule: z.string(), fingerprint: Fingerprint });
export type FindingSource = z.infer<typeof FindingSource>;

/** One issue, whichever tool found it. Never holds the secret or the personal data it speaks of. */
export const Finding = z.object({
  /** The same issue tomorrow has the same fingerprint, also when its line has moved. */
  fingerprint: Fingerprint,
  kind: FindingKind,
  tool: z.string(),
  rule: z.string(),
  title: z.string(),
  severity: Severity,
  /** The severity in the tool's own words, for who wants to compare. */
  source_severity: z.string().nullable(),
  /** 0 to 10, as CVSS counts, when the tool gave one. */
  score: z.number().min(0).max(10).nullable(),
  confidence: z.enum(['high', 'medium', 'low']).nullable(),
  message: z.string(),
  location: Location.nullable(),
  /** The line of the finding, with what must not be shown masked. */
  snippet: z.string().nullable(),
  related_locations: z.array(Location),
  /** Each the way of a value from where it comes in to where it does harm. */
  flows: z.array(z.array(Location)),
  /** CWE-79, CVE-2024-1, GHSA-…, upper case but for the GHSA's own letters. */
  identifiers: z.array(z.string()),
  package: z
    .object({ name: z.string(), version: z.string().nullable(), purl: z.string().nullable() })
    .nullable(),
  fix: z.string().nullable(),
  /** Set when the tool or the code says that this one is meant to be so. */
  suppressed: z
    .object({ kind: z.enum(['in_source', 'external']), justification: z.string().nullable() })
    .nullable(),
  /** Every tool that saw it, this finding's own first. */
  sources: z.array(FindingSource).min(1),
  /** Names that it had in earlier scans, the newest first: what was decided under them still holds. */
  former_fingerprints: z.array(Fingerprint).max(MAX_FORMER_NAMES).optional(),
});
export type Finding = z.infer<typeof Finding>;

export const FindingsDocument = z.object({
  schema: z.literal('https://certus.dev/findings/v1'),
  findings: z.array(Finding),
});
export type FindingsDocument = z.infer<typeof FindingsDocument>;
