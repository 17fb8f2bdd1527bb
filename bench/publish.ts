import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pMap from 'p-map';
import { Agent, request } from 'undici';
import { publishOci } from '../activities/publish/publish-oci.ts';
import { startServers } from '../infra/local/start-servers.ts';
import { openDistributionRegistry } from '../services/registry/distribution-registry.ts';
import { goldenBucket, goldenRun, type Held, PUBLICATION } from '../test/integration/transform/golden-run.ts';
import { clock, median } from './alternate.ts';
import type { Bench } from './bench.ts';

const FILES = 50;
const WARM_UPS = 2;
const ROUNDS = 9;
/** As many as we push side by side. */
const AT_ONCE = 8;
const KIB = 1024;

/** What all that stands around a push costs: reading and checking golden, asking what is there, attaching what was signed. */
export const publish: Bench = {
  name: 'publish',
  about:
    'a golden copy of 50 files to a local registry, beside plain HTTP pushes of the same blobs to another repository',
  run: async (report) => {
    const home = await mkdtemp(join(tmpdir(), 'certus-bench-'));
    const servers = await startServers(['registry'], { dir: join(home, 'servers'), report, build: true });
    const url = String(servers.env.CERTUS_REGISTRY_URL);
    const dispatcher = new Agent();
    try {
      const golden = await goldenBucket();
      const registry = openDistributionRegistry({ url });
      const taken = { ours: [] as number[], bare: [] as number[] };
      report(`${WARM_UPS + ROUNDS} bundles of ${FILES} files`);
      for (let round = -WARM_UPS; round < ROUNDS; round += 1) {
        const files = bundle();
        const testId = `test_${randomBytes(6).toString('hex')}`;
        const component = `bench-${randomBytes(6).toString('hex')}`;
        const run = await goldenRun(golden, registry, { testId, component, files });
        const ours = () =>
          clock(() => publishOci(run.deps, run.input, new AbortController().signal, PUBLICATION));
        const bare = () => clock(() => pushBare(dispatcher, `${url}/v2/bare/${component}`, files));
        // whoever comes second finds the bytes in the registry's store: each does so as often
        const ms = round % 2 === 0 ? { ours: await ours(), bare: await bare() } : await swapped(bare, ours);
        if (round < 0) continue;
        taken.ours.push(ms.ours);
        taken.bare.push(ms.bare);
      }
      const [ours, bare] = [median(taken.ours), median(taken.bare)];
      return {
        ratios: { publish_to_plain_http: bare / ours },
        figures: { publish_ms: ours, plain_http_ms: bare },
        goals: [{ of: 'publish_to_plain_http', atLeast: 0.7 }],
      };
    } finally {
      await dispatcher.close();
      await servers.stop();
      await rm(home, { recursive: true, force: true });
    }
  },
};

async function swapped(bare: () => Promise<number>, ours: () => Promise<number>) {
  const first = await bare();
  return { ours: await ours(), bare: first };
}

/** Reports of a few kilobytes, some of hundreds, and two of megabytes. */
function bundle(): Held[] {
  return Array.from({ length: FILES }, (_, number) => {
    const size = number < 2 ? 4096 * KIB : number < 12 ? 512 * KIB : 32 * KIB;
    return {
      path: `reports/tool-${number}.json`,
      bytes: randomBytes(size),
      mediaType: 'application/json',
    };
  });
}

/** POST and PUT, and nothing else. */
async function pushBare(dispatcher: Agent, repository: string, files: readonly Held[]): Promise<void> {
  const push = async ({ bytes }: Held): Promise<void> => {
    const opened = await request(`${repository}/blobs/uploads/`, { dispatcher, method: 'POST' });
    await opened.body.dump();
    const target = new URL(String(opened.headers.location), repository);
    target.searchParams.set('digest', `sha256:${createHash('sha256').update(bytes).digest('hex')}`);
    const headers = { 'content-type': 'application/octet-stream' };
    const done = await request(target, { dispatcher, method: 'PUT', body: bytes, headers });
    await done.body.dump();
    if (done.statusCode !== 201) throw new Error(`a plain push was answered ${done.statusCode}`);
  };
  await pMap(files, push, { concurrency: AT_ONCE });
}
