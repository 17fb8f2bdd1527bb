import pMap from 'p-map';
import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { checkBytes, Descriptor, digestOf, MAX_BLOB, OCI_MANIFEST, parseJson } from './content.ts';
import type { BlobSource, Registry, StoredManifest } from './registry.ts';
import { titleFault } from './titles.ts';

/** What is pushed of a golden copy. */
export const BUNDLE_ARTIFACT_TYPE = 'application/vnd.certus.bundle.v1+json';

export type ArtifactFile = {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** Hex, where it is known already: what is pushed is held to it. */
  readonly sha256?: string;
};

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
  /** Files may differ in the case of their names alone, as documents do. */
  readonly anyCase?: boolean;
  /** What this artifact is about, such as the image that it vouches for. */
  readonly subject?: Pick<Descriptor, 'mediaType' | 'digest' | 'size'>;
};

/** Pushes files as an OCI 1.1 artifact, a layer each; the manifest, which shows the rest, comes last. */
export const pushArtifact = async (
  registry: Registry,
  artifact: Artifact,
): Promise<{ digest: string; reference: string }> => {
  const { repository, tag } = artifact;
  const { manifest, blobs } = composeArtifact(artifact);
  await pushBlobs(registry, repository, blobs);
  const { digest } = await registry.pushManifest(repository, manifest.bytes, manifest.mediaType, tag);
  return { digest, reference: registry.reference(repository, tag, digest) };
};

export type Blob = { readonly digest: string; readonly body: Uint8Array | BlobSource };

export type ComposedArtifact = { readonly manifest: StoredManifest; readonly blobs: readonly Blob[] };

/** What an artifact is made of. Nothing of it depends on time or order, so that pushing it again changes nothing. */
export const composeArtifact = ({
  artifactType,
  annotations = {},
  subject,
  anyCase = false,
  files: given,
}: Omit<Artifact, 'repository' | 'tag'>): ComposedArtifact => {
  const files = given.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  const fault = titleFault(
    files.map(({ name }) => name),
    { anyCase },
  );
  if (fault !== undefined) throw new CertusError('invalid_request', `Cannot push the artifact: ${fault}`);

  const layers = files.map(({ name, mediaType, ...file }) => {
    const { digest, size, body } = blobOf(file);
    const descriptor: Descriptor = { mediaType, digest, size, annotations: { [TITLE]: name } };
    return { descriptor, blob: { digest, body } };
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType,
    config: EMPTY,
    // The specification wants a layer; an artifact without files says so with the empty one.
    layers: layers.length === 0 ? [EMPTY] : layers.map(({ descriptor }) => descriptor),
    ...(subject === undefined
      ? {}
      : { subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size } }),
    annotations: Object.fromEntries(Object.entries(annotations).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  const blobs = [{ digest: EMPTY.digest, body: EMPTY_BYTES }, ...layers.map(({ blob }) => blob)];
  return { manifest: { bytes, mediaType: OCI_MANIFEST, digest: digestOf(bytes) }, blobs };
};

const blobOf = (
  file: Omit<ArtifactFile, 'name' | 'mediaType'> | Omit<StreamedFile, 'name' | 'mediaType'>,
) => {
  if (!('bytes' in file)) return { digest: `sha256:${file.sha256}`, size: file.size, body: file };
  const { bytes, sha256 } = file;
  const digest = sha256 === undefined ? digestOf(bytes) : `sha256:${sha256}`;
  return { digest, size: bytes.length, body: bytes };
};

/** Side by side, within bounds; a blob that is there twice goes once. */
export const pushBlobs = async (
  registry: Registry,
  repository: string,
  blobs: readonly Blob[],
  { unasked = false } = {},
): Promise<void> => {
  const each = new Map(blobs.map((blob) => [blob.digest, blob] as const));
  const push = ({ digest, body }: Blob) => {
    // the empty one every publication has, and most repositories hold already
    const isOwn = body instanceof Uint8Array && body.length <= SMALL && digest !== EMPTY.digest;
    return registry.pushBlob(repository, digest, body, { unasked: unasked && isOwn });
  };
  await pMap(each.values(), push, { concurrency: AT_ONCE });
};

const SMALL = 128 * 1024;

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
  { anyCase = false } = {},
): Promise<DescribedArtifact> => {
  const stored = await registry.pullManifest(repository, reference);
  if (stored === undefined)
    throw new CertusError('object_not_found', `There is no artifact ${reference} in ${repository}`);
  const parsed = ArtifactManifest.safeParse(parseJson(stored.bytes));
  if (!parsed.success) throw invalid(reference, z.prettifyError(parsed.error));
  const manifest = parsed.data;
  const titled = manifest.layers.filter(({ mediaType }) => mediaType !== EMPTY.mediaType);
  const fault = titleFault(titled.map(titleOf), { anyCase });
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
