import pMap from 'p-map';
import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { checkBytes, Descriptor, digestOf, MAX_BLOB, OCI_MANIFEST, parseJson } from './content.ts';
import type { BlobSource, Registry, StoredManifest } from './registry.ts';
import { titleFault } from './titles.ts';

/** What is pushed of a golden copy. */
export const BUNDLE_ARTIFACT_TYPE = 'application/vnd.certus.bundle.v1+json';

export type ArtifactFile = { readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array };

/** A file that is too large for memory. */
export type StreamedFile = BlobSource & {
  readonly name: string;
  readonly mediaType: string;
  /** Hex; what is read is held to it. */
  readonly sha256: string;
};

export type Artifact = {
  readonly repository: string;
  readonly tag: string;
  readonly artifactType: string;
  readonly files: readonly (ArtifactFile | StreamedFile)[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** What this artifact is about, such as the image that it vouches for. */
  readonly subject?: Pick<Descriptor, 'mediaType' | 'digest' | 'size'>;
};

/** Files as an OCI 1.1 artifact, a layer each. Nothing of it depends on time or order, so pushing again changes nothing. */
export const pushArtifact = async (
  registry: Registry,
  artifact: Artifact,
): Promise<{ digest: string; reference: string }> => {
  const { repository, tag } = artifact;
  const { bytes } = await prepareArtifact(registry, artifact);
  const { digest } = await registry.pushManifest(repository, bytes, OCI_MANIFEST, tag);
  return { digest, reference: registry.reference(repository, tag, digest) };
};

/** Pushes all but the manifest, which shows the rest: whoever wants to attach something to it first can do so. */
export const prepareArtifact = async (
  registry: Registry,
  { repository, artifactType, annotations = {}, subject, files: given }: Omit<Artifact, 'tag'>,
): Promise<StoredManifest> => {
  const files = given.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  const fault = titleFault(files.map(({ name }) => name));
  if (fault !== undefined) throw new CertusError('invalid_request', `Cannot push the artifact: ${fault}`);

  const empty = registry.pushBlob(repository, EMPTY.digest, EMPTY_BYTES);
  const push = async (file: ArtifactFile | StreamedFile): Promise<Descriptor> => {
    const [digest, size, body] =
      'bytes' in file
        ? [digestOf(file.bytes), file.bytes.length, file.bytes]
        : [`sha256:${file.sha256}`, file.size, file];
    await registry.pushBlob(repository, digest, body);
    return { mediaType: file.mediaType, digest, size, annotations: { [TITLE]: file.name } };
  };
  const [layers] = await Promise.all([pMap(files, push, { concurrency: AT_ONCE }), empty]);
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
  const bytes = Buffer.from(JSON.stringify(manifest));
  return { bytes, mediaType: OCI_MANIFEST, digest: digestOf(bytes) };
};

/** Times what one blob holds in memory. */
const AT_ONCE = 8;

export type PulledArtifact = {
  readonly digest: string;
  readonly artifactType: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  readonly subject: Descriptor | undefined;
  readonly files: readonly ArtifactFile[];
};

/** The files of an artifact, every byte checked against the manifest, and no name that could leave a folder. */
export const pullArtifact = async (
  registry: Pick<Registry, 'pullManifest' | 'pullBlob'>,
  repository: string,
  reference: string,
  limit = MAX_BLOB,
): Promise<PulledArtifact> => {
  const { layers, ...manifest } = await describeArtifact(registry, repository, reference, limit);
  const files: ArtifactFile[] = [];
  for (const { name, mediaType, digest, size } of layers) {
    const bytes = checkBytes(await registry.pullBlob(repository, digest, size), digest, name);
    if (bytes.length !== size) throw invalid(reference, `${name} has ${bytes.length} bytes, not ${size}`);
    files.push({ name, mediaType, bytes });
  }
  return { ...manifest, files };
};

export type DescribedArtifact = Omit<PulledArtifact, 'files'> & {
  readonly layers: readonly { name: string; mediaType: string; digest: string; size: number }[];
};

/** What the manifest promises, within bounds: as many bytes as the limit at most, under names that can be a folder's. */
export const describeArtifact = async (
  registry: Pick<Registry, 'pullManifest'>,
  repository: string,
  reference: string,
  limit: number,
): Promise<DescribedArtifact> => {
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
  const layers = titled.map((layer) => ({
    name: titleOf(layer),
    mediaType: layer.mediaType,
    digest: layer.digest,
    size: layer.size,
  }));
  const { artifactType, annotations = {}, subject } = manifest;
  return { digest: stored.digest, artifactType, annotations, subject, layers };
};

const TITLE = 'org.opencontainers.image.title';
const EMPTY_BYTES = Buffer.from('{}');
const EMPTY: Descriptor = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: digestOf(EMPTY_BYTES),
  size: EMPTY_BYTES.length,
};

/** As many documents as one promotion may have, and what speaks of them. */
const MOST_LAYERS = 20_100;

const ArtifactManifest = z.looseObject({
  mediaType: z.literal(OCI_MANIFEST),
  artifactType: z.string().optional(),
  layers: z.array(Descriptor).max(MOST_LAYERS),
  annotations: z.record(z.string(), z.string()).optional(),
  subject: Descriptor.optional(),
});

const titleOf = ({ annotations }: Descriptor): string => annotations?.[TITLE] ?? '';

const invalid = (reference: string, why: string) =>
  new CertusError('bundle_invalid', `Not an artifact that can be unpacked: ${reference}: ${why}`);
