import { DRAFT_DEFAULTS } from '../draft.ts';
import {
  isObject,
  type JsonObject,
  listOf,
  numberOf,
  objectOf,
  positionOf,
  textOf,
} from '../reading/json-values.ts';
import { kindOf } from '../reading/kind-of.ts';
import { confidenceOfWord, severityOfWord } from '../reading/severity-scale.ts';
import { spokenName } from '../reading/spoken-name.ts';
import { draftsOf, type NativeReader, unlike } from './native-reader.ts';

export const readBandit: NativeReader = (report, context) => {
  if (!isObject(report) || !Array.isArray(report.results)) throw unlike('bandit');
  for (const error of listOf(report.errors).map(objectOf)) {
    const path = textOf(error.filename);
    context.problems.add(
      'not_searched',
      textOf(error.reason) ?? 'bandit could not read the file',
      path === undefined ? undefined : context.path(path),
    );
  }
  const drafts = draftsOf(report.results, 'results', context, (result) => {
    const [rule, file, message] = [
      textOf(result.test_id),
      textOf(result.filename),
      textOf(result.issue_text),
    ];
    if (rule === undefined || file === undefined || message === undefined) return undefined;
    const cwe = numberOf(objectOf(result.issue_cwe).id);
    const identifiers = cwe === undefined ? [] : [`CWE-${cwe}`];
    const severity = textOf(result.issue_severity);
    return {
      ...DRAFT_DEFAULTS,
      kind: kindOf({ tool: context.tool, rule, tags: [], identifiers }),
      tool: context.tool,
      rule,
      title: titleOf(textOf(result.test_name), message),
      severity: severityOfWord(severity) ?? 'medium',
      source_severity: severity ?? null,
      confidence: confidenceOfWord(textOf(result.issue_confidence)),
      message,
      location: placeOf(result, context.path(file)),
      snippet: lineOf(result),
      identifiers,
    };
  });
  return { drafts, toolVersion: null };
};

/** What is on one of bandit's lists is called by the list's name, which says nothing. */
const titleOf = (name: string | undefined, message: string): string =>
  name === undefined || name === 'blacklist'
    ? (message.split(/(?<=[.!?])\s/)[0] ?? message)
    : spokenName(name);

/** bandit counts columns from nought. */
function placeOf(result: JsonObject, path: string) {
  const line = positionOf(result.line_number);
  const range = listOf(result.line_range).map(positionOf);
  const column = (offset: unknown) => {
    const number = numberOf(offset);
    return line === null || number === undefined ? null : positionOf(number + 1);
  };
  const end = line === null ? null : Math.max(line, range.at(-1) ?? line);
  return {
    path,
    start_line: line,
    start_column: column(result.col_offset),
    end_line: end,
    end_column: column(result.end_col_offset),
  };
}

/** The code is shown with its neighbours, each line behind its number. */
function lineOf(result: JsonObject): string | null {
  const number = positionOf(result.line_number);
  const line = (textOf(result.code) ?? '').split('\n').find((text) => text.startsWith(`${number} `));
  return line === undefined ? null : line.slice(`${number} `.length);
}
