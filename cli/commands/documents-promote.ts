import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { PromotionView } from '../../contracts/promotion.ts';
import type { ApiClient } from '../api-client.ts';
import { CommandError, complaintOf } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { query } from '../query.ts';
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
    accepted.ended_at === null ? await followed(api, workspace, promotion_id, output.note) : accepted;
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

const LONGEST_MS = 3_000;
const OUTAGE_MS = 120_000;

/** The promotion does not need us: when the API is away for a while it is asked again. */
async function followed(
  api: ApiClient,
  workspace: string,
  id: string,
  say: (line: string) => void,
): Promise<PromotionView> {
  let awaySince: number | undefined;
  say(`${id} accepted`);
  for (let wait = 250; ; wait = Math.min(wait * 1.5, LONGEST_MS)) {
    try {
      const view = await api.get(`/v1/promotions/${id}${query({ workspace_id: workspace })}`, PromotionView);
      if (view.ended_at !== null) return view;
      awaySince = undefined;
    } catch (error) {
      const { exitCode, message } = complaintOf(error);
      if (exitCode !== EXIT.unavailable) throw error;
      if (awaySince === undefined) say(`waiting: ${message}`);
      awaySince ??= Date.now();
      if (Date.now() - awaySince > OUTAGE_MS) throw error;
    }
    await pause(wait);
  }
}
