import {
  isGrpcServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { z } from 'zod';
import { CertusError, ERROR_STATUS, type ErrorCode } from '../../contracts/errors.ts';
import type { ReviewCall, ReviewDecisionRequest, ReviewStanding } from '../../contracts/review.ts';
import { DECIDE_UPDATE, reviewWorkflowId } from '../../contracts/workflow-names.ts';
import { isClosed } from '../../domain/review/standing.ts';
import type { ReviewRecord } from '../../services/database/reviews.ts';
import type { Principal } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { signOrder } from '../orders/give-order.ts';

/** Longer than the review itself waits for Trust before it answers that the decision was taken down. */
const PATIENCE_MS = 12_000;

/**
 * Signs what a reviewer decided and hands it to the review. What is seen to lead nowhere is turned away before anything is
 * signed; the review looks at all of it once more, since two may decide at the same time.
 */
export async function decideReview(
  deps: Pick<ApiDeps, 'database' | 'temporal' | 'trust'>,
  principal: Principal,
  review: ReviewRecord,
  { workspace_id: workspace, verdict, reason, subject_digest }: z.output<typeof ReviewDecisionRequest>,
): Promise<{ readonly orderId: string }> {
  if (isClosed(review.state)) throw new CertusError('review_closed', 'this review has been decided already');
  if (review.digest !== subject_digest)
    throw new CertusError('digest_mismatch', 'the decision is about other bytes than those that are held');
  const action = {
    kind: 'decide_review',
    workspace,
    review_id: review.id,
    verdict,
    reason,
    subject_digest,
  } as const;
  const { id: orderId } = await signOrder(deps, principal, action);
  const call: ReviewCall = { orderId, verdict, by: principal.subject, subjectDigest: subject_digest };
  const { temporal } = deps;
  try {
    await temporal.withDeadline(Date.now() + PATIENCE_MS, () =>
      temporal.workflow
        .getHandle(reviewWorkflowId(workspace, review.id))
        .executeUpdate<ReviewStanding, [ReviewCall]>(DECIDE_UPDATE, { args: [call], updateId: orderId }),
    );
    return { orderId };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError && !(await hasBegun(deps, workspace, review)))
      throw new CertusError('dependency_unavailable', 'the review has not begun yet: ask again', {
        cause: error,
      });
    throw told(error);
  }
}

/** It is on record a moment before it is there to be told anything; one that ran and is gone takes nothing any more. */
async function hasBegun(
  { temporal }: Pick<ApiDeps, 'temporal'>,
  workspace: string,
  { id }: ReviewRecord,
): Promise<boolean> {
  try {
    await temporal.workflow.getHandle(reviewWorkflowId(workspace, id)).describe();
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

function told(error: unknown): unknown {
  if (error instanceof WorkflowNotFoundError)
    return new CertusError('review_closed', 'this review takes no decisions any more', { cause: error });
  // gRPC: a deadline that passed ends the wait in one of two shapes
  if (
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    (isGrpcServiceError(error) && DEADLINE.has(error.code))
  )
    return new CertusError('dependency_unavailable', 'the review does not answer right now', {
      cause: error,
    });
  if (!(error instanceof WorkflowUpdateFailedError)) return error;
  const { cause } = error;
  if (cause instanceof ApplicationFailure && cause.type && Object.hasOwn(ERROR_STATUS, cause.type))
    return new CertusError(cause.type as ErrorCode, cause.message, { cause: error });
  // it came to its end while the decision was on its way
  return new CertusError('review_closed', 'this review takes no decisions any more', { cause: error });
}

const DEADLINE: ReadonlySet<number> = new Set([1, 4]);
