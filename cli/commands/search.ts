import { SearchAnswer, type SearchHitView } from '../../contracts/search.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { query } from '../query.ts';

type Options = {
  readonly workspace: string;
  readonly kind?: readonly string[];
  readonly severity?: readonly string[];
  readonly rule?: readonly string[];
  readonly tool?: readonly string[];
  readonly component?: readonly string[];
  readonly testId?: readonly string[];
  readonly package?: readonly string[];
  readonly license?: readonly string[];
  readonly source?: readonly string[];
  readonly sourceId?: readonly string[];
  readonly ingestion?: readonly string[];
  readonly document?: readonly string[];
  readonly language?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
  readonly cursor?: string;
};

export async function search(
  { api, output }: Context,
  words: readonly string[],
  options: Options,
): Promise<ExitCode> {
  const { kind, severity, rule, tool, component, source, language, limit, cursor } = options;
  const parameters = {
    workspace_id: options.workspace,
    q: words.join(' ') || undefined,
    kind,
    severity,
    rule,
    tool,
    component,
    test_id: options.testId,
    package: options.package,
    licenses: options.license,
    source,
    source_id: options.sourceId,
    ingestion_id: options.ingestion,
    document_id: options.document,
    language,
    captured_from: options.from,
    captured_to: options.to,
    limit,
    cursor,
  };
  const answer = await api().get(`/v1/search${query(parameters)}`, SearchAnswer);
  output.result(answer, () => {
    output.table(['KIND', 'SEVERITY', 'WHAT', 'TITLE', 'WHERE', 'FROM'], answer.hits.map(row));
    output.note(`${answer.hits.length} of ${answer.total}`);
    if (answer.next_cursor) output.note(`more: --cursor ${answer.next_cursor}`);
  });
  return EXIT.ok;
}

const row = (hit: SearchHitView): string[] => [
  hit.kind,
  hit.severity ?? '-',
  whatOf(hit) ?? '-',
  hit.title,
  whereOf(hit),
  hit.component_id ?? hit.source ?? '-',
];

/** The rule of a finding, the version of a package. */
function whatOf({ rule, package: name, package_version: version }: SearchHitView): string | undefined {
  if (rule !== undefined || name === undefined) return rule;
  return version === undefined ? name : `${name}@${version}`;
}

function whereOf({ path, start_line: line, location, test_id }: SearchHitView): string {
  if (path === undefined) return location ?? test_id ?? '-';
  return line === undefined ? path : `${path}:${line}`;
}
