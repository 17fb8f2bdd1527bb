import { FindingList, type FindingView } from '../../contracts/finding-list.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { query } from '../query.ts';

type Options = {
  readonly workspace: string;
  readonly severity?: readonly string[];
  readonly kind?: readonly string[];
  readonly tool?: readonly string[];
  readonly rule?: readonly string[];
  readonly path?: string;
  readonly change?: readonly string[];
  readonly state?: readonly string[];
  readonly limit: number;
  readonly cursor?: string;
};

export async function findings(
  { api, output }: Context,
  testId: string,
  { workspace, ...asked }: Options,
): Promise<ExitCode> {
  const { severity, kind, tool, rule, path, change, state, limit, cursor } = asked;
  const filters = { severity, kind, tool, rule, path, change, state, limit, cursor };
  const page = await api().get(
    `/v1/security-scans/${encodeURIComponent(testId)}/findings${query({ workspace_id: workspace, ...filters })}`,
    FindingList,
  );
  output.result(page, () => {
    output.table(FINDING_COLUMNS, page.findings.map(findingRow));
    if (page.next_cursor) output.note(`more: --cursor ${page.next_cursor}`);
  });
  return EXIT.ok;
}

export const FINDING_COLUMNS = [
  'SEVERITY',
  'CHANGE',
  'STATE',
  'RULE',
  'TITLE',
  'WHERE',
  'SEEN BY',
  'FINGERPRINT',
];

export function findingRow(finding: FindingView): string[] {
  const { location, sources } = finding;
  const line = location?.start_line == null ? '' : `:${location.start_line}`;
  return [
    finding.severity,
    finding.change,
    finding.suppressed ? 'suppressed' : stateOf(finding),
    finding.rule,
    finding.title,
    location ? `${location.path}${line}` : '-',
    [...new Set(sources.map(({ tool }) => tool))].join(', '),
    finding.fingerprint,
  ];
}

/** What was accepted until a day that has passed counts again. */
function stateOf({ triage }: FindingView): string {
  if (triage === null) return 'open';
  return triage.until !== null && Date.parse(triage.until) <= Date.now() ? 'lapsed' : triage.state;
}
