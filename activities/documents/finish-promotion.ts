import { BUNDLE, type BundleFile, type GoldenManifest } from '../../contracts/bundle.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import { goldenManifestKey, goldenPrefix } from '../../contracts/object-keys.ts';
import type { PromotionInput } from '../../contracts/promotion.ts';
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { publishedFiles } from '../../domain/custody/explained-files.ts';
import { sanitizedDocuments } from '../../domain/documents/sanitized-documents.ts';
import { recordGoldenCopy } from '../../services/database/golden-copies.ts';
import { takePermit } from '../../services/database/permit-uses.ts';
import { allPromotionItems, type PromotionItem } from '../../services/database/promotion-items.ts';
import { readDocumentsEvidence } from '../custody/read-documents-evidence.ts';
import { readGoldenManifest } from '../custody/read-golden-manifest.ts';
import { privacyPolicyInForce } from '../privacy/privacy-policy.ts';
import type { PublishDeps } from '../publish/deps.ts';
import { lockedUntil, type Place } from '../publish/golden-statements.ts';
import { type PermittedBundle, requirePermit } from '../publish/permitted-bundle.ts';
import { hideIfQuarantined, requireNotQuarantined } from '../publish/quarantine-notice.ts';
import { requireSame } from './document-source.ts';
import { requireEveryDocument, requireInGolden } from './golden-documents.ts';
import { openDecisions } from './open-orders.ts';
import { documentsIn, requireSamePolicy } from './place-documents.ts';
import { storePromotion, storeSanitize } from './store-statements.ts';
import { type ToPromote, toPromote } from './to-promote.ts';

/** A promotion of which every page was placed. */
export type PromotionToFinish = PublishInput & PromotionInput & { readonly policy: string };

export type FinishedPromotion = {
  /** `withheld`: nothing of it is left that could be shown. */
  readonly state: 'promoted' | 'withheld';
  readonly manifest: string | null;
  readonly clean: number;
  readonly masked: number;
  readonly released: number;
  readonly withheld: number;
  readonly changed: number;
};

/**
 * Says in signed words what became of the documents and shows them, the golden manifest last. The order is opened here again:
 * what the tenant's evidence key has signed is one thing, and that a person wanted it in golden another.
 */
export async function finishPromotion(
  deps: PublishDeps,
  input: PromotionToFinish,
  signal: AbortSignal,
  publication: string,
): Promise<FinishedPromotion> {
  const { database, golden } = deps;
  const { scope, testId } = input;
  const manifestKey = goldenManifestKey(scope, testId);
  await requireNotQuarantined(golden, input);
  const items = await allPromotionItems(database, scope, testId);
  const left = items.filter(({ outcome }) => SHOWN.includes(outcome));
  const shown = await golden.head(manifestKey);
  if (shown !== undefined) await requireSameBundle(deps, input);
  else if (left.length === 0 && items.length > 0)
    await requireInGolden(golden, goldenPrefix(scope, testId), items);
  else await show(deps, input, items, { signal, publication });
  if (left.length > 0) await recordCopy(deps, input);
  return {
    state: left.length > 0 ? 'promoted' : 'withheld',
    manifest: left.length > 0 ? golden.locate(manifestKey) : null,
    ...countOutcomes(items),
  };
}

const SHOWN: readonly PromotionItem['outcome'][] = ['clean', 'masked', 'released'];

type Run = { readonly signal: AbortSignal; readonly publication: string };

async function show(
  deps: PublishDeps,
  input: PromotionToFinish,
  items: readonly PromotionItem[],
  { signal, publication }: Run,
): Promise<void> {
  const { golden, raw, database, keySet } = deps;
  const { scope, testId, bundle } = input;
  const usedAt = deps.now();
  const question = { database, keySet, destination: 'golden', usedAt } as const;
  const reading = readDocumentsEvidence(raw, bundle.prefix);
  const permitted = await requirePermit(question, input, reading);
  await takePermit(
    database,
    scope,
    { permitId: input.permitId, destination: 'golden', usedBy: publication },
    usedAt,
  );
  const { index, bundleDigest } = permitted.evidence;
  const documents = documentsIn(index.files);
  const asked = await toPromote(deps, input);
  requireAsked(asked, documents);
  requireEveryDocument(documents, items);
  const to = goldenPrefix(scope, testId);
  await requireInGolden(golden, to, items);
  const [{ policy, digest }, retainUntil] = await Promise.all([
    privacyPolicyInForce(deps, scope),
    deps.lockUntil(scope, usedAt),
  ]);
  requireSamePolicy(input, digest);
  const decisions = await decisionsFor(deps, input, asked, policy.review.second_person);
  const said = { policyDigest: digest, rules: deps.inspector.rules, inspectedOn: usedAt.toISOString() };
  const sanitized = await storeSanitize(
    deps,
    { to, retainUntil },
    sanitizedDocuments({ ...said, index, bundleDigest, items, decisions }),
  );
  const others = await copyRest(deps, bundle.prefix, { to, retainUntil }, permitted);
  const promoting = { from: bundle.prefix, to, retainUntil, usedAt };
  const promotion = await storePromotion(deps, permitted, sanitized, promoting);
  const files = [
    ...publishedFiles(index, sanitized.statement),
    ...others,
    fileOf(BUNDLE.sanitize, sanitized.bytes, SIGSTORE_BUNDLE_MEDIA_TYPE),
    fileOf(BUNDLE.promotion, promotion.bytes, SIGSTORE_BUNDLE_MEDIA_TYPE),
  ];
  const manifest = goldenManifest(permitted, to, files, promotion.promotedOn);
  signal.throwIfAborted(); // from the next line on they are there for all to see
  const bytes = Buffer.from(`${canonicalJson(manifest)}\n`);
  const key = goldenManifestKey(scope, testId);
  const { outcome } = await golden.put(key, bytes, { contentType: 'application/json', ifAbsent: true });
  await hideIfQuarantined(golden, input);
  if (outcome === 'exists') await requireSameBundle(deps, input);
}

/** Once it shows, and again by a second attempt: what keeps and audits golden copies goes by these rows. */
async function recordCopy({ database, golden }: PublishDeps, input: PromotionToFinish): Promise<void> {
  const { scope, testId } = input;
  const manifestKey = goldenManifestKey(scope, testId);
  const { component_id, bundle_digest, files, promoted_at } = await readGoldenManifest(golden, manifestKey);
  await recordGoldenCopy(database, scope, {
    testId,
    component: component_id,
    kind: input.release === undefined ? 'documents' : 'release',
    bundleDigest: bundle_digest,
    manifestKey,
    files: files.length,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    promotedAt: new Date(promoted_at),
  });
}

/** The very documents that the order is about, and not what somebody signed under its id. */
function requireAsked({ documents: asked }: ToPromote, documents: ReturnType<typeof documentsIn>): void {
  const lines = (all: readonly { name: string; sha256: string; size: number }[]) =>
    all.map(({ name, sha256: digest, size }) => `${digest} ${size} ${name}`).sort();
  const [a, b] = [lines(asked), lines(documents)];
  if (a.length !== b.length || a.some((line, at) => line !== b[at]))
    throw new CertusError('order_invalid', 'the order is about other documents');
}

async function decisionsFor(
  deps: PublishDeps,
  input: PromotionToFinish,
  { documents: [document] }: ToPromote,
  secondPerson: boolean,
) {
  if (input.release === undefined || document === undefined) return [];
  return (await openDecisions(deps, input, document.sha256, { secondPerson })).decisions;
}

/** Index, intake and the statements that were there before. */
async function copyRest(
  { raw, golden }: PublishDeps,
  from: string,
  { to, retainUntil }: Place,
  { evidence: { index }, indexBytes, provenanceBytes, permitBytes, proof }: PermittedBundle,
): Promise<BundleFile[]> {
  const intake = index.files.find(({ path }) => path === BUNDLE.intake);
  const intakeBytes = await raw.read(`${from}${BUNDLE.intake}`, intake?.size ?? 0);
  if (sha256(intakeBytes) !== intake?.sha256)
    throw new CertusError('digest_mismatch', `${BUNDLE.intake} is not the file that was permitted`);
  const rest: readonly (readonly [string, Uint8Array, string])[] = [
    [BUNDLE.index, indexBytes, 'application/json'],
    [BUNDLE.intake, intakeBytes, 'application/json'],
    [BUNDLE.provenance, provenanceBytes, SIGSTORE_BUNDLE_MEDIA_TYPE],
    [BUNDLE.permit, permitBytes, SIGSTORE_BUNDLE_MEDIA_TYPE],
    ...(proof === null ? [] : [[BUNDLE.permitProof, Buffer.from(proof), 'text/plain'] as const]),
  ];
  const put = async ([path, bytes, contentType]: (typeof rest)[number]) => {
    const file = fileOf(path, bytes, contentType);
    const options = { contentType, sha256: file.sha256, ifAbsent: true, ...lockedUntil(retainUntil) };
    const { info } = await golden.put(`${to}${path}`, bytes, options);
    requireSame(path, info.sha256, file.sha256);
    return file;
  };
  const files = await Promise.all(rest.map(put));
  return files.filter(({ path }) => path !== BUNDLE.intake); // the index lists it
}

const fileOf = (path: string, bytes: Uint8Array, media_type: string): BundleFile => ({
  path,
  sha256: sha256(bytes),
  size: bytes.length,
  media_type,
});

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
  { scope, testId, bundle }: PromotionToFinish,
): Promise<void> {
  const key = goldenManifestKey(scope, testId);
  const { bundle_digest } = await readGoldenManifest(golden, key);
  if (bundle_digest !== bundle.digest)
    throw new CertusError('golden_conflict', `${key} already shows another bundle of this run`);
}

function countOutcomes(items: readonly PromotionItem[]) {
  const count = (outcome: PromotionItem['outcome']) =>
    items.filter((item) => item.outcome === outcome).length;
  return {
    clean: count('clean'),
    masked: count('masked'),
    released: count('released'),
    withheld: count('withheld'),
    changed: count('changed'),
  };
}
