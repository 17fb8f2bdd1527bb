import pMap from 'p-map';
import { BUNDLE, type BundleFile, type GoldenManifest } from '../../contracts/bundle.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import { goldenManifestKey, goldenPrefix } from '../../contracts/object-keys.ts';
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { promotionStatement } from '../../domain/custody/promotion-statement.ts';
import { sealStatement } from '../../domain/custody/seal-statement.ts';
import { takePermit } from '../../services/database/permit-uses.ts';
import { readEvidence } from '../custody/read-evidence.ts';
import { readGoldenManifest } from '../custody/read-golden-manifest.ts';
import type { PublishDeps } from './deps.ts';
import { type PermittedBundle, requirePermit } from './permitted-bundle.ts';
import { requirePromotion } from './promoted-bundle.ts';
import { hideIfQuarantined, requireNotQuarantined } from './quarantine-notice.ts';

const MAX_STATEMENT = 16 * 1024 * 1024;
/** Larger files are streamed; for small ones a stream costs more than the file. */
const IN_MEMORY = 1024 * 1024;

/** Where a person finds the two. */
export type Promotion = { readonly manifest: string; readonly bundle: string };

/**
 * Copies a permitted bundle from raw to golden. Every object is written once and never replaced, and the golden
 * manifest comes last: what is half promoted is not visible, and a second attempt completes the first.
 */
export async function promote(
  deps: PublishDeps,
  input: PublishInput,
  signal: AbortSignal,
  publication: string,
): Promise<Promotion> {
  const { golden } = deps;
  const manifestKey = goldenManifestKey(input.scope, input.testId);
  const prefix = goldenPrefix(input.scope, input.testId);
  const [shown] = await Promise.all([golden.head(manifestKey), requireNotQuarantined(golden, input)]);
  if (shown === undefined) await copyPermitted(deps, input, manifestKey, prefix, { signal, publication });
  else await requireSameBundle(deps, manifestKey, input);
  return {
    manifest: golden.locate(manifestKey),
    bundle: golden.locate(prefix.replace(/\/$/, '')),
  };
}

async function copyPermitted(
  deps: PublishDeps,
  input: PublishInput,
  manifestKey: string,
  to: string,
  { signal, publication }: { readonly signal: AbortSignal; readonly publication: string },
): Promise<void> {
  const { golden, raw, database, keySet } = deps;
  const from = input.bundle.prefix;
  const usedAt = deps.now();
  const question = { database, keySet, destination: 'golden', usedAt } as const;
  const permitted = await requirePermit(question, input, readEvidence(raw, from));
  const use = { permitId: input.permitId, destination: 'golden', usedBy: publication } as const;
  await takePermit(database, input.scope, use, usedAt);
  const statements = [
    statementFile(BUNDLE.provenance, permitted.provenanceBytes),
    statementFile(BUNDLE.permit, permitted.permitBytes),
    ...(permitted.proof === null ? [] : [proofFile(permitted.proof)]),
  ];
  const index = fileOf(BUNDLE.index, permitted.indexBytes, 'application/json');
  const small = [{ ...index, bytes: permitted.indexBytes }, ...statements];
  await Promise.all([
    pMap(small, ({ bytes, ...file }) => putOnce(deps, to, file, bytes)),
    pMap(permitted.evidence.index.files, (file) => copyFile(deps, file, from, to), { concurrency: 8 }),
  ]);
  const promotion = await storePromotion(deps, permitted, from, to, usedAt);
  const { promotedOn } = requirePromotion(keySet, permitted, promotion.bytes);
  const files = [
    index,
    ...permitted.evidence.index.files,
    ...[...statements, promotion].map(({ bytes: _, ...file }) => file),
  ];
  const manifest = goldenManifest(permitted, to, files, promotedOn);
  signal.throwIfAborted(); // from the next line on the bundle is there for all to see
  const { outcome } = await golden.put(manifestKey, Buffer.from(`${canonicalJson(manifest)}\n`), {
    contentType: 'application/json',
    ifAbsent: true,
  });
  await hideIfQuarantined(golden, input);
  if (outcome === 'exists') await requireSameBundle(deps, manifestKey, input);
}

/** The store compares the digest while it writes: what is swapped in raw after it was checked does not arrive. */
async function copyFile(
  { raw, golden }: PublishDeps,
  file: BundleFile,
  from: string,
  to: string,
): Promise<void> {
  const key = `${from}${file.path}`;
  const body = file.size > IN_MEMORY ? (await raw.open(key)).body : await raw.read(key, IN_MEMORY);
  const options = { contentType: file.media_type, sha256: file.sha256, ifAbsent: true };
  const { info } = await golden.put(`${to}${file.path}`, body, options);
  requireDigest(file.path, info.sha256, file.sha256);
}

async function putOnce(
  { golden }: PublishDeps,
  to: string,
  file: BundleFile,
  bytes: Uint8Array,
): Promise<void> {
  const options = { contentType: file.media_type, sha256: file.sha256, ifAbsent: true };
  const { info } = await golden.put(`${to}${file.path}`, bytes, options);
  requireDigest(file.path, info.sha256, file.sha256);
}

function requireDigest(path: string, actual: string, expected: string): void {
  if (actual !== expected)
    throw new CertusError('golden_conflict', `${path} is in golden already with other bytes`);
}

type Statement = BundleFile & { readonly bytes: Uint8Array };

/** A signature differs at each attempt: the first statement that was stored is the one that counts. */
async function storePromotion(
  { raw, golden, promotionSigner }: PublishDeps,
  { evidence, permitId, permitBytes }: PermittedBundle,
  from: string,
  to: string,
  usedAt: Date,
): Promise<Statement> {
  const statement = promotionStatement({
    bundle: evidence,
    permit: { id: permitId, digest: sha256(permitBytes) },
    from: `${raw.name}/${from}`,
    to: `${golden.name}/${to}`,
    promotedOn: usedAt.toISOString(),
  });
  const key = `${to}${BUNDLE.promotion}`;
  const sealed = await sealStatement(statement, promotionSigner);
  const { outcome } = await golden.put(key, sealed, {
    contentType: SIGSTORE_BUNDLE_MEDIA_TYPE,
    ifAbsent: true,
  });
  return statementFile(
    BUNDLE.promotion,
    outcome === 'exists' ? await golden.read(key, MAX_STATEMENT) : sealed,
  );
}

const fileOf = (path: string, bytes: Uint8Array, mediaType: string): BundleFile => ({
  path,
  sha256: sha256(bytes),
  size: bytes.length,
  media_type: mediaType,
});

const statementFile = (path: string, bytes: Uint8Array): Statement => ({
  ...fileOf(path, bytes, SIGSTORE_BUNDLE_MEDIA_TYPE),
  bytes,
});

const proofFile = (proof: string): Statement => {
  const bytes = Buffer.from(proof);
  return { ...fileOf(BUNDLE.permitProof, bytes, 'text/plain'), bytes };
};

const goldenManifest = (
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

async function requireSameBundle(
  { golden }: PublishDeps,
  manifestKey: string,
  { bundle }: PublishInput,
): Promise<void> {
  const { bundle_digest } = await readGoldenManifest(golden, manifestKey);
  if (bundle_digest !== bundle.digest) {
    throw new CertusError('golden_conflict', `${manifestKey} already shows another bundle of this run`);
  }
}
