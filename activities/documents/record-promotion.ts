import type { PromotionInput, PromotionState } from '../../contracts/promotion.ts';
import { changePromotion, openPromotion } from '../../services/database/document-promotions.ts';
import type { PublishDeps } from '../publish/deps.ts';

/** What became known of a promotion; left out what is not. */
export type PromotionNews = {
  readonly state?: PromotionState;
  readonly documents?: number;
  readonly bytes?: number;
  readonly clean?: number;
  readonly masked?: number;
  readonly withheld?: number;
  readonly permitId?: string;
  readonly denial?: string | null;
  readonly goldenManifest?: string | null;
  readonly ociReference?: string | null;
  readonly logIndex?: number;
  readonly error?: { readonly code: string; readonly message: string };
  readonly ended?: boolean;
};

/** Says on the row how a promotion goes; the API may not have come to write one, and of a release nobody else does. */
export async function recordPromotion(
  { database, now }: Pick<PublishDeps, 'database' | 'now'>,
  { scope, testId, component, orderId, requestedBy, release }: PromotionInput,
  { ended, ...news }: PromotionNews,
): Promise<void> {
  const kind = release === undefined ? 'documents' : 'release';
  const about = { testId, kind, component, orderId, requestedBy } as const;
  await openPromotion(database, scope, { ...about, documents: 0, bytes: 0, createdAt: now() });
  await changePromotion(database, scope, testId, { ...news, ...(ended === true ? { endedAt: now() } : {}) });
}
