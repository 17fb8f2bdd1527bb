import type { BundleFile, GoldenManifest } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import { goldenManifestKey } from '../../contracts/object-keys.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { readGoldenManifest } from '../custody/read-golden-manifest.ts';
import type { PublishDeps } from './deps.ts';
import type { PermittedBundle } from './permitted-bundle.ts';

/** What golden shows of a run: before it lies there, nothing of the run is to be seen. */
export const goldenManifest = (
  { evidence: { index, bundleDigest }, permitId, permit: { bypass } }: PermittedBundle,
  prefix: string,
  files: BundleFile[],
  promotedOn: string,
): GoldenManifest => ({
  schema: 'https://certus.dev/golden/v1',
  tenant: index.tenant,
  workspace_id: index.workspace_id,
  component_id: index.component_id,
  test_id: index.test_id,
  permit_id: permitId,
  bundle_digest: bundleDigest,
  prefix,
  files,
  promoted_at: promotedOn,
  ...(bypass === undefined
    ? {}
    : { bypass: { order_id: bypass.order_id, by: bypass.by, reason: bypass.reason, until: bypass.until } }),
});

/** The manifest that shows a run already, which must be of this very bundle. */
export async function shownManifest(
  { golden }: Pick<PublishDeps, 'golden'>,
  { scope, testId, bundle }: Pick<PublishInput, 'scope' | 'testId' | 'bundle'>,
): Promise<GoldenManifest> {
  const key = goldenManifestKey(scope, testId);
  const manifest = await readGoldenManifest(golden, key);
  if (manifest.bundle_digest !== bundle.digest)
    throw new CertusError('golden_conflict', `${key} already shows another bundle of this run`);
  return manifest;
}
