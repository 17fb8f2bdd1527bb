import { z } from 'zod';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

const Answer = z.object({ test_id: z.string(), status: z.string() });

export async function cancel(
  { api, output }: Context,
  testId: string,
  { workspace }: { readonly workspace: string },
): Promise<ExitCode> {
  const path = `/v1/security-scans/${encodeURIComponent(testId)}/cancel`;
  const answer = await api().post(path, { workspace_id: workspace }, Answer);
  output.result(answer, () => output.line(`${answer.test_id} is being stopped`));
  return EXIT.ok;
}
