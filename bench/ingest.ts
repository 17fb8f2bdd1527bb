import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServers } from '../infra/local/start-servers.ts';
import { alternate } from './alternate.ts';
import type { Bench } from './bench.ts';
import { fileOf } from './ingest/files.ts';
import { type IngestingSet, startIngestingSet } from './ingest/ingesting-set.ts';
import { requestsOf, sendAll } from './ingest/same-chunks.ts';
import { generateSarif } from './sarif/generate.ts';

const FILES = 2_000;
const WARM_UPS = 1;
const ROUNDS = 3;
const FINDINGS = 100_000;
const ALIAS = 'certus-search';

/** What it costs that documents are fetched, told by content, cut, masked, described, recorded and can be gone on with. */
export const ingest: Bench = {
  name: 'ingest',
  about:
    'a git repository of 2,000 files, and 100,000 findings of one SARIF, from source to index, beside bare _bulk requests of the same chunks',
  run: async (report) => {
    const folder = await mkdtemp(join(tmpdir(), 'certus-bench-'));
    const servers = await startServers(['opensearch'], { dir: folder, report, build: true });
    try {
      const url = String(servers.env.CERTUS_OPENSEARCH_URL);
      report('starting the embedded set');
      const set = await startIngestingSet({ CERTUS_OPENSEARCH_URL: url });
      try {
        return await measure(set, url, report);
      } finally {
        await set.stop();
      }
    } finally {
      await servers.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function measure(set: IngestingSet, url: string, report: (line: string) => void) {
  report(`committing ${FILES} files`);
  await set.commit('handbook.git', filesOf(FILES));
  let round = 0;
  let [chunks, bytes] = [0, 0];
  const ingestOnce = async () => {
    const workspace = `round-${round++}`;
    const source = await set.addSource(workspace, { kind: 'git', url: set.urlOf('handbook.git') });
    const { seconds, progress } = await set.run(workspace, source);
    if (progress.done !== FILES) throw new Error(`${progress.done} of ${FILES} files were indexed`);
    ({ records: chunks, bytes } = progress);
    report(`${chunks} chunks of ${FILES} files in ${seconds.toFixed(2)} s`);
    return seconds;
  };
  await ingestOnce();
  const before = await set.workerCpu();
  const requests = await requestsOf(url, ALIAS, 'round-0');
  const files = await alternate(
    { a: ingestOnce, b: () => sendAll(url, requests) },
    { warmUps: WARM_UPS, runs: ROUNDS },
  );
  const cpuOfChunk = (1e6 * ((await set.workerCpu()) - before)) / ((WARM_UPS + ROUNDS) * chunks);
  const ofFiles = await set.workerPeak();

  report(`bringing a SARIF of ${FINDINGS} results`);
  const { seconds, progress } = await set.bring(
    'sarif',
    'report.sarif',
    generateSarif({ results: FINDINGS, runs: 20 }),
  );
  if (progress.records < FINDINGS)
    throw new Error(`${progress.records} of ${FINDINGS} findings were indexed`);
  report(`${progress.records} records in ${seconds.toFixed(2)} s`);
  const bare = await sendAll(url, await requestsOf(url, ALIAS, 'sarif'));
  return {
    ratios: { documents_to_bare_bulk: files.b / files.a, findings_to_bare_bulk: bare / seconds },
    figures: {
      files: FILES,
      chunks,
      files_per_s: FILES / files.a,
      mb_per_s: bytes / 1e6 / files.a,
      chunks_per_s: chunks / files.a,
      bare_chunks_per_s: chunks / files.b,
      worker_cpu_us_per_chunk: cpuOfChunk,
      findings_s: seconds,
      findings_per_s: FINDINGS / seconds,
      bare_findings_per_s: FINDINGS / bare,
      files_worker_peak_mib: ofFiles,
      worker_peak_mib: await set.workerPeak(),
    },
    goals: [
      { of: 'documents_to_bare_bulk', atLeast: 0.6 },
      { of: 'findings_to_bare_bulk', atLeast: 0.6 },
      { of: 'worker_peak_mib', atMost: 700 },
    ],
  };
}

function* filesOf(count: number) {
  for (let number = 0; number < count; number += 1) yield fileOf(number);
}
