import type { Finding, Severity } from '../../contracts/finding.ts';
import { DRAFT_DEFAULTS, type FindingDraft } from './draft.ts';
import { fingerprinted } from './fingerprint.ts';
import { hideSecrets, type Span } from './hide-secrets.ts';

/** A match as the secret scanner reports it, with the secret in it. */
export type SecretMatch = {
  readonly rule: string;
  readonly family: string;
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly values: readonly string[];
  /** Where the rule itself knows better than its name. */
  readonly severity?: Severity;
  readonly confidence?: 'high' | 'medium' | 'low';
};

/** Turns the matches in one file into findings that no longer hold any secret of that file. */
export const toFindings = (path: string, content: string, matches: readonly SecretMatch[]): Finding[] =>
  fingerprinted(secretDrafts(path, content, matches));

/** The same, still without names, as scanners of our own hand them over. */
export function secretDrafts(path: string, content: string, matches: readonly SecretMatch[]): FindingDraft[] {
  if (matches.length === 0) return [];
  const lines = lineStarts(content);
  const placed = matches
    .map((match) => ({ match, span: place(content, match) }))
    .sort((a, b) => a.span[0] - b.span[0] || (a.match.rule < b.match.rule ? -1 : 1));
  const secrets = placed.flatMap(({ match, span }) =>
    match.values.length > 0 ? match.values : [content.slice(...span)],
  );
  const show = hideSecrets(
    content,
    secrets,
    placed.map(({ span }) => span),
  );
  // a file may bear its secret as its name, too
  const shownPath = hideSecrets(path, secrets, [])(0, path.length);
  return placed.map(({ match, span: [start, end] }): FindingDraft => {
    const from = position(lines, start);
    const to = position(lines, end);
    return {
      ...DRAFT_DEFAULTS,
      kind: 'secret',
      tool: 'secrets',
      rule: match.rule,
      title: TITLE(match),
      severity: match.severity ?? severityOf(match.rule),
      confidence: match.confidence ?? null,
      message: `${TITLE(match)} in ${shownPath}`,
      location: {
        path: shownPath,
        start_line: from.line,
        start_column: from.column,
        end_line: to.line,
        end_column: to.column,
      },
      snippet: show(...lineAround(content, lines, start)).trimEnd(),
    };
  });
}

/** The scanner's own range sometimes begins at the line and not at the secret, so the value itself is looked up. */
function place(content: string, { start, end, values }: SecretMatch): Span {
  const longest = values.toSorted((a, b) => b.length - a.length)[0];
  // not far behind the range: a search through the whole rest for each match would take for ever
  const at = longest === undefined ? -1 : content.slice(start, end + longest.length).indexOf(longest);
  return longest === undefined || at === -1 ? [start, end] : [start + at, start + at + longest.length];
}

function lineStarts(content: string): number[] {
  const starts = [0];
  for (let at = content.indexOf('\n'); at !== -1; at = content.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function position(lines: readonly number[], offset: number): { line: number; column: number } {
  let [low, high] = [0, lines.length];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((lines[middle] as number) <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: offset - (lines[low] as number) + 1 };
}

/** The line around an offset; a minified file has lines of megabytes, of which a part must do. */
function lineAround(content: string, lines: readonly number[], offset: number): Span {
  const { line } = position(lines, offset);
  const end = lines[line] === undefined ? content.length : lines[line] - 1;
  return [Math.max(lines[line - 1] as number, offset - 120), Math.min(end, offset + 240)];
}

/** The rule's own words before the colon; what follows it is the secret. */
const TITLE = ({ message, rule, values }: SecretMatch): string => {
  const words = message
    .split(':')[0]
    ?.replace(/^found /i, '')
    .trim();
  if (!words || values.some((value) => words.includes(value))) return rule;
  return `${words[0]?.toUpperCase()}${words.slice(1)}`;
};

/** Keys that open everything behind them first; a bare identifier only helps whoever has the key already. */
function severityOf(rule: string): Severity {
  if (/private_?key|secret_?access_?key/i.test(rule)) return 'critical';
  if (/access_?key_?id|account_?id/i.test(rule)) return 'medium';
  return 'high';
}
