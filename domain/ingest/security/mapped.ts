import { JSONPathError, type JSONPathQuery, type JSONValue } from 'json-p3';
import type { SchemaMapping } from '../../../contracts/ingestion.ts';
import { DRAFT_DEFAULTS, type FindingDraft } from '../../finding/draft.ts';
import { concealed } from '../../finding/reading/conceal.ts';
import { identifiersIn } from '../../finding/reading/identifiers.ts';
import { positionOf } from '../../finding/reading/json-values.ts';
import { kindOf } from '../../finding/reading/kind-of.ts';
import { severityOfWord } from '../../finding/reading/severity-scale.ts';
import { sourcePath } from '../../finding/reading/source-path.ts';
import type { Draft } from '../draft.ts';
import { type Desk, recordsOf } from './desk.ts';
import { findingRecord } from './finding-record.ts';
import { compilePath, firstAt } from './json-path.ts';
import { reportRecord, tally } from './report-record.ts';

type Fields = SchemaMapping['format']['mapping'];

/** Whether a document is one of those that a mapping is made for: that where its findings are there is something. */
export function fits(value: unknown, { format }: SchemaMapping): boolean {
  if (value === null || typeof value !== 'object') return false;
  const list = compilePath(format.findings_path.replace(/(?:\[\*\]|\.\*)\s*$/, '')).query;
  return list !== undefined && firstAt(list, value as JSONValue) !== undefined;
}

/** Findings of a report of any tool, by where its fields are. */
export function* mappedRecords(
  value: unknown,
  { tool_name, version, format }: SchemaMapping,
  desk: Desk,
): Generator<Draft> {
  const root = value as JSONValue;
  const fields = Object.fromEntries(
    Object.entries(format.mapping).map(([name, path]) => [name, compilePath(path ?? '').query]),
  ) as Record<keyof Fields, JSONPathQuery | undefined>;
  const findings = new Map<string, number>();
  const severities = new Map(
    Object.entries(format.severity_map).map(([from, to]) => [from.toLowerCase(), to]),
  );
  const found = function* (): Generator<FindingDraft> {
    let count = 0;
    for (const node of nodes(compilePath(format.findings_path).query, root, desk)) {
      count += 1;
      if (count > MOST_FINDINGS) return desk.lost('too_large', 'findings');
      yield concealed(findingOf(node, fields, tool_name, severities));
    }
  };
  for (const record of recordsOf(found(), (finding) => findingRecord(finding, desk), desk)) {
    tally(findings, record);
    yield record;
  }
  const about: Record<string, string> = {};
  for (const [name, path] of Object.entries(format.metadata).slice(0, 50)) {
    const query = compilePath(path).query;
    const said = query === undefined ? undefined : textAt(query, root, 500);
    if (said !== undefined) about[name === '__proto__' ? '' : name] = said;
  }
  const toolVersion = version ?? about.tool_version ?? about.version ?? null;
  yield reportRecord(
    { tool: tool_name, version: toolVersion, format: 'jsonpath', findings, notices: [], about },
    desk,
  );
}

const MOST_FINDINGS = 200_000;
function* nodes(query: JSONPathQuery | undefined, root: JSONValue, desk: Desk): Generator<JSONValue> {
  if (query === undefined) return;
  try {
    for (const { value } of query.lazyQuery(root)) yield value;
  } catch (error) {
    if (!(error instanceof JSONPathError)) throw error;
    desk.lost('too_deep', 'findings');
  }
}

function textAt(query: JSONPathQuery, root: JSONValue, max: number): string | undefined {
  const value = firstAt(query, root);
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.slice(0, 20).map(plain).join(', ').slice(0, max) || undefined;
  return plain(value).slice(0, max) || undefined;
}

const plain = (value: JSONValue): string =>
  typeof value === 'object' ? JSON.stringify(value).slice(0, 1000) : String(value);

function findingOf(
  node: JSONValue,
  fields: Readonly<Record<keyof Fields, JSONPathQuery | undefined>>,
  tool: string,
  severities: ReadonlyMap<string, string>,
): FindingDraft {
  const text = (field: keyof Fields, max: number): string | undefined => {
    const query = fields[field];
    return query === undefined ? undefined : textAt(query, node, max);
  };
  const [title, said] = [text('title', 512) ?? 'Unnamed finding', text('severity', 100)];
  const rule = text('id', 256) ?? title;
  const path = text('file_path', 1024);
  const start = positionOf(Number(text('line_start', 20)));
  const references = text('references', 2000);
  const type = text('type', 200);
  const description = text('description', 4000) ?? title;
  const identifiers = identifiersIn([rule, title, references ?? '', type ?? '']);
  const mapped = said === undefined ? undefined : (severities.get(said.toLowerCase()) ?? said);
  return {
    ...DRAFT_DEFAULTS,
    kind: kindOf({ tool, rule, tags: type === undefined ? [] : [type], identifiers }),
    ...{ tool, rule, title, identifiers },
    severity: severityOfWord(mapped) ?? 'info',
    source_severity: said ?? null,
    message: references === undefined ? description : `${description}\n\nReferences: ${references}`,
    location:
      path === undefined
        ? null
        : {
            path: sourcePath(path, undefined),
            ...{ start_line: start, start_column: null, end_column: null },
            end_line:
              start === null ? null : Math.max(start, positionOf(Number(text('line_end', 20))) ?? start),
          },
    snippet: text('code_snippet', 1000) ?? null,
    fix: text('remediation', 1000) ?? null,
  };
}
