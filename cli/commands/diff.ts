import { Comparison } from '../../contracts/finding-list.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { query } from '../query.ts';
import { FINDING_COLUMNS, findingRow } from './findings.ts';

type Options = { readonly workspace: string; readonly limit: number; readonly cursor?: string };

export async function diff(
  { api, output }: Context,
  testId: string,
  base: string | undefined,
  { workspace, limit, cursor }: Options,
): Promise<ExitCode> {
  const compared = await api().get(
    `/v1/security-scans/${encodeURIComponent(testId)}/diff${query({ workspace_id: workspace, base, limit, cursor })}`,
    Comparison,
  );
  output.result(compared, () => {
    const { counts, findings, next_cursor } = compared;
    output.table(FINDING_COLUMNS, findings.map(findingRow));
    output.note(
      `${counts.new} new, ${counts.moved} moved, ${counts.unchanged} unchanged, ${counts.fixed} fixed since ${compared.base_test_id}`,
    );
    if (next_cursor) output.note(`more: --cursor ${next_cursor}`);
  });
  return EXIT.ok;
}
