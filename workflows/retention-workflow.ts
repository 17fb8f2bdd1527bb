import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ActivityFailure,
  ChildWorkflowCancellationType,
  continueAsNew,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { RetentionActivities } from '../activities/golden/create-retention-activities.ts';
import type { DueCopy } from '../activities/golden/due-copies.ts';
import type { ForgetActivities } from '../activities/ingest/forget-hidden.ts';
import type { Notice } from '../contracts/scan.ts';
import { deletionWorkflowId, WORKFLOWS } from '../contracts/workflow-names.ts';
import { taskQueue } from '../contracts/zones.ts';
import { announce } from './announce.ts';
import type { deleteEvidenceWorkflow } from './delete-evidence-workflow.ts';
import { failureNotice } from './failure-notice.ts';
import { inZone } from './options.ts';
import { archivedEvent } from './retention-news.ts';

const { dueCopies } = proxyActivities<RetentionActivities>(inZone('transform', '10 minutes'));
const { archiveCopy } = proxyActivities<RetentionActivities>(inZone('transform', '1 day'));
const { forgetHidden } = proxyActivities<ForgetActivities>(inZone('ingest', '10 minutes'));

/** How far it got, over as many histories as it takes. */
export type RetentionRound = {
  readonly after: Parameters<RetentionActivities['dueCopies']>[0];
  readonly archived: number;
  /** Each goes on in a workflow of its own, which may have to wait. */
  readonly deletions: number;
  readonly failed: number;
  readonly stopped: readonly string[];
  /** The first of them. */
  readonly notices: readonly Notice[];
};

const START: RetentionRound = {
  ...{ after: null, archived: 0, deletions: 0, failed: 0, stopped: [], notices: [] },
};
const SIDE_BY_SIDE = 2;
const PAGES_PER_HISTORY = 20;
const MOST_NOTICES = 50;

/** Every day: puts aside and deletes what the policies say. A copy that cannot be keeps nobody from the others. */
export async function retentionWorkflow(round: RetentionRound = START): Promise<RetentionRound> {
  let done = round;
  for (let pages = 1; ; pages++) {
    const { copies, stopped, next } = await dueCopies(done.after);
    done = { ...done, stopped: [...new Set([...done.stopped, ...stopped])].slice(0, MOST_NOTICES) };
    const lanes = Array.from({ length: SIDE_BY_SIDE }, (_, lane) =>
      copies.filter((__, at) => at % SIDE_BY_SIDE === lane),
    );
    const ended = (await Promise.all(lanes.map(inTurn))).flat();
    done = added({ ...done, after: next }, ended);
    if (next === null) return done;
    if (pages >= PAGES_PER_HISTORY || workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof retentionWorkflow>(done);
  }
}

type End = 'archived' | 'deletion' | 'left' | Notice;

function added(round: RetentionRound, ended: readonly End[]): RetentionRound {
  const failures = ended.filter((end): end is Notice => typeof end === 'object');
  const count = (wanted: End) => ended.filter((end) => end === wanted).length;
  return {
    ...round,
    archived: round.archived + count('archived'),
    deletions: round.deletions + count('deletion'),
    failed: round.failed + failures.length,
    notices: [...round.notices, ...failures].slice(0, MOST_NOTICES),
  };
}

async function inTurn(copies: readonly DueCopy[]): Promise<End[]> {
  const ended: End[] = [];
  for (const copy of copies) ended.push(await attempt(copy));
  return ended;
}

async function attempt(copy: DueCopy): Promise<End> {
  try {
    return copy.due === 'archive' ? await archived(copy) : await startDeletion(copy);
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return { ...failureNotice(error), path: copy.testId };
  }
}

/** Of its artifact in the registry nothing is said: it stays where it is. */
async function archived({ scope, testId }: DueCopy): Promise<End> {
  const { state, component } = await archiveCopy({ scope, testId });
  if (state !== 'archived') return 'left';
  await forgetHidden({ scope, testId });
  await announce(archivedEvent({ scope, testId }, component, new Date().toISOString()));
  return 'archived';
}

async function startDeletion({ due: _, ...input }: DueCopy): Promise<End> {
  try {
    await startChild<typeof deleteEvidenceWorkflow>(WORKFLOWS.deleteEvidence, {
      workflowId: deletionWorkflowId(input.scope, input.testId),
      taskQueue: taskQueue('transform'),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      args: [input],
    });
    return 'deletion';
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return 'left';
  }
}
