import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pMap from 'p-map';
import { startServers } from '../infra/local/start-servers.ts';
import { loadSettings } from '../services/config/load.ts';
import { openObjectStore } from '../services/objects/open-objects.ts';
import type { Bucket } from '../services/objects/store.ts';
import type { Bench, Measured } from './bench.ts';
import { type File, shortFileOf } from './ingest/files.ts';
import { type IngestingSet, startIngestingSet } from './ingest/ingesting-set.ts';

const FILES = 10_000;
const BUCKET = 'team-files';
const WORKSPACE = 'bench';

/** What it costs to look after a source in which nothing, or next to nothing, is new. */
export const incremental: Bench = {
  name: 'incremental',
  about:
    'a repository and a bucket of 10,000 files, ingested again unchanged and with one change, beside the first time',
  run: async (report) => {
    const folder = await mkdtemp(join(tmpdir(), 'certus-bench-'));
    const servers = await startServers(['s3'], { dir: folder, report, build: true });
    report('starting the embedded set');
    const environment = { ...servers.env, CERTUS_OBJECTS: 's3://', CERTUS_SOURCE_BUCKETS: BUCKET };
    const set = await startIngestingSet(environment);
    const { settings } = loadSettings(environment);
    const objects = await openObjectStore('s3://', {
      endpoint: settings.CERTUS_S3_ENDPOINT,
      region: settings.CERTUS_S3_REGION,
      accessKeyId: settings.CERTUS_S3_ACCESS_KEY_ID,
      secretAccessKey: settings.CERTUS_S3_SECRET_ACCESS_KEY,
    });
    try {
      const bucket = await objects.bucket(BUCKET);
      const ways: Way[] = [
        {
          source: { kind: 'git', url: set.urlOf('handbook.git') },
          put: (files) => set.commit('handbook.git', files),
        },
        { source: { kind: 's3', bucket: BUCKET }, put: (files) => putFiles(bucket, files) },
      ];
      const measured: Measured[] = [];
      for (const way of ways) measured.push(await threeTimes(set, way, report));
      return {
        ratios: Object.assign({}, ...measured.map(({ ratios }) => ratios)),
        figures: Object.assign({ files: FILES }, ...measured.map(({ figures }) => figures)),
        goals: measured.flatMap(({ goals }) => goals),
      };
    } finally {
      await objects.close();
      await set.stop();
      await servers.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

type Way = {
  readonly source: { readonly kind: 'git' | 's3' } & Readonly<Record<string, string>>;
  readonly put: (files: readonly File[]) => Promise<void>;
};

/** The first time, then as it was, then with one file that is another. */
async function threeTimes(
  set: IngestingSet,
  { source, put }: Way,
  report: (line: string) => void,
): Promise<Measured> {
  const files = Array.from({ length: FILES }, (_, number) => shortFileOf(number));
  const [one] = files as [File];
  await put(files);
  const id = await set.addSource(WORKSPACE, source);
  const run = async (what: string, wanted: number) => {
    const { seconds, progress } = await set.run(WORKSPACE, id);
    if (progress.failed > 0 || progress.done !== wanted || progress.removed > 0)
      throw new Error(`not what was to be measured: ${JSON.stringify(progress)}`);
    report(`${source.kind}, ${what}: ${seconds.toFixed(2)} s`);
    return seconds;
  };
  const first = await run('the first time', FILES);
  const unchanged = await run('unchanged', 0);
  await put([{ ...one, text: '# A page\n\nIt says something else now.\n' }]);
  const changed = await run('one file changed', 1);
  const { kind } = source;
  return {
    ratios: { [`${kind}_unchanged`]: first / unchanged, [`${kind}_one_changed`]: first / changed },
    figures: {
      [`${kind}_first_s`]: first,
      [`${kind}_unchanged_s`]: unchanged,
      [`${kind}_one_changed_s`]: changed,
    },
    goals: [{ of: `${kind}_unchanged`, atLeast: 20 }],
  };
}

async function putFiles(bucket: Bucket, files: readonly File[]): Promise<void> {
  const options = { contentType: 'text/markdown' };
  await pMap(files, ({ path, text }) => bucket.put(path, Buffer.from(text), options), { concurrency: 16 });
}
