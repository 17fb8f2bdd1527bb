import type { Severity } from '../../../contracts/finding.ts';
import { DRAFT_DEFAULTS } from '../draft.ts';
import { type JsonObject, objectOf, positionOf, textOf } from '../reading/json-values.ts';
import { kindOf } from '../reading/kind-of.ts';
import { spokenName } from '../reading/spoken-name.ts';
import { draftsOf, type NativeReader, unlike } from './native-reader.ts';

export const readRuff: NativeReader = (report, context) => {
  if (!Array.isArray(report)) throw unlike('ruff');
  const readable = report.filter((entry) => !noteUnparsed(objectOf(entry), context));
  const drafts = draftsOf(readable, '', context, (result) => {
    const [rule, file, message] = [textOf(result.code), textOf(result.filename), textOf(result.message)];
    if (rule === undefined || file === undefined || message === undefined) return undefined;
    const [start, end] = [objectOf(result.location), objectOf(result.end_location)];
    return {
      ...DRAFT_DEFAULTS,
      kind: kindOf({ tool: context.tool, rule, tags: [], identifiers: [] }),
      tool: context.tool,
      rule,
      title: spokenName(textOf(result.name) ?? rule),
      severity: severityOf(rule),
      source_severity: textOf(result.severity) ?? null,
      message,
      location: {
        path: context.path(file),
        start_line: positionOf(start.row),
        start_column: positionOf(start.column),
        end_line: positionOf(end.row),
        end_column: positionOf(end.column),
      },
      fix: textOf(objectOf(result.fix).message) ?? null,
    };
  });
  return { drafts, toolVersion: null };
};

/** A file that is no Python has not been searched, which is something else than clean. */
function noteUnparsed(entry: JsonObject, { problems, path }: Parameters<NativeReader>[1]): boolean {
  const file = textOf(entry.filename);
  const code = textOf(entry.code);
  if (
    file === undefined ||
    textOf(entry.message) === undefined ||
    (code !== undefined && code !== 'invalid-syntax')
  )
    return false;
  problems.add('not_searched', `the file cannot be parsed: ${entry.message}`, path(file));
  return true;
}

/** ruff calls each of its rules an error; these are the weights that bandit, whose rules they are, gives them. */
function severityOf(rule: string): Severity {
  if (HIGH.has(rule)) return 'high';
  return LOW.test(rule) ? 'low' : 'medium';
}

const HIGH: ReadonlySet<string> = new Set([
  'S201',
  'S202',
  'S324',
  'S501',
  'S502',
  'S503',
  'S505',
  'S602',
  'S604',
  'S605',
  'S609',
  'S612',
  'S701',
]);
const LOW = /^S(?:101|105|106|107|110|112|311|4\d\d|603|606|607)$/;
