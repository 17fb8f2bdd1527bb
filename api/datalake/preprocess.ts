import type { PreprocessAnswer } from '../../contracts/datalake.ts';
import { PromotionRequest, type PromotionView } from '../../contracts/promotion.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { createPromotion } from '../promotions/create-promotion.ts';
import { promotionWithItems } from '../promotions/promotion-with-items.ts';
import type { Answer } from '../route.ts';

/** A promotion like any other, told in the words of the earlier system. */
export async function preprocess(
  deps: ApiDeps,
  principal: Principal,
  asked: { readonly workspace_id: string; readonly keys?: readonly string[]; readonly prefix?: string },
): Promise<Answer> {
  const request = PromotionRequest.parse(asked);
  const scope = { tenant: principal.tenant, workspace: request.workspace_id };
  const { record } = await createPromotion(deps, principal, request, undefined);
  const Location = `/v1/promotions/${record.testId}?workspace_id=${scope.workspace}`;
  return {
    status: 202,
    headers: { Location },
    body: answerOf(await promotionWithItems(deps, scope, record)),
  };
}

function answerOf({ promotion_id, state, documents, promoted, items, ...rest }: PromotionView) {
  const failed = items.flatMap(({ name, outcome }) => {
    const error = FAULTS[outcome];
    return error === undefined ? [] : [{ key: name, error }];
  });
  const message = messageOf(state, documents, rest);
  return { message, promotion_id, state, promoted, failed } satisfies PreprocessAnswer;
}

const FAULTS: Partial<Readonly<Record<PromotionView['items'][number]['outcome'], string>>> = {
  withheld: 'privacy_held',
  changed: 'digest_mismatch',
};

function messageOf(
  state: PromotionView['state'],
  documents: number,
  { clean, masked, denial, error }: Pick<PromotionView, 'clean' | 'masked' | 'denial' | 'error'>,
): string {
  const all = documents === 1 ? '1 document' : `${documents} documents`;
  if (state === 'running') return `Promoting ${all}`;
  if (state === 'denied') return `Not permitted: ${denial}`;
  if (state === 'failed') return `Not promoted: ${error?.code}: ${error?.message}`;
  return `Promoted ${clean + masked} of ${all}`;
}
