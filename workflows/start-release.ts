import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ChildWorkflowCancellationType, ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { PromotionInput } from '../contracts/promotion.ts';
import type { ReviewDecision, ReviewInput } from '../contracts/review.ts';
import { promotionWorkflowId, WORKFLOWS } from '../contracts/workflow-names.ts';
import { taskQueue } from '../contracts/zones.ts';
import { belongsTo } from './search-attributes.ts';

/** Has a released document promoted by a run of its own, once; what it rests on that run sees for itself. */
export async function startRelease(
  { scope, id, component, assessment }: ReviewInput,
  state: 'released' | 'released_masked',
  counting: readonly ReviewDecision[],
  testId: string,
): Promise<void> {
  const last = counting.at(-1);
  if (last === undefined) throw new Error('nothing is released that nobody has released');
  const promotion: PromotionInput = {
    scope,
    component,
    assessment,
    testId,
    orderId: last.orderId,
    release: {
      reviewId: id,
      verdict: state === 'released' ? 'release' : 'release_masked',
      orderIds: counting.map(({ orderId }) => orderId),
    },
    destinations: ['golden', 'oci'],
    requestedBy: last.by,
  };
  try {
    await startChild<(input: PromotionInput) => Promise<unknown>>(WORKFLOWS.promotion, {
      workflowId: promotionWorkflowId(scope.workspace, testId),
      taskQueue: taskQueue('transform'),
      typedSearchAttributes: belongsTo({ scope, component }),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      args: [promotion],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
