import { hash } from 'node:crypto';
import type { Finding } from '../../../contracts/finding.ts';

export const fingerprintOf = (name: string): string => hash('sha256', name);

/** A finding with nothing special about it but what is said. */
export function findingOf(about: Partial<Finding> = {}): Finding {
  const rule = about.rule ?? 'js/eval';
  const tool = about.tool ?? 'sast';
  const fingerprint = about.fingerprint ?? fingerprintOf(`${tool} ${rule}`);
  return {
    fingerprint,
    kind: 'code',
    tool,
    rule,
    title: 'Code from a string',
    severity: 'medium',
    source_severity: null,
    score: null,
    confidence: null,
    message: 'A string is run as code.',
    location: { path: 'src/a.js', start_line: 1, start_column: 1, end_line: 1, end_column: 9 },
    snippet: 'eval(text)',
    related_locations: [],
    flows: [],
    identifiers: [],
    package: null,
    fix: null,
    suppressed: null,
    sources: [{ tool, rule, fingerprint }],
    ...about,
  };
}
