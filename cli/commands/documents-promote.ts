import { randomUUID } from 'node:crypto';
import { PromotionView } from '../../contracts/promotion.ts';
import type { ApiClient } from '../api-client.ts';
import { CommandError, complaintOf } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { followPromotion } from '../follow-promotion.ts';
import { drawPromotion, promotionCode } from './documents-status.ts';

type Options = {
  readonly workspace: string;
  readonly prefix?: string;
  readonly component?: string;
  readonly assessment?: string;
  readonly wait?: true;
};

/** Asks for documents to be promoted, and with `--wait` stays until it is known which of them were. */
export async function promoteDocuments(
  { api: open, output }: Context,
  names: readonly string[],
  { workspace, prefix, component, assessment, wait }: Options,
): Promise<ExitCode> {
  if ((names.length === 0) === (prefix === undefined))
    throw new CommandError('usage', EXIT.usage, 'name documents, or give --prefix');
  const api = open();
  const accepted = await request(api, {
    workspace_id: workspace,
    ...(prefix === undefined ? { keys: names } : { prefix }),
    component_id: component,
    assessment_id: assessment,
  });
  const { promotion_id } = accepted;
  if (accepted.ended_at === null && !wait) {
    output.result(accepted, () => output.line(promotion_id));
    return EXIT.ok;
  }
  const ended =
    accepted.ended_at === null
      ? ((await followPromotion(api, workspace, promotion_id, output.note)) ?? accepted)
      : accepted;
  output.result(ended, () => drawPromotion(output, ended));
  return promotionCode(ended);
}

/** The key makes the second try safe: when only the first answer was lost, nothing is promoted twice. */
async function request(api: ApiClient, body: object): Promise<PromotionView> {
  const headers = { 'Idempotency-Key': randomUUID() };
  const send = () => api.post('/v1/promotions/golden', body, PromotionView, headers);
  try {
    return await send();
  } catch (error) {
    if (complaintOf(error).exitCode !== EXIT.unavailable) throw error;
    return await send();
  }
}
