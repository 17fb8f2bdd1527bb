import {
  ActivityCancellationType,
  CancellationScope,
  defineQuery,
  executeChild,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
} from '@temporalio/workflow';
import type { ScanActivities } from '../activities/scan/create-scan-activities.ts';
import type { RunRecord } from '../activities/scan/record-scan.ts';
import type { TrustActivities } from '../activities/trust/create-trust-activities.ts';
import type { Step } from '../contracts/scan.ts';
import { PROGRESS_QUERY, WORKFLOWS, workflowId } from '../contracts/workflow-names.ts';
import type { RunIdentity, ScanInput } from '../contracts/workflows.ts';
import { taskQueue } from '../contracts/zones.ts';
import { resolveProfile } from '../domain/policy/resolve-profile.ts';
import { failureNotice, toFailure } from './failure-notice.ts';
import { inZone } from './options.ts';
import { ProgressBoard } from './progress.ts';
import type { publishWorkflow } from './publish-workflow.ts';
import { belongsTo, showState, showVerdict } from './search-attributes.ts';

export const progress = defineQuery<Step[]>(PROGRESS_QUERY);

// only once a cancelled step has let go of the checkout may it be removed, or the step would put it back
const onCheckout = {
  ...inZone('assurance', '1 hour'),
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
};
const { fetchSource } = proxyActivities<ScanActivities>({
  ...onCheckout,
  retry: { initialInterval: '1 second', maximumAttempts: 4 }, // a remote that stays away is the caller's to mend
});
const { runTool } = proxyActivities<ScanActivities>(onCheckout);
const { composeBundle, signBundle } = proxyActivities<ScanActivities>(inZone('assurance', '1 hour'));
// Bookkeeping of the zone that runs this workflow: done on the spot, without a way through the server for each.
const { recordScan, cleanUp } = proxyLocalActivities<ScanActivities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '500 milliseconds', maximumInterval: '30 seconds' },
});
const { decidePermit } = proxyActivities<TrustActivities>(inZone('trust', '10 minutes'));

type Learn = (more: Partial<RunRecord>) => RunRecord;

/** Carries one source through the whole chain: scan, sign, permit, publish, ingest. */
export async function scanWorkflow(input: ScanInput): Promise<RunRecord> {
  const board = new ProgressBoard(['fetch', 'scan', 'gate', 'sign', 'permit', 'publish']);
  setHandler(progress, () => board.steps());
  let run: RunRecord = { status: 'RUNNING', startedAt: now() };
  const learn: Learn = (more) => {
    run = { ...run, ...more };
    return run;
  };
  showState('RUNNING');
  try {
    await Promise.all([recordScan(input, run), carryThrough(input, board, learn)]);
    learn({ status: 'SUCCEEDED' });
  } catch (caught) {
    const error = toFailure(caught);
    learn({ status: isCancellation(error) ? 'CANCELLED' : 'FAILED', errors: [failureNotice(error)] });
    throw error;
  } finally {
    learn({ completedAt: now() });
    showState(run.status);
    // also when the run was cancelled: its record must say so, and its checkout must go
    await CancellationScope.nonCancellable(() => Promise.all([recordScan(input, run), cleanUp(input)]));
  }
  return run;
}

async function carryThrough(input: ScanInput, board: ProgressBoard, learn: Learn): Promise<void> {
  const run: RunIdentity = {
    scope: input.scope,
    component: input.component,
    assessment: input.assessment,
    testId: input.testId,
  };
  const { tools } = resolveProfile(input.manifest, input.profile);
  const startedAt = now();

  const checkout = await board.during('fetch', () => fetchSource(input));
  learn({ checkout });
  await board.during('scan', () => Promise.all(tools.map((tool) => runTool(input, checkout, tool))));
  const assessment = await board.during('gate', () =>
    composeBundle({ input, checkout, startedAt, completedAt: now() }),
  );
  showVerdict(assessment.verdict);
  await Promise.all([
    board.during('sign', () => signBundle(input, assessment.bundle)),
    recordScan(input, learn({ assessment })), // the verdict shows now, however long Trust may keep the rest waiting
  ]);

  const permit = await board.during('permit', () => decidePermit(run, assessment.bundle));
  learn({ permit });
  if (!permit.permitted) return board.skip('publish');

  const publication = await board.during('publish', () =>
    executeChild<typeof publishWorkflow>(WORKFLOWS.publish, {
      workflowId: workflowId('publish', run),
      taskQueue: taskQueue('transform'),
      typedSearchAttributes: belongsTo(run),
      args: [{ ...run, bundle: assessment.bundle, permitId: permit.permitId }],
    }),
  );
  learn({ publication });
}

/** Deterministic: inside a workflow the clock is the history's. */
const now = (): string => new Date().toISOString();
