import type { Location } from '../../../contracts/finding.ts';
import { DRAFT_DEFAULTS, type FindingDraft } from '../../../domain/finding/draft.ts';
import type { Finding } from '../../../domain/sast/analyse.ts';
import type { Span } from '../../../domain/sast/program.ts';
import { type Analysed, analyseText, isAnalysed, isMinified } from '../../../domain/sast/scan-text.ts';
import { readSuppressions, reasonFor, type Suppressions } from '../../../domain/sast/suppressions.ts';
import { maskSecrets } from '../../../domain/secrets/mask-secrets.ts';
import { oneLine } from '../../../domain/text/one-line.ts';
import type { TextLines } from '../../../domain/text/text-lines.ts';
import { Skipped } from '../skipped.ts';
import type { BuiltInScanner } from './built-in-tool.ts';
import { Drafts } from './drafts.ts';
import { sourceFiles } from './source-files.ts';

/** Follows what comes from outside through JavaScript, TypeScript and Python, and knows calls that are dangerous alone. */
export const scanCode: BuiltInScanner = async (context) => {
  const skipped = new Skipped();
  const drafts = new Drafts();
  for await (const { path, bytes, texts } of sourceFiles(context, skipped, isAnalysed)) {
    const [text] = texts;
    if (text === undefined) continue;
    const analysed = examine(path, bytes.length, text, skipped);
    if (analysed === null) continue;
    const suppressions = readSuppressions(text);
    for (const finding of analysed.findings)
      drafts.add(() => toDraft(path, analysed.lines, suppressions, finding));
  }
  return drafts.result(VERSION, skipped);
};

const VERSION = '1';

/** More than a person writes into one file; the time to read a program grows with its size. */
const MAX_BYTES = 1024 * 1024;

function examine(path: string, size: number, text: string, skipped: Skipped): Analysed | null {
  if (size > MAX_BYTES) skipped.add('file_too_large', path);
  else if (isMinified(path, text)) skipped.add('minified', path);
  else {
    const analysed = analyseText(path, text);
    if (analysed === null) skipped.add('not_parsed', path);
    else if (!analysed.isWhole) skipped.add('partly_parsed', path);
    return analysed;
  }
  return null;
}

function toDraft(
  path: string,
  lines: TextLines,
  suppressions: Suppressions,
  { rule, hit, ...span }: Finding,
): FindingDraft {
  const location = locate(path, lines, span);
  const line = location.start_line ?? 1;
  const reason = reasonFor(suppressions, line, rule.id);
  const { taint } = hit;
  return {
    ...DRAFT_DEFAULTS,
    kind: 'code',
    tool: 'sast',
    rule: rule.id,
    title: rule.title,
    severity: taint?.isLocal ? 'medium' : rule.severity,
    confidence: taint?.isLocal ? 'low' : rule.confidence,
    message:
      taint === undefined ? rule.message : `${rule.message} (it comes from ${oneLine(taint.source, 100)})`,
    location,
    snippet: snippetOf(lines, line, location.start_column ?? 1, hit.secret),
    flows: taint === undefined ? [] : [[...taint.steps, span].map((step) => locate(path, lines, step))],
    identifiers: [...rule.cwe],
    fix: rule.fix,
    suppressed:
      reason === undefined ? null : { kind: 'in_source', justification: oneLine(maskSecrets(reason), 500) },
  };
}

function locate(path: string, lines: TextLines, { start, end }: Span): Location {
  const [from, to] = [lines.at(start), lines.at(end)];
  return { path, start_line: from.line, start_column: from.column, end_line: to.line, end_column: to.column };
}

function snippetOf(lines: TextLines, line: number, column: number, secret: Span | undefined): string {
  const shown = lines.line(line, column);
  const value = secret === undefined ? '' : (lines.text.slice(secret.start, secret.end).split('\n')[0] ?? '');
  return maskSecrets(value.length < 3 ? shown : shown.replaceAll(value, '*'.repeat(value.length)));
}
