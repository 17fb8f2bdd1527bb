import pMap from 'p-map';
import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { checkBytes, Descriptor, digestOf, MAX_BLOB, OCI_MANIFEST, parseJson } from './content.ts';
import type { Registry } from './registry.ts';
import { titleFault } from './titles.ts';

export type ArtifactFile = { readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array };

export type Artifact = {
  readonly repository: string;
  readonly tag: string;
  readonly artifactType: string;
  readonly files: readonly ArtifactFile[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** What this artifact is about, such as the image that it vouches for. */
  readonly subject?: Pick<Descriptor, 'mediaType' | 'digest' | 'size'>;
};

/** Files as an OCI 1.1 artifact, a layer each. Nothing of it depends on time or order, so pushing again changes nothing. */
export const pushArtifact = async (
  registry: Registry,
  artifact: Artifact,
): Promise<{ digest: string; reference: string }> => {
  const { repository, tag, artifactType, annotations = {}, subject } = artifact;
  const files = artifact.files.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  const fault = titleFault(files.map(({ name }) => name));
  if (fault !== undefined) throw new CertusError('invalid_request', `Cannot push the artifact: ${fault}`);

  await registry.pushBlob(repository, EMPTY.digest, EMPTY_BYTES);
  const push = async ({ name, mediaType, bytes }: ArtifactFile): Promise<Descriptor> => {
    const digest = digestOf(bytes);
    await registry.pushBlob(repository, digest, bytes);
    return { mediaType, digest, size: bytes.length, annotations: { [TITLE]: name } };
  };
  const layers = await pMap(files, push, { concurrency: 4 });
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType,
    config: EMPTY,
    // The specification wants a layer; an artifact without files says so with the empty one.
    layers: layers.length === 0 ? [EMPTY] : layers,
    ...(subject === undefined
      ? {}
      : { subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size } }),
    annotations: Object.fromEntries(Object.entries(annotations).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  const { digest } = await registry.pushManifest(
    repository,
    Buffer.from(JSON.stringify(manifest)),
    OCI_MANIFEST,
    tag,
  );
  return { digest, reference: registry.reference(repository, tag, digest) };
};

export type PulledArtifact = {
  readonly digest: string;
  readonly artifactType: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  readonly subject: Descriptor | undefined;
  readonly files: readonly ArtifactFile[];
};

/** The files of an artifact, every byte checked against the manifest, and no name that could leave a folder. */
export const pullArtifact = async (
  registry: Registry,
  repository: string,
  reference: string,
  limit = MAX_BLOB,
): Promise<PulledArtifact> => {
  const stored = await registry.pullManifest(repository, reference);
  if (stored === undefined)
    throw new CertusError('object_not_found', `There is no artifact ${reference} in ${repository}`);
  const parsed = ArtifactManifest.safeParse(parseJson(stored.bytes));
  if (!parsed.success) throw invalid(reference, z.prettifyError(parsed.error));
  const manifest = parsed.data;
  const titled = manifest.layers.filter(({ mediaType }) => mediaType !== EMPTY.mediaType);
  const fault = titleFault(titled.map(titleOf));
  if (fault !== undefined) throw invalid(reference, fault);
  const total = titled.reduce((sum, { size }) => sum + size, 0);
  if (total > limit)
    throw new CertusError(
      'object_too_large',
      `The artifact ${reference} has ${total} bytes, more than ${limit}`,
    );

  const files: ArtifactFile[] = [];
  for (const layer of titled) {
    const bytes = checkBytes(
      await registry.pullBlob(repository, layer.digest, layer.size),
      layer.digest,
      titleOf(layer),
    );
    if (bytes.length !== layer.size)
      throw invalid(reference, `${titleOf(layer)} has ${bytes.length} bytes, not ${layer.size}`);
    files.push({ name: titleOf(layer), mediaType: layer.mediaType, bytes });
  }
  const { artifactType, annotations = {}, subject } = manifest;
  return { digest: stored.digest, artifactType, annotations, subject, files };
};

const TITLE = 'org.opencontainers.image.title';
const EMPTY_BYTES = Buffer.from('{}');
const EMPTY: Descriptor = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: digestOf(EMPTY_BYTES),
  size: EMPTY_BYTES.length,
};

const ArtifactManifest = z.looseObject({
  mediaType: z.literal(OCI_MANIFEST),
  artifactType: z.string().optional(),
  layers: z.array(Descriptor).max(10_000),
  annotations: z.record(z.string(), z.string()).optional(),
  subject: Descriptor.optional(),
});

const titleOf = ({ annotations }: Descriptor): string => annotations?.[TITLE] ?? '';

const invalid = (reference: string, why: string) =>
  new CertusError('bundle_invalid', `Not an artifact that can be unpacked: ${reference}: ${why}`);
