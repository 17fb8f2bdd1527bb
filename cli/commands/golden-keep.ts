import { z } from 'zod';
import { DeletionView } from '../../contracts/deletion.ts';
import { GoldenCopyView } from '../../contracts/retention.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { query } from '../query.ts';

type Options = { readonly workspace: string; readonly reason: string };

const Ordered = z.object({ order_id: z.string(), test_id: z.string(), hold: z.boolean().nullable() });

const pathOf = (testId: string): string => `/v1/golden/${encodeURIComponent(testId)}`;

/** Exit 2 where it is not as it was asked for yet: Trust is away, or a later order says otherwise. */
const holding =
  (hold: boolean) =>
  async ({ api, output }: Context, testId: string, { workspace, reason }: Options): Promise<ExitCode> => {
    const body = { workspace_id: workspace, hold, reason };
    const answer = await api().post(`${pathOf(testId)}/legal-hold`, body, Ordered);
    output.result(answer, () => {
      if (answer.hold === null)
        output.line(`ordered as ${answer.order_id}; Trust has not carried it out yet`);
      else output.line(`${answer.test_id} is ${answer.hold ? '' : 'not '}on legal hold`);
    });
    return answer.hold === hold ? EXIT.ok : EXIT.gateFailed;
  };

export const holdGolden = holding(true);
export const releaseHold = holding(false);

type DeleteOptions = Options & { readonly bundle?: string };

/** Exit 2 while it is not gone: what is locked is waited for, and `deletion` asks again. */
export async function deleteGolden(
  context: Context,
  testId: string,
  { workspace, reason, bundle }: DeleteOptions,
): Promise<ExitCode> {
  const api = context.api();
  const digest =
    bundle?.replace(/^sha256:/, '') ??
    (await api.get(`${pathOf(testId)}${query({ workspace_id: workspace })}`, GoldenCopyView)).bundle_digest;
  const body = { workspace_id: workspace, bundle_digest: digest, reason };
  return told(context, await api.post(`${pathOf(testId)}/deletion`, body, DeletionView));
}

export async function showDeletion(
  context: Context,
  testId: string,
  { workspace }: Pick<Options, 'workspace'>,
): Promise<ExitCode> {
  const path = `${pathOf(testId)}/deletion${query({ workspace_id: workspace })}`;
  return told(context, await context.api().get(path, DeletionView));
}

function told({ output }: Context, deletion: DeletionView): ExitCode {
  output.result(deletion, () => {
    const { test_id, state, until, removed, left, error } = deletion;
    output.line(`${test_id}  ${state}${until === null ? '' : ` until ${until}`}`);
    if (removed > 0) output.line(`removed   ${removed} objects`);
    for (const { code, message } of left) output.line(`left      ${code}: ${message}`);
    if (error !== null) output.line(`refused   ${error.code}: ${error.message}`);
  });
  return deletion.state === 'deleted' ? EXIT.ok : EXIT.gateFailed;
}
