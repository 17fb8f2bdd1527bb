import type { ReindexActivities } from '../../activities/ingest/reindex.ts';
import { REINDEX_WORKFLOW_ID, WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { type Activities, fakeActivities } from '../workflow/fakes.ts';
import type { Recording } from './recording.ts';

/** What the index goes through. */
export const INDEX_RECORDINGS: readonly Recording[] = [
  {
    name: 'reindex',
    activities: reindexing,
    of: () => REINDEX_WORKFLOW_ID,
    start: async (client) => {
      await client.workflow.execute(WORKFLOWS.reindex, {
        taskQueue: taskQueue('ingest'),
        workflowId: REINDEX_WORKFLOW_ID,
        args: [{ anew: true, dropKept: true }],
      });
    },
  },
];

function reindexing(): Activities {
  const { ingest, ...others } = fakeActivities();
  const fakes: ReindexActivities = {
    reindex: async () => ({
      engine: 'opensearch',
      index: 'certus-search-v2-000002',
      version: 2,
      wantedVersion: 2,
      documents: 3,
      state: 'current',
      converted: 3,
      kept: ['certus-search-v2-000001'],
    }),
    dropKeptIndexes: async () => ['certus-search-v2-000001'],
  };
  return { ...others, ingest: { ...ingest, ...fakes } };
}
