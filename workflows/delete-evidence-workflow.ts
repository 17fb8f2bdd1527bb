import {
  ActivityFailure,
  defineQuery,
  isCancellation,
  proxyActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { RetentionActivities } from '../activities/golden/create-retention-activities.ts';
import type { RawRemoval, RawRemovalActivities } from '../activities/golden/remove-raw.ts';
import type { ForgetActivities } from '../activities/ingest/forget-hidden.ts';
import type { OrderActivities } from '../activities/trust/create-order-activities.ts';
import type { DeletionLogActivities } from '../activities/trust/known/log-deletion.ts';
import type { Burial, Cleared, DeletionInput, DeletionProgress } from '../contracts/deletion.ts';
import { DELETION_QUERY } from '../contracts/workflow-names.ts';
import { announce } from './announce.ts';
import { failureNotice } from './failure-notice.ts';
import { inZone } from './options.ts';
import { deletedEvent } from './retention-news.ts';
import { soundAnswer } from './sound-answer.ts';

const { carryOut } = proxyActivities<OrderActivities>(inZone('trust', '10 minutes'));
const { logDeletion } = proxyActivities<DeletionLogActivities>(inZone('trust', '10 minutes'));
const { buryCopy, recordDeletion, withdrawDeleted } = proxyActivities<RetentionActivities>(
  inZone('transform', '10 minutes'),
);
const { mayBeDeletedAt, clearCopy } = proxyActivities<RetentionActivities>(inZone('transform', '1 hour'));
const { removeRaw } = proxyActivities<RawRemovalActivities>(inZone('assurance', '1 hour'));
const { forgetHidden } = proxyActivities<ForgetActivities>(inZone('ingest', '10 minutes'));

const deletionQuery = defineQuery<DeletionProgress>(DELETION_QUERY);

type Tell = (change: Partial<DeletionProgress>) => void;
type Left = DeletionProgress['left'];
type Refusal = NonNullable<DeletionProgress['error']>;

/**
 * Deletes the files of a golden copy, wherever Certus keeps any of them. Nothing goes before Trust has seen the order and the
 * log knows of the tombstone; what the store keeps locked is waited for, with everything still in its place.
 */
export async function deleteEvidenceWorkflow(input: DeletionInput): Promise<DeletionProgress> {
  let progress: DeletionProgress = { state: 'asked', until: null, removed: 0, left: [], error: null };
  const tell: Tell = (change) => {
    progress = { ...progress, ...change };
  };
  setHandler(deletionQuery, () => progress);
  const begun = await begin(input, tell);
  if ('deletedOn' in begun) tell({ state: 'deleted', until: null, ...(await deleted(input, begun, tell)) });
  else tell({ state: 'refused', until: null, error: begun });
  return progress;
}

/** Until the tombstone stands, or why there is none: asked again after each time that it was waited for. */
async function begin(input: DeletionInput, tell: Tell): Promise<Burial | Refusal> {
  const { scope, orderId } = input;
  if (orderId !== null) {
    const outcome = await soundAnswer(() => carryOut({ tenant: scope.tenant, orderId }), isOutcome);
    if (outcome.state === 'refused') return { code: outcome.code, message: outcome.message };
  }
  try {
    for (;;) {
      const until = await mayBeDeletedAt(input);
      if (until === null) return await buryCopy(input);
      tell({ state: 'waiting', until });
      await sleepUntil(until);
    }
  } catch (caught) {
    if (!(caught instanceof ActivityFailure) || isCancellation(caught)) throw caught;
    const { code, message } = failureNotice(caught);
    return { code, message };
  }
}

const isOutcome = (answer: unknown): boolean =>
  typeof answer === 'object' &&
  answer !== null &&
  'state' in answer &&
  (answer.state === 'done' || answer.state === 'refused');

async function deleted(
  input: DeletionInput,
  buried: Burial,
  tell: Tell,
): Promise<Pick<DeletionProgress, 'removed' | 'left'>> {
  const run = { scope: input.scope, testId: input.testId };
  tell({ state: 'deleting', until: null });
  await logDeletion(run);
  await recordDeletion(run, { registryKeeps: true }); // shows now, however long the others may be away
  const [cleared, raw, oci] = await Promise.all([
    clearedAll(run, tell),
    removeRaw(run),
    withdrawDeleted(run),
    forgetHidden(run),
  ]);
  await recordDeletion(run, { registryKeeps: oci === 'forbidden' });
  const left = leftOf(cleared, raw, oci === 'forbidden');
  await announce(deletedEvent(input, buried, left));
  return { removed: cleared.removed + raw.removed, left };
}

/** A lock that was put on meanwhile is waited for as well: the tombstone stands, and what it names has to go. */
async function clearedAll(run: Pick<DeletionInput, 'scope' | 'testId'>, tell: Tell): Promise<Cleared> {
  let removed = 0;
  for (;;) {
    const cleared = await clearCopy(run);
    removed += cleared.removed;
    if (cleared.retained === 0) return { ...cleared, removed };
    tell({ until: cleared.retainedUntil });
    await sleepUntil(cleared.retainedUntil);
  }
}

const SHORTEST_MS = 60_000;
/** A store may not say until when. */
const UNKNOWN_MS = 24 * 3_600_000;

async function sleepUntil(until: string | null): Promise<void> {
  const ms = until === null ? UNKNOWN_MS : Date.parse(until) - Date.now();
  await sleep(Math.max(ms, SHORTEST_MS));
}

const leftOf = ({ shared }: Cleared, { left }: RawRemoval, registryKeeps: boolean): Left => [
  registryKeeps
    ? {
        code: 'registry_keeps_artifact',
        message: 'the registry deletes nothing: the artifact can still be pulled',
      }
    : {
        code: 'registry_keeps_blobs',
        message: 'the registry names the artifact no longer; its layers go when the registry clears up',
      },
  ...(shared === 0
    ? []
    : [
        {
          code: 'shared_documents',
          message: `${shared} documents stay in uploads: other runs have them, too`,
        },
      ]),
  ...(left === 0
    ? []
    : [{ code: 'unnamed_in_raw', message: `${left} objects in raw are not what was signed, and stay` }]),
];
