import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { ApiClient } from '../cli/api-client.ts';
import { SarifUploadAccepted } from '../contracts/code-scanning.ts';
import { ScanStatus } from '../contracts/scan.ts';
import { apiOf, untilScan } from './api-of.ts';
import type { Bench } from './bench.ts';
import { type EmbeddedSet, startEmbeddedSet } from './embedded-set.ts';
import { peakMemory } from './memory.ts';
import { generateSarif } from './sarif/generate.ts';

const SIZES = [1_000, 5_000, 25_000, 100_000] as const;
const MEASURED = 25_000;

/** What it costs to take in a big report: parsed, normalised, deduplicated, gated and stored, in a worker beside a live API. */
export const sarifImport: Bench = {
  name: 'sarif-import',
  about:
    '25,000 results over 20 runs from upload to stored findings, status queries meanwhile, and how the cost grows',
  run: async (report) => {
    const home = await mkdtemp(join(tmpdir(), 'certus-bench-'));
    try {
      report('starting the embedded set');
      const set = await startEmbeddedSet(home);
      try {
        const api = apiOf(home);
        await importReport(api, 100, 'warm-up');
        const taken = new Map<number, number>();
        let during = { p99: 0, asked: 0 };
        let memory = 0;
        for (const size of SIZES) {
          report(`importing ${size} results`);
          const { seconds, watched } = await watchedImport(set, api, size);
          taken.set(size, seconds);
          if (size === MEASURED) ({ during, memory } = watched);
        }
        const each = (size: number) => ((taken.get(size) ?? 0) * 1e6) / size;
        return {
          ratios: { cost_per_result_100k_to_25k: each(100_000) / each(25_000) },
          figures: {
            import_25k_s: taken.get(MEASURED) ?? 0,
            worker_peak_mib: memory,
            status_p99_ms: during.p99,
            status_queries: during.asked,
            ...Object.fromEntries(SIZES.map((size) => [`us_per_result_${size}`, each(size)])),
          },
          goals: [
            { of: 'import_25k_s', atMost: 30 },
            { of: 'worker_peak_mib', atMost: 600 },
            { of: 'status_p99_ms', atMost: 100 },
            { of: 'cost_per_result_100k_to_25k', atMost: 1.5 },
          ],
        };
      } finally {
        await set.stop();
      }
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  },
};

type Watched = { during: { p99: number; asked: number }; memory: number };

/** While it goes on somebody asks how another scan stands, over and over, as a dashboard would. */
async function watchedImport(
  set: EmbeddedSet,
  api: ApiClient,
  size: number,
): Promise<{ seconds: number; watched: Watched }> {
  const worker = set.pidOf('assurance');
  const stopMemory = peakMemory(worker);
  const stopAsking = askAround(api, await importReport(api, 10, `other-${size}`));
  const started = performance.now();
  await importReport(api, size, `size-${size}`);
  const seconds = (performance.now() - started) / 1000;
  return { seconds, watched: { during: await stopAsking(), memory: await stopMemory() } };
}

/** Until the findings are stored and gated; what publication takes afterwards is the chain's. */
async function importReport(api: ApiClient, size: number, repo: string): Promise<string> {
  const sarif = gzipSync(generateSarif({ results: size, runs: 20 })).toString('base64');
  const body = { commit_sha: 'a'.repeat(40), ref: 'refs/heads/main', sarif };
  const { id } = await api.post(`/v1/repos/bench/${repo}/code-scanning/sarifs`, body, SarifUploadAccepted);
  const testId = `test_${id.replaceAll('-', '')}`;
  const scan = await untilScan(api, testId, ({ verdict }) => verdict !== null);
  const found = scan.tools.reduce((sum, { findings }) => sum + findings, 0);
  if (found === 0) throw new Error('the report came in without its findings');
  return testId;
}

function askAround(api: ApiClient, testId: string): () => Promise<{ p99: number; asked: number }> {
  const taken: number[] = [];
  let stopped = false;
  const asking = (async () => {
    while (!stopped) {
      const started = performance.now();
      await api.get(`/v1/security-scans/${testId}`, ScanStatus);
      taken.push(performance.now() - started);
      await pause(10);
    }
  })();
  return async () => {
    stopped = true;
    await asking;
    const sorted = taken.toSorted((a, b) => a - b);
    return { p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0, asked: taken.length };
  };
}
