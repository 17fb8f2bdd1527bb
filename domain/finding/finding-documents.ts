import type { Finding } from '../../contracts/finding.ts';
import { maskPersonalData } from '../sanitize/mask.ts';

export type FindingDocument = {
  readonly id: string;
  readonly kind: 'finding';
  readonly title: string;
  readonly text: string;
  readonly severity: string;
  readonly rule: string;
  readonly tool: string;
  readonly path?: string;
  readonly component: string;
  readonly testId: string;
  readonly extra: { readonly start_line?: number; readonly fingerprint: string };
  readonly capturedAt: string;
};

type Origin = { readonly component: string; readonly testId: string; readonly capturedAt: string };

/** What the index gets to see of findings: free text and paths without personal data. */
export function findingDocuments(
  findings: readonly Finding[],
  origin: Origin,
): { documents: FindingDocument[]; masked: number } {
  let masked = 0;
  const mask = (text: string): string => {
    const { text: safe, counts } = maskPersonalData(text);
    masked += Object.values(counts).reduce((sum, count) => sum + count, 0);
    return safe;
  };
  const documents = findings.map((finding) => ({
    id: `${origin.testId}/${finding.fingerprint}`,
    kind: 'finding' as const,
    title: mask(finding.title),
    text: `${mask(finding.message)}\n${mask(finding.snippet ?? '')}`,
    severity: finding.severity,
    rule: finding.rule,
    tool: finding.tool,
    ...(finding.location === null ? {} : { path: mask(finding.location.path) }),
    extra: {
      ...(finding.location?.start_line == null ? {} : { start_line: finding.location.start_line }),
      fingerprint: finding.fingerprint,
    },
    ...origin,
  }));
  return { documents, masked };
}
