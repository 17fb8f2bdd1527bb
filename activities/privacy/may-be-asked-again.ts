import { findPromotion } from '../../services/database/document-promotions.ts';
import { findGoldenCopy } from '../../services/database/golden-copies.ts';
import type { ReviewRecord } from '../../services/database/reviews.ts';
import type { PublishDeps } from '../publish/deps.ts';

/**
 * Whether people are asked once more about a document that comes along again: when nobody has decided in time, and when what
 * they released did not come to golden, or was deleted there. That it was rejected stands.
 */
export async function mayBeAskedAgain(
  { database }: Pick<PublishDeps, 'database'>,
  { scope, state, releasedAs }: ReviewRecord,
): Promise<boolean> {
  if (state === 'failed' || state === 'expired') return true;
  if (releasedAs === null) return false;
  const run = await findPromotion(database, scope, releasedAs);
  // its first step may not have come to write the row
  if (run === undefined || run.state === 'running') return false;
  if (run.state !== 'promoted') return true;
  const copy = await findGoldenCopy(database, scope, releasedAs);
  return copy !== undefined && copy.class === 'deleted';
}
