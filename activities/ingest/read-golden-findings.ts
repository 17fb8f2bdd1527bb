import { BUNDLE, GoldenManifest } from '../../contracts/bundle.ts';
import { CertusError } from '../../contracts/errors.ts';
import { type Finding, FindingsDocument } from '../../contracts/finding.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import type { ReadableBucket } from '../../services/objects/store.ts';

const MAX_BYTES = 256 * 1024 * 1024;

/** Reads the findings that the golden manifest shows, and only if they are still the bytes it shows. */
export async function readGoldenFindings(
  golden: ReadableBucket,
  manifestKey: string,
): Promise<{ findings: Finding[]; capturedAt: string }> {
  const manifest = GoldenManifest.parse(await json(golden, manifestKey));
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

async function json(golden: ReadableBucket, key: string): Promise<unknown> {
  return JSON.parse(Buffer.from(await golden.read(key, MAX_BYTES)).toString('utf8'));
}
