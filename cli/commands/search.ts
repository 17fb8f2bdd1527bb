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
  readonly limit: number;
  readonly cursor?: string;
};

export async function search(
  { api, output }: Context,
  words: readonly string[],
  options: Options,
): Promise<ExitCode> {
  const { workspace, testId, kind, severity, rule, tool, component, limit, cursor } = options;
  const parameters = {
    workspace_id: workspace,
    q: words.join(' ') || undefined,
    kind,
    severity,
    rule,
    tool,
    component,
    test_id: testId,
    limit,
    cursor,
  };
  const answer = await api().get(`/v1/search${query(parameters)}`, SearchAnswer);
  output.result(answer, () => {
    output.table(['SEVERITY', 'RULE', 'TITLE', 'WHERE', 'COMPONENT', 'TEST ID'], answer.hits.map(row));
    output.note(`${answer.hits.length} of ${answer.total}`);
    if (answer.next_cursor) output.note(`more: --cursor ${answer.next_cursor}`);
  });
  return EXIT.ok;
}

function row(hit: SearchHitView): string[] {
  const line = hit.start_line === undefined ? '' : `:${hit.start_line}`;
  const where = hit.path === undefined ? '-' : `${hit.path}${line}`;
  return [
    hit.severity ?? '-',
    hit.rule ?? '-',
    hit.title,
    where,
    hit.component_id ?? '-',
    hit.test_id ?? '-',
  ];
}
