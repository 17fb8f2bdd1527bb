import { type BundleFile, BundlePath } from '../../contracts/bundle.ts';
import { DOCUMENTS, type ReceivedDocument } from '../../contracts/documents.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { documentKey, heldKey } from '../../contracts/object-keys.ts';
import type { PrivacyPolicy } from '../../contracts/privacy.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { reviewIdOf } from '../../domain/review/review-id.ts';
import type { PromotionItem } from '../../services/database/promotion-items.ts';
import type { FileToInspect, MaskedCopy } from '../../services/privacy/inspector.ts';
import { heldBefore, holdDocument } from '../privacy/hold-document.ts';
import type { PublishDeps } from '../publish/deps.ts';
import { type DocumentSource, isChanged, openDocument, type Place, requireSame } from './document-source.ts';

export type PlaceDeps = Pick<
  PublishDeps,
  'database' | 'uploads' | 'quarantine' | 'golden' | 'inspector' | 'now'
>;

/** What holds for every document of a run. */
export type Placing = {
  readonly scope: Scope;
  readonly testId: string;
  readonly component: string;
  readonly assessment: string;
  readonly policy: PrivacyPolicy;
  /** Key prefix in golden. */
  readonly to: string;
  readonly retainUntil: Date | undefined;
  /** Every path of the index: no masked copy goes by the name of another document. */
  readonly taken: ReadonlySet<string>;
  /** Reviews that there are of documents of this page. */
  readonly known: ReadonlySet<string>;
};

export type Outcome = Pick<PromotionItem, 'outcome' | 'kinds' | 'after' | 'reviewId'>;

/** Looks into one document and does with it what the policy says; it is read once, or, when it is large, held to what was seen. */
export async function placeDocument(
  deps: PlaceDeps,
  run: Placing,
  document: ReceivedDocument,
): Promise<Outcome> {
  const reviewId = reviewIdOf(run.scope, document.name, document.sha256);
  if (run.known.has(reviewId)) {
    const held = await heldBefore(deps, run.scope, document);
    // what a person has decided about, or is to decide about, is not read again
    if (held !== undefined) return withheld([], held.reviewId);
  }
  const place = { bucket: deps.uploads, key: documentKey(run.scope, document.name) };
  try {
    return await inspected(deps, run, document, place);
  } catch (error) {
    if (!isChanged(error)) throw error;
    await keepChanged(deps, run, document, place);
    return { outcome: 'changed', kinds: [], after: null, reviewId: null };
  }
}

const withheld = (kinds: Outcome['kinds'], reviewId: string | null): Outcome => ({
  outcome: 'withheld',
  kinds,
  after: null,
  reviewId,
});

async function inspected(
  deps: PlaceDeps,
  run: Placing,
  document: ReceivedDocument,
  place: Place,
): Promise<Outcome> {
  const source = await openDocument(place, document);
  const file: FileToInspect = { name: document.name, size: document.size, body: source.body };
  const asked = { policy: run.policy, as: 'documents', mask: 'action' } as const;
  const { inspection, masked } = await deps.inspector.inspect(file, asked);
  const { kinds } = inspection;
  if (inspection.action === 'pass') {
    await source.copyTo(deps.golden, `${run.to}${DOCUMENTS}${document.name}`, {
      contentType: document.media_type,
      ...(run.retainUntil === undefined ? {} : { retainUntil: run.retainUntil }),
    });
    return { outcome: 'clean', kinds, after: null, reviewId: null };
  }
  const after = inspection.action === 'mask' ? maskedFile(run, document, masked) : undefined;
  if (after === undefined || masked === undefined) return hold(deps, run, document, place, source);
  await source.verify();
  await placeMasked(deps, run, document, after, masked.bytes);
  return { outcome: 'masked', kinds, after, reviewId: null };
}

/** Undefined when none can be made, or there is no room for it: its name is another document's, or is none. */
function maskedFile(
  { taken }: Placing,
  { name }: ReceivedDocument,
  masked: MaskedCopy | undefined,
): BundleFile | undefined {
  if (masked === undefined) return undefined;
  const { bytes, mediaType, suffix } = masked;
  const path = `${DOCUMENTS}${name}${suffix}`;
  if (!BundlePath.safeParse(path).success || (suffix !== '' && taken.has(path))) return undefined;
  return { path, sha256: sha256(bytes), size: bytes.length, media_type: mediaType };
}

/** By which golden itself tells, later, of what a masked copy is one: a row can be written by others. */
export const MASKED_FROM = 'masked-from';

async function placeMasked(
  { golden }: PlaceDeps,
  { to, retainUntil }: Placing,
  document: ReceivedDocument,
  { path, sha256: digest, media_type: contentType }: BundleFile,
  bytes: Uint8Array,
): Promise<void> {
  const { info } = await golden.put(`${to}${path}`, bytes, {
    contentType,
    sha256: digest,
    metadata: { [MASKED_FROM]: document.sha256 },
    ifAbsent: true,
    ...(retainUntil === undefined ? {} : { retainUntil }),
  });
  requireSame(path, info.sha256, digest);
}

/** Looked into once more: whoever decides sees all of it, and a masked copy that they let go shows none of it. */
async function hold(
  deps: PlaceDeps,
  run: Placing,
  document: ReceivedDocument,
  original: Place,
  source: DocumentSource,
): Promise<Outcome> {
  const file: FileToInspect = { name: document.name, size: document.size, body: source.body };
  const asked = { policy: run.policy, as: 'documents', mask: 'all', preview: true } as const;
  const inspected = await deps.inspector.inspect(file, asked);
  await source.verify();
  const { scope, testId, component, assessment, policy } = run;
  const held = { scope, testId, component, assessment, document, inspected, original, rules: policy.review };
  const { reviewId } = await holdDocument(deps, held);
  return withheld(inspected.inspection.kinds, reviewId);
}

/** What lies in the place of a document is evidence as well; of what cannot be read there is none. */
async function keepChanged(
  { quarantine }: PlaceDeps,
  { scope }: Placing,
  document: ReceivedDocument,
  { bucket, key }: Place,
): Promise<void> {
  try {
    const { info, body } = await bucket.open(key);
    const { sha256: digest, size } = info;
    const name = `changed/${digest}`;
    await quarantine.put(heldKey(scope, reviewIdOf(scope, document.name, document.sha256), name), body, {
      contentType: 'application/octet-stream',
      sha256: digest,
      size,
      ifAbsent: true,
    });
  } catch (error) {
    if (!isChanged(error)) throw error;
  }
}
