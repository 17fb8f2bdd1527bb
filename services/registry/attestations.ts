import { z } from 'zod';
import { CertusError, type ErrorCode } from '../../contracts/errors.ts';
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';
import { Descriptor, digestOf, OCI_MANIFEST, parseJson } from './content.ts';
import type { Registry } from './registry.ts';

export type Attestation = {
  readonly repository: string;
  /** The manifest that the statement is about. */
  readonly subject: Pick<Descriptor, 'mediaType' | 'digest' | 'size'>;
  readonly predicateType: string;
  /** A Sigstore bundle around the statement. */
  readonly bundle: Uint8Array;
};

/** Attaches a signed statement to what lies in a registry, in the way in which cosign looks for it. Once, however often. */
export async function attachAttestation(
  registry: Registry,
  { repository, subject, predicateType, bundle }: Attestation,
): Promise<void> {
  await attachBundles(registry, { repository, subject, bundles: [{ predicateType, bundle }] });
}

export type Attached = Pick<Attestation, 'predicateType' | 'bundle'>;

/** The same for several, side by side. What they are about need not be there yet: it may be shown once they are. */
export async function attachBundles(
  registry: Registry,
  {
    repository,
    subject,
    bundles,
  }: Omit<Attestation, keyof Attached> & { readonly bundles: readonly Attached[] },
): Promise<void> {
  // what is this small is sent sooner than asked for
  const push = (digest: string, bytes: Uint8Array) =>
    registry.pushBlob(repository, digest, bytes, { unasked: bytes.length <= SMALL });
  // every publication has this one: sent again beside another that reads it, some registries miss it for a moment
  const empty = registry.pushBlob(repository, EMPTY.digest, EMPTY_BYTES);
  const layers = bundles.map(async ({ predicateType, bundle }) => {
    const layer = { mediaType: SIGSTORE_BUNDLE_MEDIA_TYPE, digest: digestOf(bundle), size: bundle.length };
    await push(layer.digest, bundle);
    return { predicateType, layer };
  });
  const [attached] = await Promise.all([Promise.all(layers), empty]);
  const manifests = attached.map(({ predicateType, layer }) => ({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: SIGSTORE_BUNDLE_MEDIA_TYPE,
    config: EMPTY,
    layers: [layer],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
    annotations: {
      'dev.sigstore.bundle.content': 'dsse-envelope',
      'dev.sigstore.bundle.predicateType': predicateType,
    },
  }));
  const show = (manifest: object) =>
    registry.pushManifest(repository, Buffer.from(JSON.stringify(manifest)), OCI_MANIFEST);
  await Promise.all(manifests.map(show));
}

const SMALL = 128 * 1024;

type Readable = Pick<Registry, 'referrers' | 'pullManifest' | 'pullBlob'>;

const MOST = 100;
const MAX_BUNDLE = 16 * 1024 * 1024;

/**
 * The bundles that anybody attached to a digest, unread and unbelieved. More than a hundred are refused: whoever may push
 * could else hide a good one behind any number of others, or keep a reader busy for ever.
 */
export async function attachedBundles(
  registry: Readable,
  repository: string,
  digest: string,
): Promise<Uint8Array[]> {
  const all = await registry.referrers(repository, digest);
  const bundles = all.filter(({ artifactType }) => artifactType === SIGSTORE_BUNDLE_MEDIA_TYPE);
  if (bundles.length > MOST)
    throw new CertusError('registry_refused', `more than ${MOST} bundles are attached to ${digest}`);
  const found: Uint8Array[] = [];
  for (const descriptor of bundles) found.push(await bundleOf(registry, repository, digest, descriptor));
  return found;
}

/** What is listed and cannot be read is as good as empty: nobody can hide the others behind it. */
async function bundleOf(
  registry: Readable,
  repository: string,
  subject: string,
  { digest }: Descriptor,
): Promise<Uint8Array> {
  try {
    const stored = await registry.pullManifest(repository, digest);
    const parsed = AttachedManifest.safeParse(stored && parseJson(stored.bytes));
    const [layer] = parsed.data?.layers ?? [];
    if (layer === undefined || parsed.data?.subject.digest !== subject) return new Uint8Array();
    return await registry.pullBlob(repository, layer.digest, MAX_BUNDLE);
  } catch (error) {
    if (error instanceof CertusError && UNREADABLE.has(error.code)) return new Uint8Array();
    throw error;
  }
}

const UNREADABLE: ReadonlySet<ErrorCode> = new Set([
  'object_not_found',
  'object_too_large',
  'digest_mismatch',
]);

const AttachedManifest = z.looseObject({
  layers: z.array(Descriptor.extend({ mediaType: z.literal(SIGSTORE_BUNDLE_MEDIA_TYPE) })).length(1),
  subject: Descriptor,
});

const EMPTY_BYTES = Buffer.from('{}');
const EMPTY: Descriptor = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: digestOf(EMPTY_BYTES),
  size: EMPTY_BYTES.length,
};
