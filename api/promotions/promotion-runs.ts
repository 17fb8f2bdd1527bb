import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { CertusError } from '../../contracts/errors.ts';
import type { PromotionInput } from '../../contracts/promotion.ts';
import { promotionWorkflowId, WORKFLOWS } from '../../contracts/workflow-names.ts';
import { SEARCH_ATTRIBUTES, taskQueue } from '../../contracts/zones.ts';
import { endedWithin } from '../ended-within.ts';

const START_MS = 5000;
/** What is promoted in a moment is answered with; what takes longer is asked for again. */
const PROMOTING_MS = 5000;

/** False when a run of this id was started before. */
export async function startPromotion(temporal: Client, input: PromotionInput): Promise<boolean> {
  try {
    await temporal.withDeadline(Date.now() + START_MS, () =>
      temporal.workflow.start(WORKFLOWS.promotion, {
        workflowId: promotionWorkflowId(input.scope.workspace, input.testId),
        taskQueue: taskQueue('transform'),
        args: [input],
        typedSearchAttributes: belongsTo(input),
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

/** Waits a moment for the end. How it ended its row says; a reason to fail is among that. */
export async function awaitPromotion(
  temporal: Client,
  { scope, testId }: Pick<PromotionInput, 'scope' | 'testId'>,
): Promise<void> {
  const handle = temporal.workflow.getHandle(promotionWorkflowId(scope.workspace, testId));
  try {
    await endedWithin(temporal, handle, PROMOTING_MS);
  } catch (error) {
    if (!(error instanceof CertusError)) throw error;
  }
}

const belongsTo = ({ scope, component }: PromotionInput) => [
  { key: defineSearchAttributeKey(SEARCH_ATTRIBUTES.tenant, 'KEYWORD'), value: scope.tenant },
  { key: defineSearchAttributeKey(SEARCH_ATTRIBUTES.workspace, 'KEYWORD'), value: scope.workspace },
  { key: defineSearchAttributeKey(SEARCH_ATTRIBUTES.component, 'KEYWORD'), value: component },
];
