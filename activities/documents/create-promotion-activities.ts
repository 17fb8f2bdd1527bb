import { Context } from '@temporalio/activity';
import type { Scope } from '../../contracts/identifiers.ts';
import type { PromotionInput } from '../../contracts/promotion.ts';
import type { ReviewInput } from '../../contracts/review.ts';
import { withHeartbeat } from '../heartbeat.ts';
import type { PublishDeps } from '../publish/deps.ts';
import { type FinishedPromotion, finishPromotion, type PromotionToFinish } from './finish-promotion.ts';
import { type PageToPlace, type PlacedPage, placeDocuments } from './place-documents.ts';
import { type PromotionNews, recordPromotion } from './record-promotion.ts';
import { reviewsToStart } from './reviews-to-start.ts';

/** What the transform zone does to bring documents to golden. */
export const createPromotionActivities = (deps: PublishDeps) => ({
  recordDocumentPromotion: (input: PromotionInput, news: PromotionNews): Promise<void> =>
    withHeartbeat(() => recordPromotion(deps, input, news)),
  placeDocuments: (input: PageToPlace): Promise<PlacedPage> =>
    withHeartbeat((signal) => placeDocuments(deps, input, signal, publication())),
  finishPromotion: (input: PromotionToFinish): Promise<FinishedPromotion> =>
    withHeartbeat((signal) => finishPromotion(deps, input, signal, publication())),
  reviewsToStart: (scope: Scope, ids: readonly string[]): Promise<ReviewInput[]> =>
    withHeartbeat(() => reviewsToStart(deps, scope, ids)),
});

export type PromotionActivities = ReturnType<typeof createPromotionActivities>;

/** By which a permit knows who took it: the workflow, which goes on under its id after any crash. */
const publication = (): string => Context.current().info.workflowExecution?.workflowId ?? '';
