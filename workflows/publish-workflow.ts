import { ApplicationFailure, executeChild, patched, proxyActivities } from '@temporalio/workflow';
import type { PublishActivities } from '../activities/publish/create-publish-activities.ts';
import type { KnownActivities } from '../activities/trust/known/create-known-activities.ts';
import type { NewPlatformEvent } from '../contracts/platform-event.ts';
import type { ReviewInput, ReviewOutcome } from '../contracts/review.ts';
import { WORKFLOWS, workflowId } from '../contracts/workflow-names.ts';
import type { Publication, PublishInput, Unpublished } from '../contracts/workflows.ts';
import { taskQueue } from '../contracts/zones.ts';
import { announce } from './announce.ts';
import type { ingestWorkflow } from './ingest-workflow.ts';
import { inZone } from './options.ts';
import { belongsTo } from './search-attributes.ts';
import { startGoldenIngestion } from './start-golden-ingestion.ts';
import { reviewAndWait } from './start-review.ts';

const { promote, publishOci, recordHeldBack } = proxyActivities<PublishActivities>(
  inZone('transform', '1 hour'),
);
const { logPromotion } = proxyActivities<KnownActivities>(inZone('trust', '10 minutes'));

/**
 * Takes a permitted bundle from raw to golden, and from there to the registry, to the index and into the log side by side: a
 * registry that is away keeps nobody from finding what golden holds. Each step checks for itself what it is given. Where
 * people are to decide first, all of it waits for them.
 */
export async function publishWorkflow(input: PublishInput): Promise<Publication | Unpublished> {
  const first = await promote(input);
  const promoted = 'held' in first ? await reviewed(input, first.held) : first;
  if ('unpublished' in promoted) return promoted;
  const logged = patched('log-promotion') ? logPromotion(identified(input)) : undefined;
  const more = patched('golden-ingestion') ? startGoldenIngestion(input, AFTER_THE_RUN_MS) : undefined;
  const [ociReference, ingestion] = await Promise.all([publishOci(input), ingest(input), logged, more]);
  return {
    goldenManifest: promoted.manifest,
    goldenBundle: promoted.bundle,
    ociReference,
    ingestion,
  };
}

/** Packages and reports may be found a little later than what the run is waited for. */
const AFTER_THE_RUN_MS = 5_000;

type Promoted = { readonly manifest: string; readonly bundle: string };

/** Whatever they decide: who released it, and what, `promote` sees for itself. */
async function reviewed(input: PublishInput, review: ReviewInput): Promise<Promoted | Unpublished> {
  await recordHeldBack(identified(input), 'in_review');
  const [outcome] = await Promise.all([
    reviewAndWait(review),
    announce(news(review, 'document_quarantined', null)),
  ]);
  if (outcome.state === 'rejected' || outcome.state === 'expired') {
    await Promise.all([
      recordHeldBack(identified(input), 'rejected'),
      announce(news(review, 'document_rejected', outcome)),
    ]);
    return { unpublished: outcome.state, reviewId: review.id };
  }
  const promoted = await promote(input, outcome);
  if ('held' in promoted)
    throw ApplicationFailure.nonRetryable('what was released is held back again', 'privacy_held');
  await announce(news(review, 'document_released', outcome));
  return promoted;
}

/** About the run, whose evidence waited; names of people's documents are none of this. */
const news = (
  { scope, id, testId, subject, found, openedAt }: ReviewInput,
  type: 'document_quarantined' | 'document_released' | 'document_rejected',
  outcome: ReviewOutcome | null,
): NewPlatformEvent => ({
  tenant: scope.tenant,
  type,
  about: testId ?? id,
  once: `${type}/${scope.workspace}/${testId}/${openedAt}`,
  data: {
    workspace_id: scope.workspace,
    test_id: testId,
    review_id: id,
    kind: subject.kind,
    kinds: found.kinds,
    ...(outcome === null ? {} : { state: outcome.state, by: outcome.orders.map(({ by }) => by) }),
  },
  at: new Date().toISOString(),
});

const identified = ({ scope, testId }: PublishInput) => ({ scope, testId });

const ingest = ({ scope, component, assessment, testId }: PublishInput) =>
  executeChild<typeof ingestWorkflow>(WORKFLOWS.ingest, {
    workflowId: workflowId('ingest', { scope, component, testId }),
    taskQueue: taskQueue('ingest'),
    typedSearchAttributes: belongsTo({ scope, component }),
    args: [{ scope, component, assessment, testId }],
  });
