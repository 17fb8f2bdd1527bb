import { setTimeout as pause } from 'node:timers/promises';
import { PromotionView } from '../contracts/promotion.ts';
import type { ApiClient } from './api-client.ts';
import { complaintOf } from './command-error.ts';
import { EXIT } from './exit-codes.ts';
import { query } from './query.ts';

const LONGEST_MS = 3_000;
const OUTAGE_MS = 120_000;
/** What was just decided may not have come to write its row. */
const BEGUN_WITHIN_MS = 30_000;

/**
 * The promotion does not need us: when the API is away for a while it is asked again. Answers its end, or nothing when that
 * does not come within `patience`.
 */
export async function followPromotion(
  api: ApiClient,
  workspace: string,
  id: string,
  say: (line: string) => void,
  patience = Number.POSITIVE_INFINITY,
): Promise<PromotionView | undefined> {
  const since = Date.now();
  let awaySince: number | undefined;
  say(`${id} accepted`);
  for (let wait = 250; Date.now() - since < patience; wait = Math.min(wait * 1.5, LONGEST_MS)) {
    try {
      const view = await api.get(`/v1/promotions/${id}${query({ workspace_id: workspace })}`, PromotionView);
      if (view.ended_at !== null) return view;
      awaySince = undefined;
    } catch (error) {
      const { exitCode, message, code } = complaintOf(error);
      const notBegun = code === 'not_found' && Date.now() - since < BEGUN_WITHIN_MS;
      if (exitCode !== EXIT.unavailable && !notBegun) throw error;
      if (awaySince === undefined && !notBegun) say(`waiting: ${message}`);
      awaySince ??= Date.now();
      if (Date.now() - awaySince > OUTAGE_MS) throw error;
    }
    await pause(wait);
  }
  return undefined;
}
