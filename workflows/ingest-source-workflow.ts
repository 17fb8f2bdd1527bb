import {
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  proxyActivities,
  setHandler,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { SourceActivities } from '../activities/ingest/create-source-activities.ts';
import type { IngestionInput, IngestionProgress } from '../contracts/ingestion.ts';
import { INGESTION_QUERY, PAUSE_SIGNAL, RESUME_SIGNAL } from '../contracts/workflow-names.ts';
import { failureNotice, toFailure } from './failure-notice.ts';
import { inZone } from './options.ts';

/** A history that goes on: how many pages were taken before it, and whether somebody had it wait. */
export type IngestionUnderWay = {
  readonly pages: number;
  readonly paused: boolean;
  readonly progress: IngestionProgress;
};

/** What an ingestion answers about itself. */
export type IngestionStanding = { readonly paused: boolean; readonly progress: IngestionProgress };

const pause = defineSignal(PAUSE_SIGNAL);
const resume = defineSignal(RESUME_SIGNAL);
const standing = defineQuery<IngestionStanding>(INGESTION_QUERY);

const PAGES_PER_HISTORY = 200;
const NOTHING: IngestionProgress = {
  done: 0,
  failed: 0,
  skipped: 0,
  removed: 0,
  listed: 0,
  bytes: 0,
  records: 0,
  masked: 0,
};

/**
 * Takes a source into the index, page by page. Each page is a step of its own: whoever waits for a turn gets one between two of
 * them, tenant by tenant, and after a crash no more than a page is done again.
 */
export async function ingestSourceWorkflow(
  input: IngestionInput,
  before: IngestionUnderWay = { pages: 0, paused: false, progress: NOTHING },
): Promise<IngestionProgress> {
  const { takePage, finishIngestion, recordIngestion } = proxyActivities<SourceActivities>({
    ...inZone('ingest', '1 hour'),
    priority: { fairnessKey: input.scope.tenant },
  });
  let { paused, progress, pages } = before;
  setHandler(pause, () => {
    paused = true;
  });
  setHandler(resume, () => {
    paused = false;
  });
  setHandler(standing, () => ({ paused, progress }));
  try {
    for (let taken = 0; ; taken += 1) {
      if (paused) {
        await recordIngestion(input, 'paused', null);
        await condition(() => !paused);
        await recordIngestion(input, 'running', null);
      }
      if (taken >= PAGES_PER_HISTORY || workflowInfo().continueAsNewSuggested)
        return await continueAsNew<typeof ingestSourceWorkflow>(input, { pages, paused, progress });
      const page = await takePage(input, pages);
      pages += 1;
      progress = page.progress;
      if (!page.more) break;
    }
    progress = await finishIngestion(input);
    return progress;
  } catch (caught) {
    const failure = toFailure(caught);
    if (!(failure instanceof TemporalFailure)) throw caught;
    const state = isCancellation(failure) ? 'cancelled' : 'failed';
    const notice = state === 'cancelled' ? null : failureNotice(failure);
    await CancellationScope.nonCancellable(() => recordIngestion(input, state, notice));
    throw failure;
  }
}
