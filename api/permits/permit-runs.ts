import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { WORKFLOWS } from '../../contracts/workflow-names.ts';
import type { PermitInput } from '../../contracts/workflows.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { endedWithin } from '../ended-within.ts';

const PATIENCE_MS = 5000;
/** What Trust decides in a moment is answered with; what takes longer is asked for again. */
const DECIDING_MS = 8000;

type Asked = Pick<PermitInput['run'], 'scope' | 'testId'>;

/** By the permit's id, which is made of the tenant and of everything that was asked. */
const runOf = ({ scope, testId }: Asked, permitId: string): string =>
  `permit/${scope.workspace}/${testId}/${permitId.replace('permit_', '')}`;

/** Asks Trust, or finds that it was asked the same before; waits a moment for the answer, which the row tells. */
export async function askTrust(temporal: Client, input: PermitInput, permitId: string): Promise<void> {
  const workflowId = runOf(input.run, permitId);
  try {
    await temporal.withDeadline(Date.now() + PATIENCE_MS, () =>
      temporal.workflow.start(WORKFLOWS.permit, {
        workflowId,
        taskQueue: taskQueue('transform'),
        args: [input],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  await endedWithin(temporal, temporal.workflow.getHandle(workflowId), DECIDING_MS);
}

/** Whether Trust still has the question before it. */
export async function isAsked(temporal: Client, asked: Asked, permitId: string): Promise<boolean> {
  try {
    const { status } = await temporal.withDeadline(Date.now() + PATIENCE_MS, () =>
      temporal.workflow.getHandle(runOf(asked, permitId)).describe(),
    );
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
