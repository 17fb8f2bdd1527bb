import { z } from 'zod';
import { PromotionView } from '../../contracts/promotion.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { query } from '../query.ts';

type Options = {
  readonly workspace: string;
  readonly kind?: PromotionView['kind'];
  readonly state?: PromotionView['state'];
  readonly limit: number;
  readonly cursor?: string;
};

const Page = z.object({ promotions: z.array(PromotionView), next_cursor: z.string().nullable() });

export async function promotions(
  { api, output }: Context,
  { workspace, kind, state, limit, cursor }: Options,
): Promise<ExitCode> {
  const parameters = { workspace_id: workspace, kind, state, limit, cursor };
  const page = await api().get(`/v1/promotions${query(parameters)}`, Page);
  output.result(page, () => {
    output.table(
      ['PROMOTION', 'KIND', 'STATE', 'DOCUMENTS', 'HELD BACK', 'CREATED'],
      page.promotions.map((each) => [
        each.promotion_id,
        each.kind,
        each.state,
        String(each.documents),
        String(each.withheld),
        each.created_at,
      ]),
    );
    if (page.next_cursor) output.note(`more: --cursor ${page.next_cursor}`);
  });
  return EXIT.ok;
}
