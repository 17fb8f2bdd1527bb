import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import { BUILT_IN_MANIFEST } from '../contracts/built-in-manifest.ts';
import { canonicalJson } from '../contracts/canonical-json.ts';
import { WORKFLOWS, workflowId } from '../contracts/workflow-names.ts';
import type { ScanInput } from '../contracts/workflows.ts';
import { taskQueue } from '../contracts/zones.ts';
import { sha256 } from '../domain/custody/digest.ts';
import { loadSettings } from '../services/config/load.ts';
import { connectTemporal } from '../services/temporal/client.ts';
import { alternate, clock } from './alternate.ts';
import { BARE_QUEUE, startBareWorker } from './bare/bare-worker.ts';
import type { Bench } from './bench.ts';
import { startEmbeddedSet } from './embedded-set.ts';
import { memoryOf } from './memory.ts';

const SAMPLE = resolve(import.meta.dirname, '..', 'samples', 'leaky-shop');

/** What the whole chain costs beyond what Temporal itself costs, and what the embedded set weighs. */
export const chain: Bench = {
  name: 'chain',
  about: 'the chain over the sample against a bare workflow of as many empty activities, on the same server',
  run: async (report) => {
    const home = await mkdtemp(join(tmpdir(), 'certus-bench-'));
    try {
      report('starting the embedded set for the first time');
      const first = await startEmbeddedSet(home);
      await first.stop();
      report('starting it again');
      const set = await startEmbeddedSet(home);
      try {
        const { CERTUS_TEMPORAL_ADDRESS } = set.environment;
        const client = connectTemporal(loadSettings({ CERTUS_TEMPORAL_ADDRESS }).settings);
        const steps = await countActivities(client, await runChain(client));
        report(`comparing with a workflow of ${steps} empty activities`);
        const bare = await startBareWorker(CERTUS_TEMPORAL_ADDRESS);
        const { a, b, ratio } = await alternate(
          { a: () => clock(() => runChain(client)), b: () => clock(() => runBare(client, steps)) },
          { warmUps: 5, runs: 25 },
        );
        await bare.stop();
        const memory = await memoryOf(set.pids());
        await client.connection.close();
        return {
          ratios: { chain_to_bare: ratio },
          figures: {
            chain_ms: a,
            bare_ms: b,
            activities: steps,
            memory_rss_mib: memory.rss,
            memory_pss_mib: memory.pss,
            first_start_s: first.seconds,
            second_start_s: set.seconds,
          },
          goals: [
            { of: 'chain_to_bare', atMost: 2 },
            { of: 'memory_pss_mib', atMost: 1228.8 },
            { of: 'second_start_s', atMost: 6 },
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

/** The id of the finished run. */
async function runChain(client: Client): Promise<string> {
  const input = scanInput();
  const id = workflowId('scan', input);
  await client.workflow.execute(WORKFLOWS.scan, {
    workflowId: id,
    taskQueue: taskQueue('assurance'),
    args: [input],
  });
  return id;
}

async function runBare(client: Client, steps: number): Promise<void> {
  const id = `bare/${randomBytes(8).toString('hex')}`;
  await client.workflow.execute('bareWorkflow', { workflowId: id, taskQueue: BARE_QUEUE, args: [steps] });
}

/** Counted in the histories, so that the comparison stays fair when the chain changes. */
async function countActivities(client: Client, scanId: string): Promise<number> {
  const ids = [scanId, scanId.replace(/^scan/, 'publish'), scanId.replace(/^scan/, 'ingest')];
  const histories = await Promise.all(ids.map((id) => client.workflow.getHandle(id).fetchHistory()));
  const events = histories.flatMap((history) => history.events ?? []);
  const local = (event: (typeof events)[number]) =>
    event.markerRecordedEventAttributes?.markerName === 'core_local_activity';
  return events.filter((event) => event.activityTaskScheduledEventAttributes || local(event)).length;
}

const scanInput = (): ScanInput => ({
  scope: { tenant: 'default', workspace: 'bench' },
  component: 'leaky-shop',
  assessment: 'bench',
  testId: `test_${randomBytes(12).toString('hex')}`,
  source: { type: 'directory', path: SAMPLE },
  profile: 'light',
  manifest: { type: 'inline', manifest: BUILT_IN_MANIFEST, digest: sha256(canonicalJson(BUILT_IN_MANIFEST)) },
  requestedBy: null,
  requestedAt: new Date().toISOString(),
  publish: true,
});
