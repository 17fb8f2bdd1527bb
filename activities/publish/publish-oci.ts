import { BUNDLE, GoldenManifest } from '../../contracts/bundle.ts';
import { goldenManifestKey } from '../../contracts/object-keys.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { pushArtifact } from '../../services/registry/artifact.ts';
import type { PublishDeps } from './deps.ts';
import { requirePermit } from './permitted-bundle.ts';

const MAX_FILE = 256 * 1024 * 1024;
export const BUNDLE_ARTIFACT_TYPE = 'application/vnd.certus.bundle.v1+json';

/**
 * Pushes the golden copy as an OCI artifact, a layer a file. The permit is checked again over the bytes that leave.
 * Nothing in the manifest depends on the time, so pushing twice gives the same digest.
 */
export async function publishOci(deps: PublishDeps, input: PublishInput): Promise<string> {
  const { golden, registry, registryNamespace, database, keySet } = deps;
  const manifest = await readManifest(deps, input);
  await requirePermit(
    { database, bucket: golden, prefix: manifest.prefix, keySet, destination: 'oci', usedAt: deps.now() },
    input,
  );
  const files = await Promise.all(
    manifest.files.map(async ({ path, media_type }) => ({
      name: path,
      mediaType: media_type,
      bytes: await golden.read(`${manifest.prefix}${path}`, MAX_FILE),
    })),
  );
  const { tenant, workspace } = input.scope;
  const { reference } = await pushArtifact(registry, {
    repository: `${registryNamespace}/${tenant}/${workspace}/${input.component}`,
    tag: input.testId,
    artifactType: BUNDLE_ARTIFACT_TYPE,
    files,
    annotations: {
      'dev.certus.bundle.digest': `sha256:${manifest.bundle_digest}`,
      'dev.certus.permit': manifest.permit_id,
      'dev.certus.test-id': input.testId,
      'dev.certus.bundle.index': BUNDLE.index,
    },
  });
  return reference;
}

async function readManifest(
  { golden }: PublishDeps,
  { scope, testId }: PublishInput,
): Promise<GoldenManifest> {
  const bytes = await golden.read(goldenManifestKey(scope, testId), MAX_FILE);
  return GoldenManifest.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
}
