import { z } from 'zod';
import { CertusError } from '../../../contracts/errors.ts';
import { Descriptor, OCI_INDEX, parseJson } from '../../../services/registry/content.ts';
import type { SourceRegistry } from '../../../services/registry/source-registry.ts';

export type Layer = Descriptor;

/** The layers behind a tag or digest, and the digest of what it named; of an image for many platforms, those of one. */
export async function layersOf(
  registry: SourceRegistry,
  repository: string,
  revision: string,
): Promise<{ readonly digest: string; readonly layers: readonly Layer[] }> {
  const top = await pull(registry, repository, revision);
  if (!INDEXES.includes(top.mediaType)) return { digest: top.digest, layers: readLayers(top.bytes) };
  const chosen = choose(read(Index, top.bytes).manifests);
  const manifest = await pull(registry, repository, chosen.digest);
  return { digest: top.digest, layers: readLayers(manifest.bytes) };
}

async function pull(registry: SourceRegistry, repository: string, revision: string) {
  const manifest = await registry.pullManifest(repository, revision);
  if (manifest !== undefined) return manifest;
  throw new CertusError('revision_not_found', `there is no ${revision} in ${repository}`);
}

const Platform = z.object({ os: z.string(), architecture: z.string() });
const Choice = Descriptor.extend({ platform: Platform.optional() });
const Index = z.looseObject({ manifests: z.array(Choice).min(1).max(1000) });
const Manifest = z.looseObject({ layers: z.array(Descriptor).max(1000) });

const INDEXES = [OCI_INDEX, 'application/vnd.docker.distribution.manifest.list.v2+json'];

function choose(manifests: readonly z.infer<typeof Choice>[]): z.infer<typeof Choice> {
  const wanted = manifests.find(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64',
  );
  const only = manifests.length === 1 ? manifests[0] : undefined;
  if (wanted ?? only) return (wanted ?? only) as z.infer<typeof Choice>;
  throw new CertusError('revision_not_found', 'the image is not there for linux/amd64');
}

const readLayers = (bytes: Uint8Array): readonly Layer[] =>
  read(Manifest, bytes).layers.filter(({ mediaType }) => mediaType !== 'application/vnd.oci.empty.v1+json');

function read<T extends z.ZodType>(schema: T, bytes: Uint8Array): z.output<T> {
  const parsed = schema.safeParse(parseJson(bytes));
  if (parsed.success) return parsed.data;
  throw new CertusError('archive_invalid', 'what the registry holds is neither an image nor an artifact');
}

/** Tools give the media type of a layer to any file that they push; what they push as a file has a title. */
export const isTreeLayer = (layer: Layer): boolean =>
  /[./]tar(?:[.+](?:gzip|zstd))?$/.test(layer.mediaType) &&
  (titleOf(layer) === undefined || layer.annotations?.['io.deis.oras.content.unpack'] === 'true');

export const titleOf = ({ annotations }: Layer): string | undefined =>
  annotations?.['org.opencontainers.image.title'];
