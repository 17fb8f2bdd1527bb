import type { Finding } from '../../contracts/finding.ts';
import { createDetector } from '../sanitize/create-detector.ts';
import { DEFAULT_PRIVACY_POLICY } from '../sanitize/default-privacy-policy.ts';
import { indexPolicy } from '../sanitize/index-policy.ts';
import { maskText } from '../sanitize/mask-text.ts';
import { sparing } from '../sanitize/operators/sparing.ts';

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

/** What the index gets to see of findings: nothing personal and no secret, in whatever field a tool has put it. */
export function findingDocuments(
  findings: readonly Finding[],
  origin: Origin,
): { documents: FindingDocument[]; masked: number } {
  let masked = 0;
  const mask = (text: string): string => {
    const found = DETECTOR.detect(text);
    masked += found.length;
    return maskText(text, found);
  };
  // rules, tools and paths are said of thousands of findings
  const known = new Map<string, string>();
  const maskName = (name: string): string => {
    const safe = known.get(name) ?? mask(name);
    if (known.size < MOST_KNOWN) known.set(name, safe);
    return safe;
  };
  const documents = findings.map((finding) => ({
    id: `${origin.testId}/${finding.fingerprint}`,
    kind: 'finding' as const,
    title: mask(finding.title),
    text: `${mask(finding.message)}\n${mask(finding.snippet ?? '')}`,
    severity: finding.severity,
    rule: maskName(finding.rule),
    tool: maskName(finding.tool),
    ...(finding.location === null ? {} : { path: maskName(finding.location.path) }),
    extra: {
      ...(finding.location?.start_line == null ? {} : { start_line: finding.location.start_line }),
      fingerprint: finding.fingerprint,
    },
    ...origin,
  }));
  return { documents, masked };
}

const POLICY = indexPolicy(DEFAULT_PRIVACY_POLICY);
const DETECTOR = sparing(createDetector(POLICY, 'documents', 'anybodys'), POLICY);
const MOST_KNOWN = 20_000;
