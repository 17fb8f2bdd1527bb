import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { type DeletionInput, DeletionProgress } from '../../contracts/deletion.ts';
import { DELETION_QUERY, deletionWorkflowId, WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { endedWithin } from '../ended-within.ts';

type Run = Pick<DeletionInput, 'scope' | 'testId'>;

const ASK_MS = 5000;
/** What is gone in a moment is answered with; what takes longer is asked for again. */
const DELETING_MS = 5000;

/** One that goes on for this run already goes on by the order that it began with. */
export async function startDeletion(temporal: Client, input: DeletionInput): Promise<void> {
  try {
    await temporal.withDeadline(Date.now() + ASK_MS, () =>
      temporal.workflow.start(WORKFLOWS.deleteEvidence, {
        workflowId: deletionWorkflowId(input.scope, input.testId),
        taskQueue: taskQueue('transform'),
        args: [input],
        workflowIdConflictPolicy: 'FAIL',
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

export async function isDeleting(temporal: Client, run: Run): Promise<boolean> {
  const found = await describe(temporal, run);
  return found?.status.name === 'RUNNING';
}

/** How far it is, or how it ended; `undefined` where nobody has begun. */
export async function deletionProgress(temporal: Client, run: Run): Promise<DeletionProgress | undefined> {
  const found = await describe(temporal, run);
  if (found === undefined) return undefined;
  const handle = handleOf(temporal, run);
  const progress =
    found.status.name === 'RUNNING'
      ? await temporal.withDeadline(Date.now() + ASK_MS, () => handle.query(DELETION_QUERY))
      : (await endedWithin(temporal, handle, ASK_MS))?.result;
  return DeletionProgress.parse(progress);
}

/** The same, a moment later when it has not ended. */
export async function awaitDeletion(temporal: Client, run: Run): Promise<DeletionProgress | undefined> {
  const ended = await endedWithin(temporal, handleOf(temporal, run), DELETING_MS);
  return ended === undefined ? deletionProgress(temporal, run) : DeletionProgress.parse(ended.result);
}

const handleOf = (temporal: Client, { scope, testId }: Run) =>
  temporal.workflow.getHandle(deletionWorkflowId(scope, testId));

async function describe(temporal: Client, run: Run) {
  try {
    return await temporal.withDeadline(Date.now() + ASK_MS, () => handleOf(temporal, run).describe());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
