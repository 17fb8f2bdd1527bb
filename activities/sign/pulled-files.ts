import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pMap from 'p-map';
import { BUNDLE } from '../../contracts/bundle.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { rawPrefix } from '../../contracts/object-keys.ts';
import type { ActualFiles } from '../../domain/custody/check-evidence.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { describeArtifact } from '../../services/registry/artifact.ts';
import type { Registry } from '../../services/registry/registry.ts';
import { readEvidenceStatement } from '../custody/read-evidence.ts';
import type { PublishDeps } from '../publish/deps.ts';

type Artifact = {
  readonly scope: Scope;
  readonly testId: string;
  readonly repository: string;
  readonly reference: string;
};
type Layer = Awaited<ReturnType<typeof describeArtifact>>['layers'][number];

export type FoundFiles = {
  readonly indexBytes: Uint8Array;
  readonly files: ActualFiles;
  /** Empty where there is none. */
  readonly sanitizeBytes: Uint8Array;
};

const MAX_STATEMENT = 16 * 1024 * 1024;
/** What is larger goes by way of the disk. */
const IN_MEMORY = 8 * 1024 * 1024;

/**
 * What a registry serves of a run, of any size: a manifest only promises, so that every blob is pulled and held to its digest.
 * Of a list that is not the run's own nothing more is pulled: whoever can push could else fill this disk.
 */
export async function pulledFiles(
  deps: Pick<PublishDeps, 'raw' | 'registry'>,
  { scope, testId, repository, reference }: Artifact,
  signal: AbortSignal,
): Promise<FoundFiles> {
  const { registry, raw } = deps;
  const made = sha256(await readEvidenceStatement(raw, `${rawPrefix(scope, testId)}${BUNDLE.index}`));
  const { layers } = await describeArtifact(registry, repository, reference, Number.MAX_SAFE_INTEGER, {
    anyCase: true,
  });
  const document = async (path: string): Promise<Uint8Array> => {
    const layer = layers.find(({ name }) => name === path);
    if (layer === undefined) return new Uint8Array();
    return registry.pullBlob(repository, layer.digest, Math.min(layer.size, MAX_STATEMENT));
  };
  const [indexBytes, sanitizeBytes] = [await document(BUNDLE.index), await document(BUNDLE.sanitize)];
  const evidence = layers.filter(({ name }) => !name.startsWith(BUNDLE.statements));
  if (sha256(indexBytes) === made) await pullAll(registry, repository, evidence, signal);
  const files = new Map(
    evidence.map(
      ({ name, digest, size }) => [name, { sha256: digest.slice('sha256:'.length), size }] as const,
    ),
  );
  return { indexBytes, sanitizeBytes, files };
}

async function pullAll(
  registry: Registry,
  repository: string,
  layers: readonly Layer[],
  signal: AbortSignal,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'certus-pulled-'));
  try {
    const pull = async ({ digest, size }: Layer, at: number) => {
      signal.throwIfAborted();
      if (size <= IN_MEMORY) return void (await registry.pullBlob(repository, digest, size));
      const file = join(folder, String(at));
      await registry.downloadBlob(repository, { digest, size }, file, signal);
      await rm(file);
    };
    await pMap(layers, pull, { concurrency: 4 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
