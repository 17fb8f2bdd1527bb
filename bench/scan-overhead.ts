import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ScanAccepted } from '../contracts/scan.ts';
import { median } from './alternate.ts';
import { apiOf, untilScan } from './api-of.ts';
import type { Bench } from './bench.ts';
import { startEmbeddedSet } from './embedded-set.ts';

/** Sources of a size that keeps tools busy for seconds, and that every checkout has. */
const SOURCE = resolve(import.meta.dirname, '..', 'node_modules', '@babel');
const ROUNDS = 5;

/** What a scan takes beyond what its tools take: checkout, hashing, sandbox, gate, bundle and signature. */
export const scanOverhead: Bench = {
  name: 'scan-overhead',
  about: "time of a scan over the sum of its tools' own times, two tools side by side",
  run: async (report) => {
    const home = await mkdtemp(join(tmpdir(), 'certus-bench-'));
    const source = join(home, 'source');
    process.env.CERTUS_SOURCE_ROOTS = home;
    await cp(SOURCE, source, { recursive: true });
    repositoryOf(source);
    try {
      report('starting the embedded set');
      const set = await startEmbeddedSet(join(home, 'certus'));
      try {
        const api = apiOf(join(home, 'certus'));
        const ratios: number[] = [];
        const scans: number[] = [];
        const tools: number[] = [];
        for (let round = -1; round < ROUNDS; round += 1) {
          report(round < 0 ? 'warming up' : `scan ${round + 1} of ${ROUNDS}`);
          const accepted = await api.post('/v1/security-scans', scanOf(source), ScanAccepted);
          const scan = await untilScan(api, accepted.test_id, ({ completed_at }) => completed_at !== null);
          if (round < 0) continue;
          const took = (Date.parse(scan.completed_at ?? '') - Date.parse(scan.started_at ?? '')) / 1000;
          const own = scan.tools.reduce((sum, { seconds }) => sum + seconds, 0);
          scans.push(took);
          tools.push(own);
          ratios.push(took / own);
        }
        return {
          ratios: { scan_to_tools: median(ratios) },
          figures: { scan_s: median(scans), tools_s: median(tools) },
          goals: [{ of: 'scan_to_tools', atMost: 1.15 }],
        };
      } finally {
        await set.stop();
      }
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  },
};

function repositoryOf(folder: string): void {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org', ...args], {
      cwd: folder,
    });
  git('init', '--quiet');
  git('add', '--all', '--force');
  git('commit', '--quiet', '--message', 'source');
}

const scanOf = (source: string) => ({
  component_id: 'bench',
  git_url: source,
  profile: 'two',
  publish: false,
  manifest: {
    product: 'bench',
    version: '1',
    profiles: [{ name: 'two', tools: ['secrets', 'sast'] }],
  },
});
