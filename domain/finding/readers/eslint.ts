import { DRAFT_DEFAULTS, type FindingDraft } from '../draft.ts';
import { isObject, type JsonObject, listOf, objectOf, positionOf, textOf } from '../reading/json-values.ts';
import { kindOf } from '../reading/kind-of.ts';
import { draftsOf, type NativeReader, type ReaderContext, unlike } from './native-reader.ts';

export const readEslint: NativeReader = (report, context) => {
  if (!Array.isArray(report)) throw unlike('eslint');
  const drafts = report.flatMap((file, at) => {
    const path = isObject(file) ? textOf(file.filePath) : undefined;
    if (!isObject(file) || path === undefined) {
      context.problems.add('malformed_result', 'the entry names no file', `[${at}]`);
      return [];
    }
    const shown = context.path(path);
    const source = textOf(file.source)?.split('\n');
    const messages = listOf(file.messages).filter(
      (message) => !noteUnparsed(objectOf(message), shown, context),
    );
    const read = (message: JsonObject) => draftOf(message, shown, source, context.tool);
    return [
      ...draftsOf(messages, `[${at}].messages`, context, read),
      ...draftsOf(file.suppressedMessages, `[${at}].suppressedMessages`, context, read),
    ];
  });
  return { drafts, toolVersion: null };
};

function noteUnparsed(message: JsonObject, path: string, { problems }: ReaderContext): boolean {
  if (message.fatal !== true) return false;
  problems.add('not_searched', textOf(message.message) ?? 'the file cannot be parsed', path);
  return true;
}

function draftOf(
  message: JsonObject,
  path: string,
  source: readonly string[] | undefined,
  tool: string,
): FindingDraft | undefined {
  const [rule, text] = [textOf(message.ruleId), textOf(message.message)];
  if (rule === undefined || text === undefined) return undefined;
  const line = positionOf(message.line);
  const [suppression] = listOf(message.suppressions).map(objectOf);
  return {
    ...DRAFT_DEFAULTS,
    kind: kindOf({ tool, rule, tags: [], identifiers: [] }),
    tool,
    rule,
    title: rule,
    severity: message.severity === 2 ? 'high' : 'medium',
    source_severity: message.severity === 2 ? 'error' : 'warning',
    message: text,
    location: {
      path,
      start_line: line,
      start_column: positionOf(message.column),
      end_line: line === null ? null : Math.max(positionOf(message.endLine) ?? line, line),
      end_column: positionOf(message.endColumn),
    },
    snippet: (line === null ? undefined : source?.[line - 1]) ?? null,
    suppressed:
      suppression === undefined
        ? null
        : { kind: 'in_source', justification: textOf(suppression.justification) ?? null },
  };
}
