import type { FinishedPromotion } from '../activities/documents/finish-promotion.ts';
import type { EventType, NewPlatformEvent } from '../contracts/platform-event.ts';
import type { PromotionInput } from '../contracts/promotion.ts';

/** Counts, and no name: what a document is called is often about a person. */
export const promotedEvent = (
  input: PromotionInput,
  { clean, masked, released, manifest }: FinishedPromotion,
  at: string,
): NewPlatformEvent => ({
  ...news(input, 'document_promoted', at),
  data: { ...facts(input), documents: clean + masked + released, masked, golden_manifest: manifest },
});

/** What is held back for people to decide about, and what is not the document any more that was to be promoted. */
export const withheldEvent = (
  input: PromotionInput,
  { withheld, changed }: FinishedPromotion,
  at: string,
): NewPlatformEvent => ({
  ...news(input, 'document_quarantined', at),
  data: { ...facts(input), documents: withheld + changed, changed },
});

const facts = ({ scope, testId, component, release }: PromotionInput) => ({
  workspace_id: scope.workspace,
  promotion_id: testId,
  component_id: component,
  review_id: release?.reviewId ?? null,
});

const news = ({ scope, testId }: PromotionInput, type: EventType, at: string) => ({
  tenant: scope.tenant,
  type,
  about: testId,
  once: `${type}/${scope.workspace}/${testId}`,
  at,
});
