import { ScanList, type ScanStatus } from '../../contracts/scan.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { query } from '../query.ts';
import { countsText } from '../scan-view.ts';

type Options = {
  readonly workspace: string;
  readonly component?: string;
  readonly status?: ScanStatus['status'];
  readonly limit: number;
  readonly cursor?: string;
};

export async function scans({ api, output }: Context, options: Options): Promise<ExitCode> {
  const { workspace, component, status, limit, cursor } = options;
  const parameters = { workspace_id: workspace, component_id: component, status, limit, cursor };
  const page = await api().get(`/v1/security-scans${query(parameters)}`, ScanList);
  output.result(page, () => {
    output.table(['TEST ID', 'COMPONENT', 'STATUS', 'VERDICT', 'FINDINGS', 'CREATED'], page.scans.map(row));
    if (page.next_cursor) output.note(`more: --cursor ${page.next_cursor}`);
  });
  return EXIT.ok;
}

function row(scan: ScanStatus): string[] {
  const findings = scan.findings ? countsText(scan.findings) : '-';
  return [scan.test_id, scan.component_id, scan.status, scan.verdict ?? '-', findings, scan.created_at];
}
