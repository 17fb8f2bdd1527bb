import { PromotionView } from '../../contracts/promotion.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { query } from '../query.ts';

type Options = { readonly workspace: string; readonly limit: number; readonly cursor?: string };

export async function promotionStatus(
  { api, output }: Context,
  promotionId: string,
  { workspace, limit, cursor }: Options,
): Promise<ExitCode> {
  const parameters = { workspace_id: workspace, limit, cursor };
  const path = `/v1/promotions/${encodeURIComponent(promotionId)}${query(parameters)}`;
  const view = await api().get(path, PromotionView);
  output.result(view, () => drawPromotion(output, view));
  return view.ended_at === null ? EXIT.ok : promotionCode(view);
}

/** Only what came to golden counts as done, also when people released it later: what is held back waits for them, or stays. */
export function promotionCode({ state, outstanding }: PromotionView): ExitCode {
  if (state !== 'promoted' && state !== 'withheld') return EXIT.runFailed;
  return outstanding === 0 ? EXIT.ok : EXIT.gateFailed;
}

export function drawPromotion(output: Output, view: PromotionView): void {
  const { promotion_id, state, denial, error, clean, masked, withheld, outstanding, items } = view;
  const reason = denial ?? (error === null ? null : `${error.code}: ${error.message}`);
  output.line(`${promotion_id}  ${state}${reason === null ? '' : `  ${reason}`}`);
  const since = withheld === outstanding ? '' : `, ${withheld - outstanding} of them released since`;
  output.line(`${clean} clean, ${masked} masked, ${withheld} held back${since}`);
  if (view.golden_manifest !== null) output.line(`golden  ${view.golden_manifest}`);
  if (view.oci_reference !== null) output.line(`oci     ${view.oci_reference}`);
  output.table(
    ['NAME', 'OUTCOME', 'FOUND', 'REVIEW', 'DECIDED'],
    items.map(({ name, outcome, kinds, review_id, review_state }) => [
      name,
      outcome,
      kinds.map(({ type, count }) => `${count} ${type}`).join(', ') || '-',
      review_id ?? '-',
      review_state ?? '-',
    ]),
  );
  if (view.next_cursor !== null)
    output.note(`more: certus documents status ${promotion_id} --cursor ${view.next_cursor}`);
}
