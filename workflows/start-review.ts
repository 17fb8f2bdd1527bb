import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ChildWorkflowCancellationType,
  executeChild,
  ParentClosePolicy,
  proxyActivities,
  sleep,
  startChild,
} from '@temporalio/workflow';
import type { ReviewActivities } from '../activities/privacy/create-review-activities.ts';
import type { ReviewInput, ReviewOutcome } from '../contracts/review.ts';
import { reviewWorkflowId, WORKFLOWS } from '../contracts/workflow-names.ts';
import { taskQueue } from '../contracts/zones.ts';
import { isClosed } from '../domain/review/standing.ts';
import { inZone } from './options.ts';
import { earlierOutcome } from './review-outcome.ts';
import type { reviewWorkflow } from './review-workflow.ts';
import { belongsTo } from './search-attributes.ts';

const { findReviewOnRecord } = proxyActivities<ReviewActivities>(inZone('transform', '10 minutes'));

const childOf = (input: ReviewInput) => ({
  workflowId: reviewWorkflowId(input.scope.workspace, input.id),
  taskQueue: taskQueue('transform'),
  typedSearchAttributes: belongsTo(input),
  args: [input] as [ReviewInput],
});

/** Has people asked, and waits for nobody. */
export async function startReview(input: ReviewInput): Promise<void> {
  try {
    await startChild<typeof reviewWorkflow>(WORKFLOWS.review, {
      ...childOf(input),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** Has people asked, and waits until they have decided. Where others have had them asked already it waits for the same. */
export async function reviewAndWait(input: ReviewInput): Promise<ReviewOutcome> {
  try {
    return await executeChild<typeof reviewWorkflow>(WORKFLOWS.review, {
      ...childOf(input),
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return outcomeElsewhere(input);
  }
}

const FIRST_LOOK_MS = 10_000;
const LONGEST_MS = 30 * 60_000;

async function outcomeElsewhere({ scope, id }: ReviewInput): Promise<ReviewOutcome> {
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(2 * pause, LONGEST_MS)) {
    const found = await findReviewOnRecord({ scope, id });
    if (isClosed(found.state)) return earlierOutcome(found);
    await sleep(pause);
  }
}
