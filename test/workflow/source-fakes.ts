import type { SourceActivities } from '../../activities/ingest/create-source-activities.ts';
import type { IngestionInput, IngestionProgress, IngestionState } from '../../contracts/ingestion.ts';
import { NO_PROGRESS } from '../../contracts/ingestion.ts';

export const INGESTION: IngestionInput = {
  scope: { tenant: 'default', workspace: 'web' },
  ingestionId: `ing_${'1'.repeat(24)}`,
  sourceId: null,
  kind: 'git',
  component: null,
};

/** A source of so many pages, of which each is taken once. */
export function sourceFakes(pages = 1, states: IngestionState[] = []): SourceActivities {
  const taken = (count: number): IngestionProgress => ({
    ...NO_PROGRESS,
    done: count * 2,
    listed: count * 2,
  });
  return {
    takePage: async (_, before) => ({ progress: taken(before + 1), more: before + 1 < pages }),
    finishIngestion: async () => ({ ...taken(pages), removed: 1 }),
    recordIngestion: async (_, state) => {
      states.push(state);
    },
    openScheduledIngestion: async ({ scope, sourceId }, ingestionId) => ({
      ...INGESTION,
      scope,
      sourceId,
      ingestionId,
    }),
    openGoldenIngestion: async ({ scope, component, testId }) => ({
      ...INGESTION,
      scope,
      component,
      ingestionId: `ing_${testId.slice(-24).padStart(24, '0')}`,
      kind: 'golden',
    }),
  };
}
