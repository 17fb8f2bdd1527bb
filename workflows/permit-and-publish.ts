import { executeChild, proxyActivities } from '@temporalio/workflow';
import type { TrustActivities } from '../activities/trust/create-trust-activities.ts';
import { WORKFLOWS, workflowId } from '../contracts/workflow-names.ts';
import type {
  BundleReference,
  PermitDecision,
  Publication,
  RunIdentity,
  Unpublished,
} from '../contracts/workflows.ts';
import { taskQueue } from '../contracts/zones.ts';
import { isDecision } from '../domain/permit/is-decision.ts';
import { inZone } from './options.ts';
import type { ProgressBoard } from './progress.ts';
import type { publishWorkflow } from './publish-workflow.ts';
import { belongsTo } from './search-attributes.ts';
import { soundAnswer } from './sound-answer.ts';

const { decidePermit, usePermit } = proxyActivities<TrustActivities>(inZone('trust', '10 minutes'));

/**
 * Asks Trust about signed evidence, and publishes what it permits. No permit, no publication. A permit that was given on
 * another question is named by its id; whether it is one, Trust is asked again.
 */
export async function permitAndPublish(
  run: RunIdentity,
  bundle: BundleReference,
  board: ProgressBoard,
  learn: (more: { permit: PermitDecision } | { publication: Publication | Unpublished }) => void,
  permitId?: string,
): Promise<void> {
  const permit = await board.during('permit', () =>
    soundAnswer(
      () => (permitId === undefined ? decidePermit(run, bundle) : usePermit(run, bundle, permitId)),
      isDecision,
    ),
  );
  learn({ permit });
  if (!permit.permitted) return board.skip('publish');
  const publication = await board.during('publish', () =>
    executeChild<typeof publishWorkflow>(WORKFLOWS.publish, {
      workflowId: workflowId('publish', run),
      taskQueue: taskQueue('transform'),
      typedSearchAttributes: belongsTo(run),
      args: [{ ...run, bundle, permitId: permit.permitId }],
    }),
  );
  learn({ publication });
}
