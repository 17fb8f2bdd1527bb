import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  proxyActivities,
  startChild,
} from '@temporalio/workflow';
import type { KeyMakingActivities } from '../activities/sign/generate-key.ts';
import type { OrderActivities } from '../activities/trust/create-order-activities.ts';
import type { OrderRun } from '../contracts/order-run.ts';
import type { OrderOutcome } from '../contracts/orders.ts';
import type { QuarantineInput } from '../contracts/quarantine.ts';
import { WORKFLOWS, workflowId } from '../contracts/workflow-names.ts';
import { taskQueue } from '../contracts/zones.ts';
import { inZone } from './options.ts';
import type { quarantineWorkflow } from './quarantine-workflow.ts';
import { belongsTo } from './search-attributes.ts';

const { generateKey } = proxyActivities<KeyMakingActivities>(inZone('assurance', '10 minutes'));
const { carryOut, runsToQuarantine } = proxyActivities<OrderActivities>(inZone('trust', '10 minutes'));

/**
 * Has Trust carry out what an administrator ordered, however long Trust is away. A key is made where keys are held, before
 * Trust is asked to believe it.
 */
export async function orderWorkflow({ tenant, orderId, kind, key }: OrderRun): Promise<OrderOutcome> {
  const found = key && (await generateKey({ tenant, orderId, ...key }));
  const outcome = await carryOut({ tenant, orderId, found });
  if (kind === 'revoke_key' && outcome.state === 'done') await startQuarantines(tenant, orderId);
  return outcome;
}

/** What becomes of each run is the business of its own quarantine; here it is only seen to that each one starts. */
async function startQuarantines(tenant: string, orderId: string): Promise<void> {
  let page = await runsToQuarantine({ tenant, orderId });
  for (;;) {
    for (const run of page.runs) await startQuarantine(run);
    if (page.next === undefined) return;
    page = await runsToQuarantine({ tenant, orderId, after: page.next });
  }
}

async function startQuarantine(run: QuarantineInput): Promise<void> {
  try {
    await startChild<typeof quarantineWorkflow>(WORKFLOWS.quarantine, {
      workflowId: workflowId('quarantine', run),
      taskQueue: taskQueue('transform'),
      typedSearchAttributes: belongsTo(run),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      args: [run],
    });
  } catch (error) {
    // another key of the same run was revoked before
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
