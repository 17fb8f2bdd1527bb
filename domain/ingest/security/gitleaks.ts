import { DRAFT_DEFAULTS } from '../../finding/draft.ts';
import { draftsOf, lines, type NativeReader, unlike } from '../../finding/readers/native-reader.ts';
import { textOf } from '../../finding/reading/json-values.ts';

/** It quotes what it found and names who committed it: neither is read. */
export const readGitleaks: NativeReader = (report, context) => {
  if (!Array.isArray(report)) throw unlike('gitleaks');
  const drafts = draftsOf(report, '', context, (entry) => {
    const [rule, file] = [textOf(entry.RuleID), textOf(entry.File)];
    if (rule === undefined || file === undefined) return undefined;
    const title = textOf(entry.Description) ?? rule;
    const commit = textOf(entry.Commit);
    const draft = {
      ...DRAFT_DEFAULTS,
      kind: 'secret' as const,
      tool: context.tool,
      ...{ rule, title },
      severity: /private[-_ ]?key/i.test(rule) ? ('critical' as const) : ('high' as const),
      message: commit === undefined ? title : `${title} (commit ${commit.slice(0, 40)})`,
      location: lines(context.path(file), entry.StartLine, entry.EndLine),
    };
    return { draft, secrets: [textOf(entry.Secret) ?? '', textOf(entry.Match) ?? ''].filter(Boolean) };
  });
  return { drafts, toolVersion: null };
};
