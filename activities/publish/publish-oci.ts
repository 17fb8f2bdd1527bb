import { BUNDLE } from '../../contracts/bundle.ts';
import { goldenManifestKey } from '../../contracts/object-keys.ts';
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { explainedFiles, publishedFiles, type Sanitized } from '../../domain/custody/explained-files.ts';
import { oneLine } from '../../domain/text/one-line.ts';
import { recordKnownDigests } from '../../services/database/known-digests.ts';
import { takePermit } from '../../services/database/permit-uses.ts';
import {
  type ArtifactFile,
  BUNDLE_ARTIFACT_TYPE,
  composeArtifact,
  pushBlobs,
  type StreamedFile,
} from '../../services/registry/artifact.ts';
import { layerType } from '../../services/registry/layer-type.ts';
import type { Registry } from '../../services/registry/registry.ts';
import { attachPublication, type Publication } from './attach-publication.ts';
import type { PublishDeps } from './deps.ts';
import {
  altered,
  bytesOf,
  evidenceIn,
  type GoldenCopy,
  type GoldenFile,
  readGoldenCopy,
  STATEMENTS,
} from './golden-copy.ts';
import { ANNOTATION, moveLatest, repositoryOf } from './latest-run.ts';
import { heldOrRefused, type PermittedBundle, requirePermit } from './permitted-bundle.ts';
import { requirePromotion } from './promoted-bundle.ts';
import { requireNotQuarantined } from './quarantine-notice.ts';
import { withdrawIfQuarantined } from './withdraw-oci.ts';

/**
 * Pushes the golden copy as an OCI artifact, a layer a file. Permit and promotion are checked again over the very bytes
 * that are pushed, and each of them once more on its way. What is attached to the artifact is there before the manifest,
 * which shows the rest, and of which nothing depends on the time: pushing twice gives the same digest. A permit that is for
 * golden alone pushes nothing, and that is no fault: null.
 */
export async function publishOci(
  deps: PublishDeps,
  input: PublishInput,
  signal: AbortSignal,
  publication: string,
): Promise<string | null> {
  const { database, golden } = deps;
  await requireNotQuarantined(golden, input);
  const copy = await readGoldenCopy(golden, goldenManifestKey(input.scope, input.testId));
  const { permitted, sanitized, promotedOn } = await requireGolden(deps, input, copy);
  if (promotedOn === null) return null;
  const use = { permitId: input.permitId, destination: 'oci', usedBy: publication } as const;
  await takePermit(database, input.scope, use, deps.now());

  const registry = whileWanted(deps.registry, signal);
  const repository = repositoryOf(deps, input);
  const { manifest, blobs } = composeArtifact({
    artifactType: BUNDLE_ARTIFACT_TYPE,
    anyCase: true,
    files: copy.files.map(layerOf),
    annotations: annotationsOf(input, permitted, promotedOn),
  });
  const [tagsBefore, pushed] = await Promise.all([
    registry.tags(repository),
    registry.pullManifest(repository, manifest.digest),
  ]);
  await bothOf(
    // what is there by its digest is there with its layers
    pushed === undefined ? pushBlobs(registry, repository, blobs, { unasked: true }) : undefined,
    attachPublication(
      { ...deps, registry },
      {
        manifest,
        facts: factsOf(input, permitted, { repository, digest: manifest.digest }),
        statements: statementsIn(copy, sanitized),
      },
    ),
  );
  // before it can be pulled: whoever pulls it knows this digest and no other
  const digest = manifest.digest.replace('sha256:', '');
  await recordKnownDigests(database, input.scope, input.testId, [
    { sha256: digest, kind: 'image', name: repository },
  ]);
  await registry.pushManifest(repository, manifest.bytes, manifest.mediaType, input.testId);
  await moveLatest({ registry, golden, scope: input.scope, repository }, manifest, tagsBefore);
  await withdrawIfQuarantined(deps, input);
  return registry.reference(repository, input.testId, manifest.digest);
}

/** All that must hold of what lies in golden before any of it leaves the house; without a time where it is not to leave. */
async function requireGolden(
  { database, keySet }: PublishDeps,
  input: PublishInput,
  copy: GoldenCopy,
): Promise<{ permitted: PermittedBundle; sanitized: Sanitized | undefined; promotedOn: string | null }> {
  const indexBytes = bytesOf(copy, BUNDLE.index);
  const sanitizeBytes = copy.files.find(({ path }) => path === BUNDLE.sanitize)?.bytes;
  const explained = { indexBytes, files: evidenceIn(copy), sanitizeBytes, keySet };
  const { files, sanitized } = heldOrRefused(() => explainedFiles(explained));
  const evidence = { indexBytes, provenanceBytes: bytesOf(copy, BUNDLE.provenance), files };
  const permitted = await requirePermit({ database, keySet, destination: 'golden' }, input, evidence);
  if (!permitted.permit.destinations.includes('oci')) return { permitted, sanitized, promotedOn: null };
  if (copy.permitId !== input.permitId) throw altered('the golden manifest', 'names another permit');
  requireSameFiles(copy, permitted, sanitized);
  // asks as well that the permit was good when it was used, which the registry's outage may have outlived
  const { promotedOn } = requirePromotion(keySet, permitted, bytesOf(copy, BUNDLE.promotion), sanitized);
  return { permitted, sanitized, promotedOn };
}

/** Names, types and permit come from golden's manifest, which nobody signed: they must be the signed index's. */
function requireSameFiles(
  copy: GoldenCopy,
  { evidence: { index }, permitBytes, proof }: PermittedBundle,
  sanitized: Sanitized | undefined,
): void {
  const published = publishedFiles(index, sanitized?.statement);
  const types = new Map<string, string>(published.map(({ path, media_type }) => [path, media_type]));
  types.set(BUNDLE.index, 'application/json');
  for (const path of STATEMENTS) types.set(path, SIGSTORE_BUNDLE_MEDIA_TYPE);
  if (sanitized === undefined) types.delete(BUNDLE.sanitize);
  if (proof !== null) types.set(BUNDLE.permitProof, 'text/plain');
  if (copy.files.length !== types.size)
    throw altered('the golden manifest', 'lists other files than were promoted');
  for (const { path, mediaType } of copy.files)
    if (types.get(path) !== mediaType) throw altered(path, 'is shown as of another type');
  if (sha256(bytesOf(copy, BUNDLE.permit)) !== sha256(permitBytes))
    throw altered(BUNDLE.permit, 'is not the permit that was given');
  if (proof !== null && sha256(bytesOf(copy, BUNDLE.permitProof)) !== sha256(proof))
    throw altered(BUNDLE.permitProof, 'is not the proof that was written down');
}

const annotationsOf = (
  { bundle, testId }: PublishInput,
  permitted: PermittedBundle,
  promotedOn: string,
): Record<string, string> => ({
  [ANNOTATION.bundle]: `sha256:${bundle.digest}`,
  [ANNOTATION.permit]: permitted.permitId,
  [ANNOTATION.tier]: permitted.permit.tier,
  ...bypassAnnotation(permitted),
  [ANNOTATION.testId]: testId,
  [ANNOTATION.promotedAt]: promotedOn,
});

/** Whoever looks at the artifact sees that it went past the rules, without opening it. */
function bypassAnnotation({ permit: { bypass } }: PermittedBundle): Record<string, string> {
  if (bypass === undefined) return {};
  const { by, order_id, until, reason } = bypass;
  return { [ANNOTATION.bypass]: oneLine(`${order_id} by ${by} until ${until}: ${reason}`, 1000) };
}

const factsOf = (
  { scope: { tenant, workspace }, testId, bundle }: PublishInput,
  { permitId, permitBytes }: PermittedBundle,
  { repository, digest }: { readonly repository: string; readonly digest: string },
): Publication['facts'] => ({
  repository,
  manifestDigest: digest.slice('sha256:'.length),
  permit: { id: permitId, digest: { sha256: sha256(permitBytes) } },
  bundle: { digest: { sha256: bundle.digest } },
  tenant,
  workspace,
  test_id: testId,
});

const statementsIn = (copy: GoldenCopy, sanitized: Sanitized | undefined): Publication['statements'] =>
  new Map(
    STATEMENTS.filter((path) => path !== BUNDLE.sanitize || sanitized !== undefined).map(
      (path) => [path, bytesOf(copy, path)] as const,
    ),
  );

/** Side by side; when one has failed the other is waited for: an attempt that begins anew must not meet it at work. */
async function bothOf(...work: readonly (Promise<void> | undefined)[]): Promise<void> {
  for (const done of await Promise.allSettled(work)) if (done.status === 'rejected') throw done.reason;
}

/** Blobs alone are visible to nobody; the manifest is, so a run that was cancelled meanwhile does not push it. */
const whileWanted = (registry: Registry, signal: AbortSignal): Registry => ({
  ...registry,
  pushManifest: async (...manifest) => {
    signal.throwIfAborted();
    return registry.pushManifest(...manifest);
  },
});

function layerOf({ path, mediaType, sha256: digest, size, head, bytes, open }: GoldenFile) {
  const layer = { name: path, mediaType: layerType({ path, mediaType, head }) };
  const file: ArtifactFile | StreamedFile =
    bytes === undefined ? { ...layer, sha256: digest, size, open } : { ...layer, sha256: digest, bytes };
  return file;
}
