import {
  CancellationScope,
  continueAsNew,
  isCancellation,
  patched,
  proxyActivities,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { ComposedDocuments } from '../activities/documents/compose-documents.ts';
import type { DocumentsActivities } from '../activities/documents/create-documents-activities.ts';
import type { PromotionActivities } from '../activities/documents/create-promotion-activities.ts';
import type { FinishedPromotion } from '../activities/documents/finish-promotion.ts';
import type { PublishActivities } from '../activities/publish/create-publish-activities.ts';
import type { OrderActivities } from '../activities/trust/create-order-activities.ts';
import type { TrustActivities } from '../activities/trust/create-trust-activities.ts';
import type { KnownActivities } from '../activities/trust/known/create-known-activities.ts';
import type { PromotionInput, PromotionState } from '../contracts/promotion.ts';
import type { PermitAsk, PublishInput } from '../contracts/workflows.ts';
import { isDecision } from '../domain/permit/is-decision.ts';
import { announce } from './announce.ts';
import { failureNotice, toFailure } from './failure-notice.ts';
import { inZone } from './options.ts';
import { promotedEvent, withheldEvent } from './promotion-news.ts';
import { identityOf } from './run-identity.ts';
import { soundAnswer } from './sound-answer.ts';
import { startGoldenIngestion } from './start-golden-ingestion.ts';
import { startReview } from './start-review.ts';

const { carryOut } = proxyActivities<OrderActivities>(inZone('trust', '10 minutes'));
const { logPromotion } = proxyActivities<KnownActivities>(inZone('trust', '10 minutes'));
const { decidePermit } = proxyActivities<TrustActivities>(inZone('trust', '10 minutes'));
const { composeDocuments } = proxyActivities<DocumentsActivities>(inZone('assurance', '10 minutes'));
const { recordDocumentPromotion, reviewsToStart } = proxyActivities<PromotionActivities>(
  inZone('transform', '10 minutes'),
);
const { finishPromotion } = proxyActivities<PromotionActivities>(inZone('transform', '1 hour'));
const { placeDocuments } = proxyActivities<PromotionActivities>(inZone('transform', '1 day'));
const { publishOci } = proxyActivities<PublishActivities>(inZone('transform', '1 hour'));

/** A promotion that goes on in a history of its own: what was permitted, and how far it was placed. */
export type GoingOn = {
  readonly permitted: PublishInput;
  readonly from: number;
  readonly policy: string | null;
};

export type PromotionEnd = { readonly state: Exclude<PromotionState, 'running'> };

/**
 * Takes documents that people brought to golden: an order that Trust has seen, a signed list, a permit, and each document as
 * far as the privacy policy lets it. What is held back waits for people, and not this run for them.
 */
export async function promotionWorkflow(input: PromotionInput, going?: GoingOn): Promise<PromotionEnd> {
  try {
    return await promoted(input, going);
  } catch (caught) {
    const failure = toFailure(caught);
    if (!(failure instanceof TemporalFailure)) throw failure;
    const { code, message } = failureNotice(failure);
    const error = { code: isCancellation(failure) ? 'cancelled' : code, message };
    await CancellationScope.nonCancellable(() =>
      recordDocumentPromotion(input, { state: 'failed', error, ended: true }),
    );
    throw failure;
  }
}

async function promoted(input: PromotionInput, going: GoingOn | undefined): Promise<PromotionEnd> {
  const begun = going?.permitted ?? (await begin(input));
  if ('state' in begun) return begun;
  const policy = await placeAll(input, going ?? { permitted: begun, from: 0, policy: null });
  const finished = await finishPromotion({ ...begun, ...input, policy });
  await recordDocumentPromotion(input, {
    state: finished.state,
    clean: finished.clean + finished.released,
    masked: finished.masked,
    withheld: finished.withheld + finished.changed,
    goldenManifest: finished.manifest,
    ...(finished.state === 'withheld' ? { ended: true } : {}),
  });
  await tell(input, finished);
  if (finished.state === 'promoted') {
    await publish(input, begun);
    if (patched('golden-ingestion')) await startGoldenIngestion(input);
  }
  return { state: finished.state };
}

/** What is to be placed, by which permit; or how it ended without one. */
async function begin(input: PromotionInput): Promise<PublishInput | PromotionEnd> {
  await recordDocumentPromotion(input, {});
  const refused = await refusedOrder(input);
  if (refused !== undefined) return ended(input, { state: 'failed', error: refused });
  const composed = await composeDocuments(input);
  const { bundle, documents, bytes } = composed;
  await recordDocumentPromotion(input, { documents, bytes });
  const run = identityOf(input);
  const decision = await soundAnswer(() => decidePermit(run, bundle, askFor(input, composed)), isDecision);
  const { permitId, permitted, reason } = decision;
  if (!permitted) return ended(input, { state: 'denied', permitId, denial: reason });
  await recordDocumentPromotion(input, { permitId });
  return { ...run, bundle, permitId };
}

type End = Parameters<typeof recordDocumentPromotion>[1] & PromotionEnd;

async function ended(input: PromotionInput, end: End): Promise<PromotionEnd> {
  await recordDocumentPromotion(input, { ...end, ended: true });
  return { state: end.state };
}

/** Trust sees every order before anything comes of it, and writes it into the log. */
async function refusedOrder({ scope: { tenant }, orderId, release }: PromotionInput) {
  for (const id of new Set([...(release?.orderIds ?? []), orderId])) {
    const outcome = await soundAnswer(() => carryOut({ tenant, orderId: id }), isOutcome);
    if (outcome.state === 'refused') return { code: outcome.code, message: outcome.message };
  }
  return undefined;
}

const isOutcome = (answer: unknown): boolean =>
  typeof answer === 'object' &&
  answer !== null &&
  'state' in answer &&
  (answer.state === 'done' || answer.state === 'refused');

/** For all destinations it is the run's own question. */
function askFor({ destinations }: PromotionInput, { intake }: ComposedDocuments): PermitAsk | undefined {
  if (destinations.includes('oci')) return undefined;
  return {
    ground: 'documents',
    tier: 'verified',
    destinations,
    signer: null,
    artifacts: [{ name: 'intake.json', ...intake }],
  };
}

/** Reviews that were started count against the run for as long as they last: the server takes 2000, and so long a history. */
const REVIEWS_PER_HISTORY = 500;

/** Places page after page, and has people asked about what is held back; gives back the policy under which that was done. */
async function placeAll(input: PromotionInput, { permitted, ...begun }: GoingOn): Promise<string> {
  const { orderId, release } = input;
  let { from, policy } = begun;
  for (let started = 0; ; ) {
    const page = await placeDocuments({
      ...permitted,
      orderId,
      ...(release === undefined ? {} : { release }),
      from,
      policy,
    });
    started += await startReviews(input, page.reviews);
    if (page.next === null) return page.policy;
    from = page.next;
    policy = page.policy;
    if (started >= REVIEWS_PER_HISTORY || workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof promotionWorkflow>(input, { permitted, from, policy });
  }
}

/** What a review is about is too much for one answer of a page. */
const REVIEWS_AT_ONCE = 50;

async function startReviews({ scope }: PromotionInput, ids: readonly string[]): Promise<number> {
  let started = 0;
  for (let at = 0; at < ids.length; at += REVIEWS_AT_ONCE) {
    const reviews = await reviewsToStart(scope, ids.slice(at, at + REVIEWS_AT_ONCE));
    await Promise.all(reviews.map(startReview));
    started += reviews.length;
  }
  return started;
}

async function tell(input: PromotionInput, finished: FinishedPromotion): Promise<void> {
  const at = new Date().toISOString();
  if (finished.state === 'promoted') await announce(promotedEvent(input, finished, at));
  if (finished.withheld + finished.changed > 0) await announce(withheldEvent(input, finished, at));
}

/** Neither the registry nor the log keeps anybody from finding what golden holds: that is on record before they are asked. */
async function publish(input: PromotionInput, permitted: PublishInput): Promise<void> {
  const { scope, testId, destinations } = input;
  const log = async () => recordDocumentPromotion(input, { logIndex: await logPromotion({ scope, testId }) });
  const push = async () => (destinations.includes('oci') ? publishOci(permitted) : null);
  const [ociReference] = await Promise.all([push(), log()]);
  await recordDocumentPromotion(input, { ociReference, ended: true });
}
