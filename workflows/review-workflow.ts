import {
  ActivityFailure,
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  log,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  ReviewActivities,
  ReviewOnRecord,
  ReviewReference,
} from '../activities/privacy/create-review-activities.ts';
import type { OpenedDecision } from '../activities/privacy/open-decision.ts';
import type { OrderActivities } from '../activities/trust/create-order-activities.ts';
import type { ReviewCall, ReviewDecision, ReviewInput, ReviewOutcome } from '../contracts/review.ts';
import { isMaskable, subjectDigest } from '../contracts/review-subject.ts';
import { expiryOf, reminderInterval } from '../contracts/review-times.ts';
import type { Notice } from '../contracts/scan.ts';
import { isClosed } from '../domain/review/standing.ts';
import { announce } from './announce.ts';
import { failureNotice, toFailure } from './failure-notice.ts';
import { inZone } from './options.ts';
import { type Carried, openDesk, type ReviewDesk } from './review-desk.ts';
import { endEvent, reminderEvent } from './review-news.ts';
import { earlierOutcome, outcomeOf } from './review-outcome.ts';
import { startRelease } from './start-release.ts';

const { carryOut } = proxyActivities<OrderActivities>(inZone('trust', '10 minutes'));
const { findReviewOnRecord, openDecision, recordReview } = proxyActivities<ReviewActivities>(
  inZone('transform', '10 minutes'),
);

/**
 * Waits until people have decided about what is held back, or until the time for it is over. A decision counts once Trust
 * has logged the order and the order, opened again, says it; nothing that the caller says of it is believed.
 */
export async function reviewWorkflow(input: ReviewInput, carried?: Carried): Promise<ReviewOutcome> {
  const desk = openDesk(input, carried);
  const reference = { scope: input.scope, id: input.id };
  try {
    const found = await findReviewOnRecord(reference);
    if (isClosed(found.state)) {
      desk.close(found.state);
      await condition(allHandlersFinished);
      return earlierOutcome(found);
    }
    requireSame(input, found.review);
    desk.adopt(found.review);
    return await reviewed(desk, found, carried);
  } catch (error) {
    // nobody waits for it any more: what is held can be put up for review again
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => giveUp(reference, desk));
    throw error;
  }
}

async function reviewed(
  desk: ReviewDesk,
  { review, releaseAs }: ReviewOnRecord,
  carried: Carried | undefined,
): Promise<ReviewOutcome> {
  const expiresAt = expiryOf(review.openedAt, review.rules);
  const interval = reminderInterval(review.rules);
  let reminders = carried?.reminders ?? 0;
  desk.remindAt = carried?.remindAt ?? Date.parse(review.openedAt) + interval;
  for (;;) {
    const call = await desk.next(Math.min(desk.remindAt, expiresAt));
    if (call !== undefined) {
      const ended = await decided(desk, call, review, releaseAs);
      if (ended !== undefined) return ended;
    } else if (Date.now() >= expiresAt) {
      return end(desk, review, 'expired', [], releaseAs);
    } else if (Date.now() >= desk.remindAt) {
      desk.remindAt = Date.now() + interval;
      reminders += 1;
      await announce(reminderEvent(review, reminders));
    }
    await goOnInAnotherHistory(desk, desk.review(), { reminders, remindAt: desk.remindAt });
  }
}

/** Only when all calls are dealt with: whoever has handed one in is answered by the history that took it. */
async function goOnInAnotherHistory(
  desk: ReviewDesk,
  review: ReviewInput,
  { reminders, remindAt }: Pick<Carried, 'reminders' | 'remindAt'>,
): Promise<void> {
  if (!workflowInfo().continueAsNewSuggested || !allHandlersFinished() || desk.hasWaiting()) return;
  const carried = { decisions: desk.decisions(), known: desk.known(), reminders, remindAt };
  await continueAsNew<typeof reviewWorkflow>(review, carried);
}

/** What the review has come to, if it has come to an end. */
async function decided(
  desk: ReviewDesk,
  { orderId }: ReviewCall,
  review: ReviewInput,
  releaseAs: string,
): Promise<ReviewOutcome | undefined> {
  const decision = await opened(orderId, review);
  if ('code' in decision) {
    log.warn('a decision was not accepted', { orderId, code: decision.code });
    desk.settle(orderId, decision);
    return undefined;
  }
  const reached = accepted(desk, decision);
  if ('code' in reached) {
    desk.settle(orderId, reached);
    return undefined;
  }
  const { state, counting } = reached;
  if (state !== 'open' && state !== 'second_person')
    return end(desk, review, state, counting, releaseAs, orderId);
  const { rules } = desk.review();
  const progress = { state, decisions: desk.decisions(), releasedAs: null, closedAt: null, rules };
  await recordReview(review, progress);
  desk.settle(orderId);
  return undefined;
}

/** The order as Trust has logged it and as it is signed, or why it is none. */
async function opened(
  orderId: string,
  { scope, id, subject }: ReviewInput,
): Promise<OpenedDecision | Notice> {
  try {
    const outcome = await carryOut({ tenant: scope.tenant, orderId, found: undefined });
    if (outcome.state === 'refused') return { code: outcome.code, message: outcome.message };
    return await openDecision({ scope, reviewId: id, subjectDigest: subjectDigest(subject), orderId });
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    return failureNotice(error);
  }
}

function accepted(desk: ReviewDesk, decision: OpenedDecision): ReturnType<ReviewDesk['accept']> | Notice {
  try {
    return desk.accept(decision);
  } catch (error) {
    const failure = toFailure(error);
    if (failure instanceof ApplicationFailure) return failureNotice(failure);
    throw error;
  }
}

/**
 * What was decided is brought to its end, whoever calls the run off by then. The promotion is under way before the row says
 * so: who reads that a document is released finds where.
 */
async function end(
  desk: ReviewDesk,
  review: ReviewInput,
  state: ReviewOutcome['state'],
  counting: readonly ReviewDecision[],
  releaseAs: string,
  orderId?: string,
): Promise<ReviewOutcome> {
  desk.close(state);
  return CancellationScope.nonCancellable(async () => {
    const releases =
      review.subject.kind === 'document' && (state === 'released' || state === 'released_masked');
    const releasedAs = releases ? releaseAs : null;
    if (releases) await startRelease(review, state, counting, releaseAs);
    const closedAt = new Date().toISOString();
    const { rules } = desk.review();
    await recordReview(review, { state, decisions: desk.decisions(), releasedAs, closedAt, rules });
    if (orderId !== undefined) desk.settle(orderId);
    const event = endEvent(review, state, counting, releasedAs);
    if (event !== undefined) await announce(event);
    await condition(allHandlersFinished);
    return outcomeOf(state, counting, releasedAs);
  });
}

async function giveUp({ scope, id }: ReviewReference, desk: ReviewDesk): Promise<void> {
  if (isClosed(desk.state())) return;
  desk.close('failed');
  const closedAt = new Date().toISOString();
  const progress = { state: 'failed', decisions: desk.decisions(), releasedAs: null, closedAt } as const;
  await recordReview({ scope, id }, progress);
  await condition(allHandlersFinished);
}

/** A run under the name of another review, or by easier rules, is none that anybody opened. */
function requireSame({ subject, rules }: ReviewInput, review: ReviewInput): void {
  if (JSON.stringify(keysOf(subject, rules)) !== JSON.stringify(keysOf(review.subject, review.rules)))
    throw ApplicationFailure.nonRetryable('this is not the review on record', 'object_conflict');
}

const keysOf = (subject: ReviewInput['subject'], rules: ReviewInput['rules']) => [
  subjectDigest(subject),
  isMaskable(subject),
  rules.second_person,
  rules.expires_after_hours,
  rules.remind_after_hours,
];
