import { ScanAccepted } from '../../contracts/scan.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { followScan } from '../follow-scan.ts';
import { drawScan } from '../scan-view.ts';
import { verdictCode } from './scan.ts';

type Options = { readonly workspace: string; readonly sameRevision?: boolean; readonly wait: boolean };

export async function rerun(
  { api: connect, output }: Context,
  testId: string,
  { workspace, sameRevision = false, wait }: Options,
): Promise<ExitCode> {
  const api = connect();
  const accepted = await api.post(
    `/v1/security-scans/${encodeURIComponent(testId)}/rerun`,
    { workspace_id: workspace, same_revision: sameRevision },
    ScanAccepted,
  );
  if (!wait) {
    output.result(accepted, () => output.line(accepted.test_id));
    return EXIT.ok;
  }
  output.note(`${accepted.test_id} accepted (${accepted.workflow_id})`);
  const ended = await followScan(api, accepted, (line) => output.note(line));
  output.result(ended, () => drawScan(output, ended));
  return verdictCode(ended);
}
