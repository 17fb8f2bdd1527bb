import type { PromotionInput } from '../../contracts/promotion.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { type ComposedDocuments, composeDocuments } from './compose-documents.ts';
import type { DocumentsDeps } from './deps.ts';

/** The step of a promotion of documents that the assurance zone does: it holds the tenants' evidence keys. */
export const createDocumentsActivities = (deps: DocumentsDeps) => ({
  composeDocuments: (input: PromotionInput): Promise<ComposedDocuments> =>
    withHeartbeat(() => composeDocuments(deps, input)),
});

export type DocumentsActivities = ReturnType<typeof createDocumentsActivities>;
