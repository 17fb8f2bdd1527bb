import { ScanAccepted } from '../../contracts/scan.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { stayWith } from './scan.ts';

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
  return stayWith(api, output, accepted, wait);
}
