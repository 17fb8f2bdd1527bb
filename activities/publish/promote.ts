import { BUNDLE, type BundleFile, GoldenManifest } from '../../contracts/bundle.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import { goldenManifestKey, goldenPrefix } from '../../contracts/object-keys.ts';
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { promotionStatement } from '../../domain/custody/promotion-statement.ts';
import { sealStatement } from '../../domain/custody/seal-statement.ts';
import type { PublishDeps } from './deps.ts';
import { type PermittedBundle, requirePermit } from './permitted-bundle.ts';

const MAX_STATEMENT = 16 * 1024 * 1024;

export type Promotion = { readonly manifestKey: string; readonly manifest: string; readonly bundle: string };

/**
 * Copies a permitted bundle from raw to golden. Every object is written once and never replaced, and the golden
 * manifest comes last: what is half promoted is not visible, and a second attempt completes the first.
 */
export async function promote(deps: PublishDeps, input: PublishInput): Promise<Promotion> {
  const { golden, raw, database, keySet } = deps;
  const manifestKey = goldenManifestKey(input.scope, input.testId);
  const prefix = goldenPrefix(input.scope, input.testId);
  if ((await golden.head(manifestKey)) === undefined) {
    const usedAt = deps.now();
    const permitted = await requirePermit(
      { database, bucket: raw, prefix: input.bundle.prefix, keySet, destination: 'golden', usedAt },
      input,
    );
    await copyEvidence(deps, permitted, input.bundle.prefix, prefix);
    const promotion = await storePromotion(deps, permitted, input.bundle.prefix, prefix, usedAt);
    await showGolden(deps, permitted, { manifestKey, prefix, promotion, usedAt });
  }
  await requireSameBundle(deps, manifestKey, input);
  return {
    manifestKey,
    manifest: golden.locate(manifestKey),
    bundle: golden.locate(prefix.replace(/\/$/, '')),
  };
}

async function copyEvidence(
  deps: PublishDeps,
  permitted: PermittedBundle,
  from: string,
  to: string,
): Promise<void> {
  const { index, bundleDigest } = permitted.evidence;
  await Promise.all(index.files.map((file) => copyFile(deps, file, from, to)));
  const indexBytes = await deps.raw.read(`${from}${BUNDLE.index}`, MAX_STATEMENT);
  await putOnce(deps, `${to}${BUNDLE.index}`, indexBytes, 'application/json', bundleDigest);
  await putOnce(
    deps,
    `${to}${BUNDLE.provenance}`,
    permitted.provenanceBytes,
    SIGSTORE_BUNDLE_MEDIA_TYPE,
    permitted.evidence.provenanceDigest,
  );
  await putOnce(
    deps,
    `${to}${BUNDLE.permit}`,
    permitted.permitBytes,
    SIGSTORE_BUNDLE_MEDIA_TYPE,
    sha256(permitted.permitBytes),
  );
}

/** The store compares the digest while it writes: what is swapped in raw after it was checked does not arrive. */
async function copyFile(
  { raw, golden }: PublishDeps,
  file: BundleFile,
  from: string,
  to: string,
): Promise<void> {
  const { body } = await raw.open(`${from}${file.path}`);
  const { info } = await golden.put(`${to}${file.path}`, body, {
    contentType: file.media_type,
    sha256: file.sha256,
    ifAbsent: true,
  });
  requireDigest(file.path, info.sha256, file.sha256);
}

async function putOnce(
  { golden }: PublishDeps,
  key: string,
  bytes: Uint8Array,
  contentType: string,
  digest: string,
): Promise<void> {
  const { info } = await golden.put(key, bytes, { contentType, sha256: digest, ifAbsent: true });
  requireDigest(key, info.sha256, digest);
}

function requireDigest(path: string, actual: string, expected: string): void {
  if (actual !== expected)
    throw new CertusError('golden_conflict', `${path} is in golden already with other bytes`);
}

/** A signature differs at each attempt: the first statement that was stored is the one that counts. */
async function storePromotion(
  deps: PublishDeps,
  { evidence, permitId, permitBytes }: PermittedBundle,
  from: string,
  to: string,
  usedAt: Date,
): Promise<Uint8Array> {
  const statement = promotionStatement({
    bundle: evidence,
    permit: { id: permitId, digest: sha256(permitBytes) },
    from: `${deps.raw.name}/${from}`,
    to: `${deps.golden.name}/${to}`,
    promotedOn: usedAt.toISOString(),
  });
  const key = `${to}${BUNDLE.promotion}`;
  const sealed = await sealStatement(statement, deps.promotionSigner);
  const { outcome } = await deps.golden.put(key, sealed, {
    contentType: SIGSTORE_BUNDLE_MEDIA_TYPE,
    ifAbsent: true,
  });
  return outcome === 'exists' ? deps.golden.read(key, MAX_STATEMENT) : sealed;
}

type Shown = {
  readonly manifestKey: string;
  readonly prefix: string;
  readonly promotion: Uint8Array;
  readonly usedAt: Date;
};

async function showGolden(
  { golden }: PublishDeps,
  { evidence, permitId, provenanceBytes, permitBytes }: PermittedBundle,
  shown: Shown,
): Promise<void> {
  const { index, bundleDigest } = evidence;
  const indexBytes = await golden.read(`${shown.prefix}${BUNDLE.index}`, MAX_STATEMENT);
  const statements = [
    [BUNDLE.provenance, provenanceBytes],
    [BUNDLE.permit, permitBytes],
    [BUNDLE.promotion, shown.promotion],
  ] as const;
  const manifest: GoldenManifest = {
    schema: 'https://certus.dev/golden/v1',
    tenant: index.tenant,
    workspace_id: index.workspace_id,
    component_id: index.component_id,
    test_id: index.test_id,
    permit_id: permitId,
    bundle_digest: bundleDigest,
    prefix: shown.prefix,
    files: [
      { path: BUNDLE.index, sha256: bundleDigest, size: indexBytes.length, media_type: 'application/json' },
      ...index.files,
      ...statements.map(([path, bytes]) => ({
        path,
        sha256: sha256(bytes),
        size: bytes.length,
        media_type: SIGSTORE_BUNDLE_MEDIA_TYPE,
      })),
    ],
    promoted_at: shown.usedAt.toISOString(),
  };
  await golden.put(shown.manifestKey, Buffer.from(`${canonicalJson(manifest)}\n`), {
    contentType: 'application/json',
    ifAbsent: true,
  });
}

async function requireSameBundle(
  { golden }: PublishDeps,
  manifestKey: string,
  { bundle }: PublishInput,
): Promise<void> {
  const manifest = GoldenManifest.parse(
    JSON.parse(Buffer.from(await golden.read(manifestKey, MAX_STATEMENT)).toString('utf8')),
  );
  if (manifest.bundle_digest !== bundle.digest) {
    throw new CertusError('golden_conflict', `${manifestKey} already shows another bundle of this run`);
  }
}
