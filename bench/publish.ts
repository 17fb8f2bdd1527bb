import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pMap from 'p-map';
import { Agent, request } from 'undici';
import { publishOci } from '../activities/publish/publish-oci.ts';
import { startServers } from '../infra/local/start-servers.ts';
import { BUNDLE_ARTIFACT_TYPE, composeArtifact, pushBlobs } from '../services/registry/artifact.ts';
import { openDistributionRegistry } from '../services/registry/distribution-registry.ts';
import type { Registry } from '../services/registry/registry.ts';
import { goldenBucket, goldenRun, type Held, PUBLICATION } from '../test/integration/transform/golden-run.ts';
import { clock, median } from './alternate.ts';
import type { Bench } from './bench.ts';

const FILES = 50;
const WARM_UPS = 2;
const ROUNDS = 9;
/** As many as we push side by side. */
const AT_ONCE = 8;
const KIB = 1024;

/**
 * What our client adds to the bytes of a bundle, and beside it what all the rest of a publication costs: reading and checking
 * golden, signing, attaching, and the tags.
 */
export const publish: Bench = {
  name: 'publish',
  about:
    'a bundle of 50 files to a local registry, beside plain HTTP pushes of the same blobs to another repository',
  run: async (report) => {
    const home = await mkdtemp(join(tmpdir(), 'certus-bench-'));
    const servers = await startServers(['registry'], { dir: join(home, 'servers'), report, build: true });
    const url = String(servers.env.CERTUS_REGISTRY_URL);
    const dispatcher = new Agent();
    try {
      const golden = await goldenBucket();
      const registry = openDistributionRegistry({ url });
      const taken = { push: [] as number[], publish: [] as number[], bare: [] as number[] };
      report(`${WARM_UPS + ROUNDS} bundles of ${FILES} files, each pushed in three ways`);
      for (let round = -WARM_UPS; round < ROUNDS; round += 1) {
        const component = `bench-${randomBytes(6).toString('hex')}`;
        const [pushed, plain] = [bundle(), bundle()];
        const testId = `test_${randomBytes(6).toString('hex')}`;
        const run = await goldenRun(golden, registry, { testId, component, files: bundle() });
        const ways = {
          push: () => pushOurs(registry, `pushed/${component}`, pushed),
          publish: () => publishOci(run.deps, run.input, new AbortController().signal, PUBLICATION),
          bare: () => pushBare(dispatcher, `${url}/v2/bare/${component}`, plain),
        };
        // none of the three is always the one that the disk is busy for
        const order = (['push', 'bare', 'publish', 'bare', 'push', 'publish'] as const).slice(
          round % 2 === 0 ? 0 : 3,
        );
        for (const way of order.slice(0, 3)) {
          const ms = await clock(ways[way]);
          if (round >= 0) taken[way].push(ms);
        }
      }
      const [push, whole, bare] = [median(taken.push), median(taken.publish), median(taken.bare)];
      return {
        ratios: { push_to_plain_http: bare / push, publish_to_plain_http: bare / whole },
        figures: { push_ms: push, publish_ms: whole, plain_http_ms: bare },
        goals: [{ of: 'push_to_plain_http', atLeast: 0.7 }],
      };
    } finally {
      await dispatcher.close();
      await servers.stop();
      await rm(home, { recursive: true, force: true });
    }
  },
};

/** As a publication does, without what stands around it. */
async function pushOurs(registry: Registry, repository: string, held: readonly Held[]): Promise<void> {
  const files = held.map(({ path, mediaType, bytes }) => ({ name: path, mediaType, bytes }));
  const { manifest, blobs } = composeArtifact({ artifactType: BUNDLE_ARTIFACT_TYPE, files });
  await pushBlobs(registry, repository, blobs, { unasked: true });
  await registry.pushManifest(repository, manifest.bytes, manifest.mediaType, 'bench');
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
