import type { Finding, Severity } from '../../../contracts/finding.ts';

/** The bands of CVSS. */
export function severityOfScore(score: number): Severity {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 ? 'low' : 'info';
}

/** A score is believed within its scale only. */
export const scoreOf = (number: number | undefined): number | null =>
  number !== undefined && number >= 0 && number <= 10 ? number : null;

/** The words of all tools for how bad something is. */
export const severityOfWord = (word: string | undefined): Severity | undefined =>
  word === undefined ? undefined : WORDS.get(word.trim().toLowerCase());

const WORDS: ReadonlyMap<string, Severity> = new Map<string, Severity>([
  ...list('critical', 'critical', 'blocker', 'very-high', 'fatal'),
  ...list('high', 'high', 'important', 'error', 'major'),
  ...list('medium', 'medium', 'moderate', 'warning', 'warn'),
  ...list('low', 'low', 'minor', 'note', 'recommendation', 'style'),
  ...list('info', 'info', 'information', 'informational', 'none', 'negligible', 'hint'),
]);

function list(severity: Severity, ...words: string[]): [string, Severity][] {
  return words.map((word) => [word, severity]);
}

export const confidenceOfWord = (word: string | undefined): Finding['confidence'] =>
  word === undefined ? null : (CONFIDENCE.get(word.trim().toLowerCase()) ?? null);

const CONFIDENCE = new Map<string, 'high' | 'medium' | 'low'>([
  ['very-high', 'high'],
  ['high', 'high'],
  ['certain', 'high'],
  ['medium', 'medium'],
  ['firm', 'medium'],
  ['low', 'low'],
  ['tentative', 'low'],
]);
