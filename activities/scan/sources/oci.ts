import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CertusError } from '../../../contracts/errors.ts';
import { NewTree, type TreeLimits } from '../../../services/archive/new-tree.ts';
import { openSourceRegistry, type SourceRegistry } from '../../../services/registry/source-registry.ts';
import { Skipped } from '../skipped.ts';
import { applyLayer } from './apply-layer.ts';
import { isTreeLayer, type Layer, layersOf, titleOf } from './oci-manifest.ts';
import { type Fetching, NOWHERE, type Origin } from './origin.ts';
import { fromRemote } from './remote-source.ts';

/** What an image would show as its files, or the files of an artifact. */
export async function fromRegistry({
  source,
  draft,
  tree,
  limits,
  signal,
}: Fetching<'oci'>): Promise<Origin> {
  const { host, repository, revision } = parse(source.reference);
  if (!limits.registries.includes(host))
    throw new CertusError('source_not_allowed', `${host} is not one of CERTUS_SOURCE_REGISTRIES`);
  const registry = openSourceRegistry(host);
  const { digest, layers } = await fromRemote(() => layersOf(registry, repository, revision));
  if (layers.reduce((sum, { size }) => sum + size, 0) > limits.maxBytes)
    throw new CertusError('source_too_large', `its layers are larger than ${limits.maxBytes} bytes`);

  const skipped = new Skipped();
  const leaveOut: ConstructorParameters<typeof NewTree>[2] = (code, path) => skipped.add(code, path);
  const named = new NewTree(tree, limits, leaveOut);
  const used = { files: 0, bytes: 0 };
  for (const layer of layers) {
    const file = join(draft, 'layer');
    if (isTreeLayer(layer)) {
      await download(registry, repository, layer, file, signal);
      const left = remaining(limits, used);
      const written = await applyLayer({
        file,
        draft: join(draft, 'files'),
        tree,
        limits: left,
        leaveOut,
        signal,
      });
      used.files += written.files;
      used.bytes += written.bytes;
    } else if (titleOf(layer) === undefined) skipped.add('layer_without_name', layer.digest);
    else await addFile(named, layer, file, () => download(registry, repository, layer, file, signal));
    await rm(file, { force: true });
  }
  return { ...NOWHERE, originDigest: digest, skipped };
}

/** `host/repository` and a tag or digest, which the one who accepted the scan has filled in. */
function parse(reference: string): { host: string; repository: string; revision: string } {
  const [, host = '', repository = '', tag, digest] =
    /^([^/]+)\/([^:@]+)(?::([^:@]+)|@(sha256:[0-9a-f]{64}))$/.exec(reference) ?? [];
  const revision = tag ?? digest;
  if (revision === undefined)
    throw new CertusError('invalid_request', 'the reference is not registry/repository:tag');
  return { host, repository, revision };
}

/** The same image by what it was when it was first looked at. */
export function pinnedReference(reference: string, digest: string): string {
  const { host, repository } = parse(reference);
  return `${host}/${repository}@${digest}`;
}

const remaining = (limits: TreeLimits, used: { files: number; bytes: number }): TreeLimits => ({
  maxFileBytes: limits.maxFileBytes,
  maxBytes: limits.maxBytes - used.bytes,
  maxFiles: limits.maxFiles - used.files,
});

const download = (
  registry: SourceRegistry,
  repository: string,
  layer: Layer,
  file: string,
  signal: AbortSignal | undefined,
): Promise<void> => fromRemote(() => registry.downloadBlob(repository, layer, file, signal));

/** Fetched only once it is clear that it is wanted. */
async function addFile(tree: NewTree, layer: Layer, file: string, fetch: () => Promise<void>): Promise<void> {
  const name = titleOf(layer) ?? '';
  const body = async function* () {
    await fetch();
    yield* createReadStream(file) as AsyncIterable<Uint8Array>;
  };
  await tree.add({ name, shown: name, kind: 'file', size: layer.size, executable: false, body });
}
