import { UploadAccepted } from '../../contracts/scan-control.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

export async function upload(
  { api, output }: Context,
  testId: string,
  { workspace }: { readonly workspace: string },
): Promise<ExitCode> {
  const path = `/v1/security-scans/${encodeURIComponent(testId)}/upload-request`;
  const answer = await api().post(path, { workspace_id: workspace }, UploadAccepted);
  output.result(answer, () => {
    output.line(`${testId}  ${answer.upload_status}`);
    output.note('Trust decides; ask the scan what became of it');
  });
  return EXIT.ok;
}
