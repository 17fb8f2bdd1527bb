import type { SourceActivities } from '../../activities/ingest/create-source-activities.ts';
import { CertusError } from '../../contracts/errors.ts';
import { ingestionWorkflowId, PAUSE_SIGNAL, RESUME_SIGNAL, WORKFLOWS } from '../../contracts/workflow-names.ts';
import { taskQueue } from '../../contracts/zones.ts';
import { type Activities, fakeActivities } from '../workflow/fakes.ts';
import { INGESTION, sourceFakes } from '../workflow/source-fakes.ts';
import type { Recording } from './recording.ts';

const SOURCE = `source_${'1'.repeat(24)}`;

/** What takes sources into the index. */
export const INGESTION_RECORDINGS: readonly Recording[] = [
  ingestion('ingest-source', () => sourceFakes(3)),
  ingestion('ingest-source-paused', () => sourceFakes(3), [PAUSE_SIGNAL, RESUME_SIGNAL]),
  ingestion('ingest-source-failed', () => ({
    ...sourceFakes(),
    takePage: () => Promise.reject(new CertusError('source_not_allowed', 'no')),
  })),
  { ...ingestion('ingest-source-continued', () => sourceFakes(12)), short: true, first: true },
  { ...ingestion('ingest-source-continuation', () => sourceFakes(12)), short: true },
  golden('golden-ingestion', []),
  golden('golden-ingestion-later', [5_000]),
  {
    name: 'scheduled-ingestion',
    activities: () => zones(sourceFakes()),
    of: () => `scheduled-ingestion/web/${SOURCE}`,
    start: async (client) => {
      await client.workflow.execute(WORKFLOWS.scheduledIngestion, {
        taskQueue: taskQueue('ingest'),
        workflowId: `scheduled-ingestion/web/${SOURCE}`,
        args: [{ scope: INGESTION.scope, sourceId: SOURCE }],
      });
    },
  },
];

function golden(name: string, after: readonly number[]): Recording {
  const id = `golden-ingestion/web/${name}`;
  return {
    name,
    activities: () => zones(sourceFakes()),
    of: () => id,
    start: async (client) => {
      const run = { scope: INGESTION.scope, testId: `docs_${'7'.repeat(24)}`, component: 'papers' };
      await client.workflow.execute(WORKFLOWS.goldenIngestion, {
        ...{ taskQueue: taskQueue('ingest'), workflowId: id, args: [run, ...after] },
      });
    },
  };
}

function zones(sources: SourceActivities): Activities {
  const { ingest, ...others } = fakeActivities();
  return { ...others, ingest: { ...ingest, ...sources } };
}

function ingestion(name: string, sources: () => SourceActivities, signals: readonly string[] = []): Recording {
  const ingestionId = `ing_${Buffer.from(name).toString('hex').padEnd(24, '0').slice(-24)}`;
  const workflowId = ingestionWorkflowId('web', ingestionId);
  return {
    name,
    activities: () => zones(sources()),
    of: () => workflowId,
    start: async (client) => {
      const handle = await client.workflow.start(WORKFLOWS.ingestSource, {
        taskQueue: taskQueue('ingest'),
        workflowId,
        args: [{ ...INGESTION, ingestionId }],
      });
      for (const signal of signals) await handle.signal(signal);
    },
  };
}
