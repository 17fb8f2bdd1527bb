import { DRAFT_DEFAULTS, type FindingDraft } from '../../../domain/finding/draft.ts';
import {
  findPersonalData,
  isGenerated,
  type PersonalData,
} from '../../../domain/privacy/find-personal-data.ts';
import { KINDS } from '../../../domain/privacy/kinds.ts';
import { TextLines } from '../../../domain/text/text-lines.ts';
import { Skipped } from '../skipped.ts';
import type { BuiltInScanner } from './built-in-tool.ts';
import { Drafts } from './drafts.ts';
import { sourceFiles } from './source-files.ts';

/** Looks for data of people in every text: what is masked before it is indexed should not be in the source either. */
export const scanPrivacy: BuiltInScanner = async (context) => {
  const skipped = new Skipped();
  const drafts = new Drafts();
  for await (const { path, bytes, texts } of sourceFiles(context, skipped)) {
    if (texts.length === 0) continue;
    if (isGenerated(path)) skipped.add('minified', path);
    else if (bytes.length > MAX_BYTES) skipped.add('file_too_large', path);
    else
      for (const [type, { data, lines }] of inAnyReading(path, texts))
        drafts.add(() => toDraft(path, type, data, lines));
  }
  return drafts.result(VERSION, skipped);
};

const VERSION = '1';

const MAX_BYTES = 16 * 1024 * 1024;

type Found = { readonly data: PersonalData; readonly lines: TextLines };

/** Whichever way of reading the bytes shows the most of a kind. */
function inAnyReading(path: string, texts: readonly string[]): Map<string, Found> {
  const most = new Map<string, Found>();
  for (const text of texts) {
    const lines = new TextLines(text);
    for (const data of findPersonalData(path, text))
      if (data.count > (most.get(data.type)?.data.count ?? 0)) most.set(data.type, { data, lines });
  }
  return most;
}

function toDraft(
  path: string,
  type: string,
  { count, start, end }: PersonalData,
  lines: TextLines,
): FindingDraft {
  const kind = KINDS[type];
  if (kind === undefined) throw new TypeError(`no kind of personal data is called ${type}`);
  const [from, to] = [lines.at(start), lines.at(end)];
  return {
    ...DRAFT_DEFAULTS,
    kind: 'privacy',
    tool: 'privacy',
    rule: kind.rule,
    title: kind.title,
    severity: kind.severity,
    confidence: kind.confidence,
    message:
      count === 1
        ? `The file holds one ${kind.one}`
        : `The file holds ${count} ${kind.many}, the first in this line`,
    location: {
      path,
      start_line: from.line,
      start_column: from.column,
      end_line: to.line,
      end_column: to.column,
    },
    // the rest of the line is about the same person
    snippet: `[${type}]`,
    identifiers: ['CWE-359'],
    fix: 'Take it out of the repository and its history; use made-up data that belongs to nobody.',
  };
}
