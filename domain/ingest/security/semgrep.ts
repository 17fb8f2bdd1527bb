import { DRAFT_DEFAULTS } from '../../finding/draft.ts';
import { draftsOf, type NativeReader, unlike } from '../../finding/readers/native-reader.ts';
import { identifiersIn } from '../../finding/reading/identifiers.ts';
import { isObject, listOf, objectOf, positionOf, textOf } from '../../finding/reading/json-values.ts';
import { kindOf } from '../../finding/reading/kind-of.ts';
import { confidenceOfWord, severityOfWord } from '../../finding/reading/severity-scale.ts';
import { spokenName } from '../../finding/reading/spoken-name.ts';

/** Semgrep and Opengrep write the same JSON. */
export const readSemgrep: NativeReader = (report, context) => {
  if (!isObject(report) || !Array.isArray(report.results)) throw unlike('semgrep');
  for (const error of listOf(report.errors).map(objectOf))
    context.problems.add(
      'not_searched',
      textOf(error.message) ?? 'a file was not searched',
      textOf(error.path),
    );
  const drafts = draftsOf(report.results, 'results', context, (result) => {
    const [rule, path, extra] = [textOf(result.check_id), textOf(result.path), objectOf(result.extra)];
    if (rule === undefined || path === undefined) return undefined;
    const metadata = objectOf(extra.metadata);
    const texts = [metadata.cwe, metadata.cve, metadata.owasp].flat();
    const identifiers = identifiersIn(texts.filter((text): text is string => typeof text === 'string'));
    const [start, end] = [objectOf(result.start), objectOf(result.end)];
    const said = textOf(extra.severity);
    const lines = textOf(extra.lines);
    const title = spokenName(rule.slice(rule.lastIndexOf('.') + 1));
    return {
      ...DRAFT_DEFAULTS,
      kind: kindOf({ tool: context.tool, rule, tags: [], identifiers }),
      tool: context.tool,
      ...{ rule, title, identifiers },
      severity: severityOfWord(said) ?? 'medium',
      source_severity: said ?? null,
      confidence: confidenceOfWord(textOf(metadata.confidence)),
      message: textOf(extra.message) ?? title,
      location: {
        path: context.path(path),
        start_line: positionOf(start.line),
        start_column: positionOf(start.col),
        end_line: positionOf(end.line),
        end_column: positionOf(end.col),
      },
      snippet: lines === undefined || lines === 'requires login' ? null : lines,
      fix: textOf(extra.fix) ?? null,
      suppressed: extra.is_ignored === true ? { kind: 'in_source', justification: null } : null,
    };
  });
  return { drafts, toolVersion: textOf(report.version) ?? null };
};
