import type { Finding } from '../../contracts/finding.ts';

/**
 * What a reader of a tool's output, or a scanner of our own, says of one issue. Its name, and who else saw it, are decided
 * later, over all of them together.
 */
export type FindingDraft = Omit<Finding, 'fingerprint' | 'sources'> & {
  /** What the tool itself says identifies the issue; only believed when no other of its report has the same. */
  readonly nativeFingerprint?: string;
};

/** Everything a draft may leave unsaid. */
export const DRAFT_DEFAULTS = {
  source_severity: null,
  score: null,
  confidence: null,
  location: null,
  snippet: null,
  related_locations: [],
  flows: [],
  identifiers: [],
  package: null,
  fix: null,
  suppressed: null,
} as const satisfies Partial<FindingDraft>;
