import { Context } from '@temporalio/activity';
import type {
  IngestionInput,
  IngestionProgress,
  IngestionState,
  ScheduledIngestion,
} from '../../contracts/ingestion.ts';
import type { Notice } from '../../contracts/scan.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { finishIngestion, recordStanding } from './finish-ingestion.ts';
import { openGoldenIngestion } from './open-golden-ingestion.ts';
import { openScheduledIngestion } from './open-scheduled-ingestion.ts';
import type { SourceDeps } from './source-deps.ts';
import { type PageTaken, takePage } from './take-page.ts';
import { tellingWhatIsWaitedFor } from './tell-waiting.ts';

/** What the workflow of an ingestion has done for it. */
export const createSourceActivities = (deps: SourceDeps) => ({
  takePage: (input: IngestionInput, pages: number): Promise<PageTaken> =>
    withHeartbeat((signal) => {
      const { attempt } = Context.current().info;
      return tellingWhatIsWaitedFor(deps, input, () => takePage(deps, input, pages, { signal, attempt }));
    }),
  finishIngestion: (input: IngestionInput): Promise<IngestionProgress> =>
    withHeartbeat((signal) => finishIngestion(deps, input, signal)),
  openGoldenIngestion: (run: Parameters<typeof openGoldenIngestion>[1]): Promise<IngestionInput | null> =>
    withHeartbeat(() => openGoldenIngestion(deps, run)),
  openScheduledIngestion: (plan: ScheduledIngestion, id: string): Promise<IngestionInput | null> =>
    withHeartbeat(() => openScheduledIngestion(deps, plan, id)),
  recordIngestion: (input: IngestionInput, state: IngestionState, error: Notice | null): Promise<void> =>
    withHeartbeat((signal) => recordStanding(deps, input, state, error, signal)),
});

export type SourceActivities = ReturnType<typeof createSourceActivities>;
