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
  return EXIT.ok;
}

/** Only what came to golden whole counts as done: what is held back waits for a person. */
export function promotionCode({ state, withheld }: PromotionView): ExitCode {
  if (state === 'promoted') return withheld === 0 ? EXIT.ok : EXIT.gateFailed;
  return state === 'withheld' ? EXIT.gateFailed : EXIT.runFailed;
}

export function drawPromotion(output: Output, view: PromotionView): void {
  const { promotion_id, state, denial, error, clean, masked, withheld, items } = view;
  const reason = denial ?? (error === null ? null : `${error.code}: ${error.message}`);
  output.line(`${promotion_id}  ${state}${reason === null ? '' : `  ${reason}`}`);
  output.line(`${clean} clean, ${masked} masked, ${withheld} held back`);
  if (view.golden_manifest !== null) output.line(`golden  ${view.golden_manifest}`);
  if (view.oci_reference !== null) output.line(`oci     ${view.oci_reference}`);
  output.table(
    ['NAME', 'OUTCOME', 'FOUND', 'REVIEW'],
    items.map(({ name, outcome, kinds, review_id }) => [
      name,
      outcome,
      kinds.map(({ type, count }) => `${count} ${type}`).join(', ') || '-',
      review_id ?? '-',
    ]),
  );
  if (view.next_cursor !== null)
    output.note(`more: certus documents status ${promotion_id} --cursor ${view.next_cursor}`);
}
