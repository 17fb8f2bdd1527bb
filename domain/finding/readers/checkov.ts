import { DRAFT_DEFAULTS, type FindingDraft } from '../draft.ts';
import { identifiersIn } from '../reading/identifiers.ts';
import {
  isObject,
  type JsonObject,
  listOf,
  numberOf,
  objectOf,
  positionOf,
  textOf,
} from '../reading/json-values.ts';
import { scoreOf, severityOfWord } from '../reading/severity-scale.ts';
import { draftsOf, lines, type NativeReader, type ReaderContext, unlike } from './native-reader.ts';

/** One object per framework that was looked at, or a single one; where it found no framework, counts alone. */
export const readCheckov: NativeReader = (report, context) => {
  const parts = Array.isArray(report) ? report : [report];
  const drafts = parts.flatMap((part, at): FindingDraft[] => {
    if (!isObject(part)) throw unlike('checkov');
    if (!isObject(part.results)) {
      if (numberOf(part.passed) === undefined && !isObject(part.summary)) throw unlike('checkov');
      return [];
    }
    for (const file of listOf(part.results.parsing_errors))
      context.problems.add(
        'not_searched',
        'checkov could not parse the file',
        relative(String(file), context),
      );
    const place = (list: string) => `[${at}].results.${list}`;
    return [
      ...draftsOf(part.results.failed_checks, place('failed_checks'), context, (check) =>
        draftOf(check, context, false),
      ),
      ...draftsOf(part.results.skipped_checks, place('skipped_checks'), context, (check) =>
        draftOf(check, context, true),
      ),
    ];
  });
  const version = textOf(objectOf(objectOf(parts[0]).summary).checkov_version);
  return { drafts, toolVersion: version ?? null };
};

/** Its paths begin with a slash that means the root of the source. */
const relative = (path: string, context: ReaderContext): string => {
  const known = context.path(path);
  return known.startsWith('/') ? context.path(known.slice(1)) : known;
};

function draftOf(check: JsonObject, context: ReaderContext, skipped: boolean): FindingDraft | undefined {
  const rule = textOf(check.check_id);
  const file = textOf(check.file_path);
  if (rule === undefined || file === undefined) return undefined;
  const details = objectOf(check.vulnerability_details);
  const isVulnerability = textOf(details.id) !== undefined;
  // the resource of a secret is its digest, from which a short one could be guessed
  const isSecret = rule.startsWith('CKV_SECRET_');
  const resource = isSecret ? undefined : textOf(check.resource);
  const title = textOf(check.check_name) ?? textOf(check.short_description) ?? rule;
  const severity = textOf(check.severity) ?? textOf(details.severity);
  const [start, end] = isOfWholeFile(check) ? [] : listOf(check.file_line_range);
  const name = textOf(details.package_name);
  return {
    ...DRAFT_DEFAULTS,
    kind: isVulnerability ? 'vulnerability' : isSecret ? 'secret' : 'config',
    tool: context.tool,
    rule: textOf(details.id) ?? rule,
    title,
    severity: severityOfWord(severity) ?? 'medium',
    source_severity: severity ?? null,
    score: scoreOf(numberOf(details.cvss)),
    message: resource === undefined ? title : `${title}: ${resource}`,
    location: lines(relative(file, context), start, isSecret ? start : end),
    snippet: isSecret || start === undefined ? null : lineOf(check),
    identifiers: identifiersIn([textOf(details.id) ?? '', rule]),
    package:
      name === undefined ? null : { name, version: textOf(details.package_version) ?? null, purl: null },
    fix: textOf(details.status) ?? textOf(check.guideline) ?? null,
    suppressed: skipped
      ? { kind: 'in_source', justification: textOf(objectOf(check.check_result).suppress_comment) ?? null }
      : null,
  };
}

/** What a Dockerfile lacks stands in none of its lines: told by the first one, it would be another thing when that changes. */
const isOfWholeFile = ({ resource, file_path: file }: JsonObject): boolean =>
  textOf(file) !== undefined && textOf(resource) === `${textOf(file)}.`;

function lineOf(check: JsonObject): string | null {
  const first = positionOf(listOf(check.file_line_range)[0]);
  for (const entry of listOf(check.code_block)) {
    const [number, text] = listOf(entry);
    if (number === first) return textOf(text)?.trimEnd() ?? null;
  }
  return null;
}
