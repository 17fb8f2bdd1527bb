import { DRAFT_DEFAULTS } from '../../finding/draft.ts';
import { draftsOf, type NativeReader, unlike } from '../../finding/readers/native-reader.ts';
import { positionOf, textOf } from '../../finding/reading/json-values.ts';
import { severityOfWord } from '../../finding/reading/severity-scale.ts';

export const readHadolint: NativeReader = (report, context) => {
  if (!Array.isArray(report)) throw unlike('hadolint');
  const drafts = draftsOf(report, '', context, (entry) => {
    const [rule, file, message] = [textOf(entry.code), textOf(entry.file), textOf(entry.message)];
    if (rule === undefined || file === undefined || message === undefined) return undefined;
    const said = textOf(entry.level);
    const line = positionOf(entry.line);
    return {
      ...DRAFT_DEFAULTS,
      kind: 'config' as const,
      tool: context.tool,
      ...{ rule, title: rule, message },
      severity: severityOfWord(said) ?? 'low',
      source_severity: said ?? null,
      location: {
        path: context.path(file),
        ...{ start_line: line, start_column: positionOf(entry.column), end_line: line, end_column: null },
      },
    };
  });
  return { drafts, toolVersion: null };
};
