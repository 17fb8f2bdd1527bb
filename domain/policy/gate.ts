import type { PolicyResult } from '../../contracts/bundle.ts';
import { type Finding, SEVERITIES, type SeverityCounts } from '../../contracts/finding.ts';
import type { Profile } from '../../contracts/manifest.ts';

/** Holds the findings against the profile's thresholds. The scan itself completes either way. */
export function gate(findings: readonly Finding[], profile: Profile): PolicyResult {
  const counts = countSeverities(findings);
  const violations = SEVERITIES.flatMap((severity) => {
    const limit = severity === 'info' ? undefined : profile.thresholds[severity];
    const count = counts[severity];
    return limit !== undefined && count > limit
      ? [`${severity} findings exceeded threshold (${count} > ${limit})`]
      : [];
  });
  return {
    passed: violations.length === 0,
    profile: profile.name,
    thresholds: profile.thresholds,
    counts,
    violations,
  };
}

export function countSeverities(findings: readonly Finding[]): SeverityCounts {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return counts;
}
