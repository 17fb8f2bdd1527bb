import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import type { SignArtifactInput, SignInput } from '../../contracts/signing.ts';
import { WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { endedWithin } from '../ended-within.ts';

const PATIENCE_MS = 5_000;
/** What is signed in a moment is answered with; what takes longer is asked for again. */
const SIGNING_MS = 8_000;

type Started =
  | { readonly workflow: 'sign'; readonly input: SignInput }
  | { readonly workflow: 'signArtifact'; readonly input: SignArtifactInput };

/** With the tenant in it, since nobody may ask after another's run. */
const idOf = ({ tenant, workspace }: Scope, id: string): string => `sign/${tenant}/${workspace}/${id}`;

/** Starts the run, or finds the one of this id, and waits a moment for it; false while it goes on. Its failure is thrown. */
export async function signed(temporal: Client, { workflow, input }: Started): Promise<boolean> {
  const workflowId = idOf(input.scope, input.id);
  try {
    await temporal.withDeadline(Date.now() + PATIENCE_MS, () =>
      temporal.workflow.start(WORKFLOWS[workflow], {
        workflowId,
        taskQueue: taskQueue('assurance'),
        args: [input],
        // what failed for want of a key may be asked for again
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return endedWell(temporal, workflowId, SIGNING_MS);
}

export type RunState = 'running' | 'done' | 'unknown' | CertusError;

/** How the run of an id goes; the error it ended with when it failed. */
export async function stateOf(temporal: Client, scope: Scope, id: string): Promise<RunState> {
  const workflowId = idOf(scope, id);
  try {
    const { status } = await temporal.withDeadline(Date.now() + PATIENCE_MS, () =>
      temporal.workflow.getHandle(workflowId).describe(),
    );
    if (status.name === 'RUNNING') return 'running';
    await endedWell(temporal, workflowId, PATIENCE_MS);
    return 'done';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'unknown';
    if (error instanceof CertusError && !error.retryable) return error;
    throw error;
  }
}

const endedWell = async (temporal: Client, workflowId: string, patienceMs: number): Promise<boolean> =>
  (await endedWithin(temporal, temporal.workflow.getHandle(workflowId), patienceMs)) !== undefined;
