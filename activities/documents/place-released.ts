import { type BundleFile, BundlePath } from '../../contracts/bundle.ts';
import { DOCUMENTS, type ReceivedDocument } from '../../contracts/documents.ts';
import { CertusError } from '../../contracts/errors.ts';
import { heldKey } from '../../contracts/object-keys.ts';
import type { PromotionInput } from '../../contracts/promotion.ts';
import type { HeldCopy } from '../../contracts/review.ts';
import { heldMasked, heldOriginal } from '../../domain/review/held-names.ts';
import { isOverruled } from '../../domain/review/standing.ts';
import { findReview, type ReviewRecord } from '../../services/database/reviews.ts';
import { openDocument } from './document-source.ts';
import { MASKED_FROM, type Outcome, type PlaceDeps, type Placing } from './place-document.ts';

type Release = NonNullable<PromotionInput['release']>;

/**
 * Takes a document out of quarantine as people have let it go. They are believed by their signed orders, which whoever calls
 * this has opened; what is held lies where only Transform writes.
 */
export async function placeReleased(
  deps: PlaceDeps,
  run: Placing,
  document: ReceivedDocument,
  { reviewId, verdict }: Release,
): Promise<Outcome> {
  const review = await findReview(deps.database, run.scope, reviewId);
  if (review?.subject.kind !== 'document')
    throw new CertusError('review_not_found', `there is no review ${reviewId} of a document`);
  if (isOverruled(review.state, verdict))
    throw new CertusError('review_closed', `the review ${reviewId} did not come to this: ${review.state}`);
  const { kinds } = review.found;
  const place = (name: string) => ({ bucket: deps.quarantine, key: heldKey(run.scope, reviewId, name) });
  const retained = run.retainUntil === undefined ? {} : { retainUntil: run.retainUntil };
  if (verdict === 'release') {
    const source = await openDocument(place(heldOriginal(document.name)), document);
    const options = { contentType: document.media_type, ...retained };
    await source.copyTo(deps.golden, `${run.to}${DOCUMENTS}${document.name}`, options);
    return { outcome: 'released', kinds, after: null, reviewId };
  }
  const copy = maskedCopyOf(review);
  const after = placeOf(copy);
  const source = await openDocument(place(heldMasked(copy.name)), copy);
  const metadata = { [MASKED_FROM]: document.sha256 };
  await source.copyTo(deps.golden, `${run.to}${after.path}`, {
    contentType: after.media_type,
    metadata,
    ...retained,
  });
  return { outcome: 'masked', kinds, after, reviewId };
}

function maskedCopyOf({ id, subject }: ReviewRecord): HeldCopy {
  if (subject.kind === 'document' && subject.masked) return subject.masked;
  throw new CertusError('privacy_held', `of what ${id} holds back there is no masked copy`);
}

function placeOf({ name, sha256, size, media_type }: HeldCopy): BundleFile {
  const path = BundlePath.safeParse(`${DOCUMENTS}${name}`);
  if (!path.success)
    throw new CertusError('privacy_held', 'the masked copy has a name that golden does not take');
  return { path: path.data, sha256, size, media_type };
}
