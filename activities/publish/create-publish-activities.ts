import { Context } from '@temporalio/activity';
import { CertusError } from '../../contracts/errors.ts';
import type { ReviewOutcome } from '../../contracts/review.ts';
import type { PublishInput, RunIdentity } from '../../contracts/workflows.ts';
import { withHeartbeat } from '../heartbeat.ts';
import type { PublishDeps } from './deps.ts';
import { type Promotion, promote } from './promote.ts';
import { publishOci } from './publish-oci.ts';
import { recordHeldBack } from './record-held-back.ts';

/** The steps of the transform zone. */
export const createPublishActivities = (deps: PublishDeps) => ({
  /** `decided` once people have said what is to become of evidence that was held back. */
  promote: (input: PublishInput, decided?: ReviewOutcome): Promise<Promotion> =>
    withHeartbeat((signal) => promote(deps, input, signal, publication(), decided)),
  recordHeldBack: (
    run: Pick<RunIdentity, 'scope' | 'testId'>,
    uploadStatus: 'in_review' | 'rejected',
  ): Promise<void> => withHeartbeat(() => recordHeldBack(deps, run, uploadStatus)),
  publishOci: (input: PublishInput): Promise<string | null> =>
    withHeartbeat((signal) => publishOci(deps, input, signal, publication())),
});

export type PublishActivities = ReturnType<typeof createPublishActivities>;

/** By what a publication is told from another one: its workflow, which goes on under its id after any crash. */
function publication(): string {
  const { workflowExecution } = Context.current().info;
  if (workflowExecution === undefined)
    throw new CertusError('internal_error', 'nothing is published outside of a workflow');
  return workflowExecution.workflowId;
}
