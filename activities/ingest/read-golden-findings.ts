import { BUNDLE, type GoldenManifest } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import { type Finding, FindingsDocument } from '../../contracts/finding.ts';
import { goldenManifestKey, goldenPrefix } from '../../contracts/object-keys.ts';
import type { IngestInput } from '../../contracts/workflows.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';
import { readGoldenManifest } from '../custody/read-golden-manifest.ts';

const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Reads the findings that the golden manifest of this run shows, and only if they are still the bytes it shows. Where
 * they lie follows from the run: whoever could name a key would make one workspace's findings searchable in another.
 */
export async function readGoldenFindings(
  golden: ReadableBucket,
  run: IngestInput,
): Promise<{ findings: Finding[]; capturedAt: string }> {
  const manifestKey = goldenManifestKey(run.scope, run.testId);
  const manifest = await readGoldenManifest(golden, manifestKey);
  requireSameRun(manifest, run);
  const listed = manifest.files.find(({ path }) => path === BUNDLE.findings);
  if (listed === undefined)
    throw new CertusError('bundle_invalid', `${manifestKey} shows no ${BUNDLE.findings}`);
  const bytes = await golden.read(`${manifest.prefix}${BUNDLE.findings}`, MAX_BYTES);
  if (sha256(bytes) !== listed.sha256)
    throw new CertusError('digest_mismatch', `${BUNDLE.findings} in golden has been altered`);
  return {
    findings: FindingsDocument.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))).findings,
    capturedAt: manifest.promoted_at,
  };
}

function requireSameRun(manifest: GoldenManifest, { scope, testId, component }: IngestInput): void {
  const same =
    manifest.tenant === scope.tenant &&
    manifest.workspace_id === scope.workspace &&
    manifest.component_id === component &&
    manifest.test_id === testId &&
    manifest.prefix === goldenPrefix(scope, testId);
  if (!same) throw new CertusError('bundle_invalid', 'the golden manifest belongs to another run');
}
