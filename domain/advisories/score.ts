import cvss from 'ae-cvss-calculator';
import type { Severity } from '../../contracts/finding.ts';

type Rating = { readonly type: string; readonly score: string };

/** The base score of the newest kind of CVSS vector that is given and whole; null when there is none. */
export function scoreOf(ratings: readonly Rating[]): number | null {
  for (const [prefix, Vector] of VECTORS) {
    for (const { score } of ratings) {
      const base =
        score.startsWith(prefix) && score.length <= MAX_VECTOR ? baseScore(Vector, score) : undefined;
      if (base !== undefined && base >= 0 && base <= 10) return base;
    }
  }
  return null;
}

function baseScore(Vector: (typeof VECTORS)[number][1], text: string): number | undefined {
  try {
    const vector = new Vector(text);
    return vector.isBaseFullyDefined() ? vector.calculateScores().overall : undefined;
  } catch {
    // The calculator's one way to say that a text is no vector; who wrote it is not to stop the scan.
    return undefined;
  }
}

const VECTORS = [
  ['CVSS:4.0/', cvss.Cvss4P0],
  ['CVSS:3.1/', cvss.Cvss3P1],
  ['CVSS:3.0/', cvss.Cvss3P0],
] as const;
const MAX_VECTOR = 512;

/** CVSS's own words for its scores. */
export function severityOfScore(score: number): Severity {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 ? 'low' : 'info';
}

/** The words that publishers have; null for what is none of them. */
export function severityOfLabel(label: string | null): Severity | null {
  return LABELS.get((label ?? '').toLowerCase()) ?? null;
}

const LABELS: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'critical'],
  ['high', 'high'],
  ['important', 'high'],
  ['moderate', 'medium'],
  ['medium', 'medium'],
  ['low', 'low'],
  ['negligible', 'info'],
  ['unimportant', 'info'],
]);
