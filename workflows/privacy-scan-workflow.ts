import {
  ActivityFailure,
  CancellationScope,
  continueAsNew,
  isCancellation,
  proxyActivities,
} from '@temporalio/workflow';
import type { PrivacyScanActivities } from '../activities/privacy/create-privacy-scan-activities.ts';
import type { ScanPlace } from '../activities/privacy/inspect-page.ts';
import type { PrivacyScanInput } from '../contracts/privacy.ts';
import type { ReviewInput } from '../contracts/review.ts';
import { announce } from './announce.ts';
import { failureNotice } from './failure-notice.ts';
import { inZone } from './options.ts';
import { heldEvent } from './review-news.ts';
import { startReview } from './start-review.ts';

const { beginPrivacyScan, endPrivacyScan } = proxyActivities<PrivacyScanActivities>(
  inZone('transform', '10 minutes'),
);
const { inspectPage } = proxyActivities<PrivacyScanActivities>(inZone('transform', '1 hour'));

/** A scan that goes on in another history. */
export type ScanUnderWay = { readonly place: ScanPlace; readonly policyDigest: string };

/** Each page may begin a hundred reviews: more of them do not fit into one history. */
const PAGES_PER_HISTORY = 5;
const BEGINNING: ScanPlace = { after: '', ordinal: 0 };

/** Looks into documents, or into the evidence of a scan, and has people asked about what must not go on by itself. */
export async function privacyScanWorkflow(input: PrivacyScanInput, before?: ScanUnderWay): Promise<void> {
  try {
    const policyDigest = before?.policyDigest ?? (await beginPrivacyScan(input));
    const place = await inspected(input, before?.place ?? BEGINNING, policyDigest);
    if (place !== null)
      return await continueAsNew<typeof privacyScanWorkflow>(input, { place, policyDigest });
    await endPrivacyScan(input, null);
  } catch (error) {
    if (!(error instanceof ActivityFailure) && !isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(() => endPrivacyScan(input, failureNotice(error)));
    throw error;
  }
}

/** Where it goes on in another history; null when it has come to its end. */
async function inspected(
  input: PrivacyScanInput,
  from: ScanPlace,
  policyDigest: string,
): Promise<ScanPlace | null> {
  let place = from;
  for (let page = 0; page < PAGES_PER_HISTORY; page++) {
    const { next, reviews } = await inspectPage(input, place, policyDigest);
    await Promise.all(reviews.map(haveReviewed));
    if (next === null) return null;
    place = next;
  }
  return place;
}

async function haveReviewed(review: ReviewInput): Promise<void> {
  await startReview(review);
  await announce(heldEvent(review));
}
