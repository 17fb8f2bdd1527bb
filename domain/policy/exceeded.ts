import { SEVERITIES, type SeverityCounts } from '../../contracts/finding.ts';
import type { Thresholds } from '../../contracts/manifest.ts';

/** What is over its limit, worst first. */
export function exceeded(counts: SeverityCounts, thresholds: Thresholds): string[] {
  return SEVERITIES.flatMap((severity) => {
    const limit = severity === 'info' ? undefined : thresholds[severity];
    const count = counts[severity];
    return limit !== undefined && count > limit
      ? [`${severity} findings exceeded threshold (${count} > ${limit})`]
      : [];
  });
}
