import pMap from 'p-map';
import { BUNDLE, type BundleFile } from '../../contracts/bundle.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import { goldenManifestKey, goldenPrefix } from '../../contracts/object-keys.ts';
import type { PromotionInput } from '../../contracts/promotion.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { publishedFiles } from '../../domain/custody/explained-files.ts';
import { sanitizedDocuments } from '../../domain/documents/sanitized-documents.ts';
import { recordGoldenCopy } from '../../services/database/golden-copies.ts';
import { takePermit } from '../../services/database/permit-uses.ts';
import { allPromotionItems, type PromotionItem } from '../../services/database/promotion-items.ts';
import { policyInForce } from '../../services/privacy/policy-in-force.ts';
import { readDocumentsEvidence } from '../custody/read-documents-evidence.ts';
import { readGoldenManifest } from '../custody/read-golden-manifest.ts';
import type { PublishDeps } from '../publish/deps.ts';
import { goldenManifest, shownManifest } from '../publish/golden-manifest.ts';
import {
  indexFile,
  lockedUntil,
  type Place,
  statementsOf,
  storePromotion,
  storeSanitize,
  whole,
  withoutBytes,
} from '../publish/golden-statements.ts';
import { type PermittedBundle, requirePermit } from '../publish/permitted-bundle.ts';
import { placeFile } from '../publish/place-file.ts';
import { requirePromotion } from '../publish/promoted-bundle.ts';
import { hideIfQuarantined, requireNotQuarantined } from '../publish/quarantine-notice.ts';
import { requireEveryDocument, requireInGolden } from './golden-documents.ts';
import { openDecisions } from './open-orders.ts';
import { documentsIn, requireSamePolicy } from './place-documents.ts';
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
  if (shown !== undefined) await shownManifest(deps, input);
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
    policyInForce(deps, scope),
    deps.lockUntil(scope, usedAt),
  ]);
  requireSamePolicy(input, digest);
  const decisions = await decisionsFor(deps, input, asked, policy.review.second_person);
  const said = { policyDigest: digest, rules: deps.inspector.rules, inspectedOn: usedAt.toISOString() };
  const place = { to, retainUntil };
  const inspected = sanitizedDocuments({ ...said, index, bundleDigest, items, decisions });
  const { file: sanitize, sanitized } = await storeSanitize(deps, inspected, place);
  const others = await copyRest(deps, bundle.prefix, place, permitted);
  const times = { promotedOn: usedAt.toISOString(), permitUsedOn: usedAt.toISOString() };
  const promoting = { ...place, ...times, from: bundle.prefix };
  const promotion = await storePromotion(deps, permitted, sanitized, promoting);
  const promoted = requirePromotion(keySet, permitted, promotion.bytes, sanitized);
  const files = [
    ...publishedFiles(index, sanitized.statement),
    ...others,
    ...[sanitize, promotion].map(withoutBytes),
  ];
  const manifest = goldenManifest(permitted, to, files, promoted.promotedOn);
  signal.throwIfAborted(); // from the next line on they are there for all to see
  const bytes = Buffer.from(`${canonicalJson(manifest)}\n`);
  const key = goldenManifestKey(scope, testId);
  const { outcome } = await golden.put(key, bytes, { contentType: 'application/json', ifAbsent: true });
  await hideIfQuarantined(golden, input);
  if (outcome === 'exists') await shownManifest(deps, input);
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

/** The index and what lies beside it, and the intake, which the index lists. */
async function copyRest(
  { raw, golden }: PublishDeps,
  from: string,
  { to, retainUntil }: Place,
  permitted: PermittedBundle,
): Promise<BundleFile[]> {
  const intake = permitted.evidence.index.files.find(({ path }) => path === BUNDLE.intake);
  if (intake === undefined) throw new CertusError('bundle_invalid', `there is no ${BUNDLE.intake}`);
  const rest = [indexFile(permitted), ...statementsOf(permitted)];
  const bytes = await raw.read(`${from}${BUNDLE.intake}`, intake.size);
  await pMap([...rest, { ...intake, bytes }].map(whole), (goes) =>
    placeFile(golden, `${to}${goes.file.path}`, goes, lockedUntil(retainUntil)),
  );
  return rest.map(withoutBytes);
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
