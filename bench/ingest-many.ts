import type { Bench, Measured } from './bench.ts';
import { shortFileOf } from './ingest/files.ts';
import { type IngestingSet, startIngestingSet } from './ingest/ingesting-set.ts';

const FILES = 50_000;
const WORKSPACE = 'many';

/** One source with very many items: that it comes to its end, in how little memory, and what it costs when nothing has changed. */
export const ingestMany: Bench = {
  name: 'ingest-many',
  about: 'a repository of 50,000 files, the first time and unchanged, and the memory of the worker',
  run: async (report) => {
    report('starting the embedded set');
    const set = await startIngestingSet({});
    try {
      return await measure(set, report);
    } finally {
      await set.stop();
    }
  },
};

async function measure(set: IngestingSet, report: (line: string) => void): Promise<Measured> {
  report(`committing ${FILES} files`);
  await set.commit(
    'many.git',
    Array.from({ length: FILES }, (_, number) => shortFileOf(number)),
  );
  const source = await set.addSource(WORKSPACE, { kind: 'git', url: set.urlOf('many.git') });
  const run = async (what: string, wanted: number): Promise<number> => {
    const begun = performance.now();
    const { progress } = await set.run(WORKSPACE, source);
    const seconds = (performance.now() - begun) / 1000;
    if (progress.failed > 0 || progress.done !== wanted || progress.removed > 0)
      throw new Error(`not what was to be measured: ${JSON.stringify(progress)}`);
    report(`${what}: ${seconds.toFixed(1)} s`);
    return seconds;
  };
  const first = await run('the first time', FILES);
  const peak = await set.workerPeak();
  const again = await run('unchanged', 0);
  return {
    ratios: { unchanged: first / again },
    figures: {
      files: FILES,
      first_s: first,
      files_per_s: FILES / first,
      unchanged_s: again,
      worker_mib: peak,
    },
    goals: [
      { of: 'worker_mib', atMost: 700 },
      { of: 'unchanged', atLeast: 20 },
    ],
  };
}
