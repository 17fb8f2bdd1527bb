import type { Finding } from '../../../contracts/finding.ts';
import { DRAFT_DEFAULTS, type FindingDraft } from '../../../domain/finding/draft.ts';

export const aDraft = (more: Partial<FindingDraft> = {}): FindingDraft => ({
  ...DRAFT_DEFAULTS,
  kind: 'code',
  tool: 'semgrep',
  rule: 'R',
  title: 'Title',
  severity: 'high',
  message: 'm',
  location: at('a.py', 2),
  ...more,
});

export const aFinding = (more: Partial<Finding> = {}): Finding => {
  const fingerprint = more.fingerprint ?? 'f'.repeat(64);
  const draft = aDraft(more);
  return {
    ...draft,
    fingerprint,
    sources: more.sources ?? [{ tool: draft.tool, rule: draft.rule, fingerprint }],
  };
};

export const at = (path: string, line: number | null, columns: readonly [number, number] | null = null) => ({
  path,
  start_line: line,
  start_column: columns?.[0] ?? null,
  end_line: line,
  end_column: columns?.[1] ?? null,
});
