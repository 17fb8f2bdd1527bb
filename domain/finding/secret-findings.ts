import type { Finding, Severity } from '../../contracts/finding.ts';
import { fingerprints } from './fingerprint.ts';

/** A match as the secret scanner reports it, with the secret in it. */
export type SecretMatch = {
  readonly rule: string;
  readonly family: string;
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly values: readonly string[];
};

type Draft = Omit<Finding, 'fingerprint'>;

/** Turns the matches in one file into findings that no longer hold any secret of that file. */
export function toFindings(path: string, content: string, matches: readonly SecretMatch[]): Finding[] {
  if (matches.length === 0) return [];
  const masked = maskAll(content, matches);
  const drafts = matches.map((match) => toDraft(path, content, masked, match)).sort(byPlace);
  const marks = fingerprints(
    drafts.map(({ rule, location, snippet }) => ({ rule, path: location.path, snippet })),
  );
  return drafts.map((draft, at) => ({ ...draft, fingerprint: marks[at] as string }));
}

function toDraft(path: string, content: string, masked: string, match: SecretMatch): Draft {
  const [start, end] = place(content, match);
  const from = position(content, start);
  const to = position(content, end);
  return {
    tool: 'secrets',
    rule: match.rule,
    title: TITLE(match),
    severity: severityOf(match.rule),
    message: `${TITLE(match)} in ${path}`,
    location: {
      path,
      start_line: from.line,
      start_column: from.column,
      end_line: to.line,
      end_column: to.column,
    },
    snippet: lineAt(masked, start),
  };
}

/**
 * The scanner's own range sometimes begins at the line and not at the secret, so the value itself is looked up, and
 * every occurrence of it is masked. Length is kept: columns stay right.
 */
function maskAll(content: string, matches: readonly SecretMatch[]): string {
  let masked = content;
  for (const match of matches) {
    for (const value of match.values) masked = masked.replaceAll(value, stars(value));
    const [start, end] = place(content, match);
    masked = masked.slice(0, start) + stars(masked.slice(start, end)) + masked.slice(end);
  }
  return masked;
}

function place(content: string, { start, end, values }: SecretMatch): [number, number] {
  const longest = values.toSorted((a, b) => b.length - a.length)[0];
  const at = longest === undefined ? -1 : content.indexOf(longest, start);
  return longest === undefined || at === -1 ? [start, end] : [at, at + longest.length];
}

/** White space stays, so that lines stay lines. */
const stars = (text: string): string => text.replace(/\S/g, '*');

function position(content: string, offset: number): { line: number; column: number } {
  const before = content.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let at = before.indexOf('\n'); at !== -1; at = before.indexOf('\n', at + 1)) line += 1;
  return { line, column: offset - lineStart + 1 };
}

/** The line around an offset; a minified file has lines of megabytes, of which a part must do. */
function lineAt(content: string, offset: number): string {
  const start = Math.max(content.lastIndexOf('\n', offset - 1) + 1, offset - 120);
  const end = content.indexOf('\n', offset);
  return content.slice(start, Math.min(end === -1 ? content.length : end, start + 240)).trimEnd();
}

/** The rule's own words before the colon; what follows it is the secret. */
const TITLE = ({ message, rule }: SecretMatch): string => {
  const words = message
    .split(':')[0]
    ?.replace(/^found /i, '')
    .trim();
  return words ? `${words[0]?.toUpperCase()}${words.slice(1)}` : rule;
};

/** Keys that open everything behind them first; a bare identifier only helps whoever has the key already. */
function severityOf(rule: string): Severity {
  if (/private_?key|secret_?access_?key/i.test(rule)) return 'critical';
  if (/access_?key_?id|account_?id/i.test(rule)) return 'medium';
  return 'high';
}

const byPlace = (a: Draft, b: Draft): number =>
  a.location.start_line - b.location.start_line ||
  a.location.start_column - b.location.start_column ||
  (a.rule < b.rule ? -1 : 1);
