import pMap from 'p-map';
import { BUNDLE, type BundleFile } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import { goldenManifestKey } from '../../contracts/object-keys.ts';
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { oneLine } from '../../domain/text/one-line.ts';
import { takePermit } from '../../services/database/permit-uses.ts';
import { type ArtifactFile, pushArtifact } from '../../services/registry/artifact.ts';
import type { Registry } from '../../services/registry/registry.ts';
import type { Evidence } from '../custody/read-evidence.ts';
import { readGoldenManifest } from '../custody/read-golden-manifest.ts';
import { attachPublication } from './attach-publication.ts';
import type { PublishDeps } from './deps.ts';
import { type PermittedBundle, requirePermit } from './permitted-bundle.ts';
import { requirePromotion } from './promoted-bundle.ts';
import { requireNotQuarantined } from './quarantine-notice.ts';
import { withdrawIfQuarantined } from './withdraw-oci.ts';

const MAX_FILE = 256 * 1024 * 1024;
const BUNDLE_ARTIFACT_TYPE = 'application/vnd.certus.bundle.v1+json';

/**
 * Pushes the golden copy as an OCI artifact, a layer a file. Permit and promotion are checked again over the very bytes
 * that are pushed. Nothing in the manifest depends on the time, so pushing twice gives the same digest. A permit that is for
 * golden alone pushes nothing, and that is no fault: null.
 */
export async function publishOci(
  deps: PublishDeps,
  input: PublishInput,
  signal: AbortSignal,
  publication: string,
): Promise<string | null> {
  const { registry, registryNamespace, database, keySet, golden } = deps;
  await requireNotQuarantined(golden, input);
  const { permit_id, files } = await readGolden(deps, input);
  const question = { database, keySet, destination: 'golden' } as const;
  const permitted = await requirePermit(question, input, evidenceOf(files));
  if (!permitted.permit.destinations.includes('oci')) return null;
  if (permit_id !== input.permitId) throw altered('the golden manifest', 'names another permit');
  requireSameFiles(files, permitted);
  // asks as well that the permit was good when it was used, which the registry's outage may have outlived
  requirePromotion(keySet, permitted, bytesOf(files, BUNDLE.promotion));
  const use = { permitId: input.permitId, destination: 'oci', usedBy: publication } as const;
  await takePermit(database, input.scope, use, deps.now());
  const { tenant, workspace } = input.scope;
  const repository = `${registryNamespace}/${tenant}/${workspace}/${input.component}`;
  const { reference, digest } = await pushArtifact(whileWanted(registry, signal), {
    repository,
    tag: input.testId,
    artifactType: BUNDLE_ARTIFACT_TYPE,
    files,
    annotations: {
      'dev.certus.bundle.digest': `sha256:${input.bundle.digest}`,
      'dev.certus.permit': permitted.permitId,
      'dev.certus.permit.tier': permitted.permit.tier,
      ...bypassAnnotation(permitted),
      'dev.certus.test-id': input.testId,
    },
  });
  await attachPublication(deps, {
    repository,
    manifestDigest: digest.slice('sha256:'.length),
    permit: { id: permitted.permitId, digest: { sha256: sha256(permitted.permitBytes) } },
    bundle: { digest: { sha256: input.bundle.digest } },
    tenant,
    workspace,
    test_id: input.testId,
  });
  await withdrawIfQuarantined(deps, input);
  return reference;
}

/** Whoever looks at the artifact sees that it went past the rules, without opening it. */
function bypassAnnotation({ permit: { bypass } }: PermittedBundle): Record<string, string> {
  if (bypass === undefined) return {};
  const { by, order_id, until, reason } = bypass;
  return { 'dev.certus.bypass': oneLine(`${order_id} by ${by} until ${until}: ${reason}`, 1000) };
}

/** Blobs alone are visible to nobody; the manifest is, so a run that was cancelled meanwhile does not push it. */
const whileWanted = (registry: Registry, signal: AbortSignal): Registry => ({
  ...registry,
  pushManifest: async (...manifest) => {
    signal.throwIfAborted();
    return registry.pushManifest(...manifest);
  },
});

async function readGolden(
  { golden }: PublishDeps,
  { scope, testId }: PublishInput,
): Promise<{ permit_id: string; files: ArtifactFile[] }> {
  const { prefix, permit_id, files } = await readGoldenManifest(golden, goldenManifestKey(scope, testId));
  const read = async ({ path, media_type }: BundleFile): Promise<ArtifactFile> => ({
    name: path,
    mediaType: media_type,
    bytes: await golden.read(`${prefix}${path}`, MAX_FILE),
  });
  return { permit_id, files: await pMap(files.filter(isOurs), read, { concurrency: 8 }) };
}

const STATEMENTS: readonly string[] = [BUNDLE.provenance, BUNDLE.permit, BUNDLE.promotion];

/** Every file of evidence answers to a signature; of statements only those that we know leave the house. */
const isOurs = ({ path }: BundleFile): boolean =>
  !path.startsWith(BUNDLE.statements) || STATEMENTS.includes(path) || path === BUNDLE.permitProof;

/** What is in memory now, as evidence to be checked. */
function evidenceOf(files: readonly ArtifactFile[]): Evidence {
  const evidence = files.filter(({ name }) => !name.startsWith(BUNDLE.statements));
  return {
    indexBytes: bytesOf(files, BUNDLE.index),
    provenanceBytes: bytesOf(files, BUNDLE.provenance),
    files: new Map(evidence.map(({ name, bytes }) => [name, { sha256: sha256(bytes), size: bytes.length }])),
  };
}

/** A statement that is missing opens as an empty one: it holds nothing, and is refused as such. */
const bytesOf = (files: readonly ArtifactFile[], path: string): Uint8Array =>
  files.find(({ name }) => name === path)?.bytes ?? new Uint8Array();

/** Names, types and permit come from golden's manifest, which nobody signed: they must be the signed index's. */
function requireSameFiles(
  files: readonly ArtifactFile[],
  { evidence: { index }, permitBytes, proof }: PermittedBundle,
): void {
  const types = new Map<string, string>(index.files.map(({ path, media_type }) => [path, media_type]));
  types.set(BUNDLE.index, 'application/json');
  for (const path of STATEMENTS) types.set(path, SIGSTORE_BUNDLE_MEDIA_TYPE);
  if (proof !== null) types.set(BUNDLE.permitProof, 'text/plain');
  if (files.length !== types.size)
    throw altered('the golden manifest', 'lists other files than were promoted');
  for (const { name, mediaType } of files)
    if (types.get(name) !== mediaType) throw altered(name, 'is shown as of another type');
  if (sha256(bytesOf(files, BUNDLE.permit)) !== sha256(permitBytes))
    throw altered(BUNDLE.permit, 'is not the permit that was given');
  if (proof !== null && sha256(bytesOf(files, BUNDLE.permitProof)) !== sha256(proof))
    throw altered(BUNDLE.permitProof, 'is not the proof that was written down');
}

const altered = (what: string, how: string) =>
  new CertusError('digest_mismatch', `not pushed: ${what} in golden ${how}`);
