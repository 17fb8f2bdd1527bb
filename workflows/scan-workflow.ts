import {
  CancellationScope,
  defineQuery,
  executeChild,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  TemporalFailure,
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

/**
 * Steps over foreign code: whatever that does to a worker, it may not do it for ever. Half an hour of trying outlasts what
 * ails a machine; a remote that stays away is given up sooner, by the activities themselves.
 */
const { fetchSource, runTool } = proxyActivities<ScanActivities>({
  ...inZone('assurance', '1 hour'),
  retry: { initialInterval: '500 milliseconds', maximumInterval: '2 minutes', maximumAttempts: 25 },
});
const { composeBundle, signBundle } = proxyActivities<ScanActivities>(inZone('assurance', '1 hour'));
// Bookkeeping of the zone that runs this workflow: done on the spot, without a way through the server for each.
const { recordScan, cleanUp } = proxyLocalActivities<ScanActivities>({
  startToCloseTimeout: '1 minute',
  // beyond this a timer waits, and not an open workflow task: a database may be away for days
  localRetryThreshold: '5 seconds',
  retry: { initialInterval: '500 milliseconds', maximumInterval: '2 minutes' },
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
  // also when the run was cancelled: its record must say so, and its checkout must go
  const close = (end: Pick<RunRecord, 'status' | 'errors'>) =>
    CancellationScope.nonCancellable(async () => {
      learn({ ...end, completedAt: now() });
      showState(end.status);
      await Promise.all([recordScan(input, run), cleanUp(input)]);
    });
  showState('RUNNING');
  try {
    await Promise.all([recordScan(input, run), carryThrough(input, board, learn)]);
  } catch (caught) {
    const failure = toFailure(caught);
    // a bug of ours fails the workflow task until a release mends it: nothing may have been booked by then
    if (!(failure instanceof TemporalFailure)) throw failure;
    await close({
      status: isCancellation(failure) ? 'CANCELLED' : 'FAILED',
      errors: [failureNotice(failure)],
    });
    throw failure;
  }
  await close({ status: 'SUCCEEDED' });
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
