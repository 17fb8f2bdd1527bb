import { canonicalJson } from '../../contracts/canonical-json.ts';
import type { ReceivedDocument } from '../../contracts/documents.ts';
import { CertusError } from '../../contracts/errors.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { heldKey } from '../../contracts/object-keys.ts';
import type { ReviewRules } from '../../contracts/privacy.ts';
import type { HeldCopy, ReviewInput, ReviewState } from '../../contracts/review.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { HELD_PREVIEW, heldMasked, heldOriginal } from '../../domain/review/held-names.ts';
import { reviewIdOf } from '../../domain/review/review-id.ts';
import { isClosed } from '../../domain/review/standing.ts';
import { findReview, openReview, type ReviewRecord, reviewInputOf } from '../../services/database/reviews.ts';
import type { Bucket, ReadableBucket } from '../../services/objects/store.ts';
import type { Inspected, PreviewPiece } from '../../services/privacy/inspector.ts';
import type { PublishDeps } from '../publish/deps.ts';
import { mayBeAskedAgain } from './may-be-asked-again.ts';

export type HoldDeps = Pick<PublishDeps, 'database' | 'quarantine' | 'now'>;

export type DocumentToHold = {
  readonly scope: Scope;
  readonly component: string;
  readonly assessment: string;
  /** The promotion in which it was met; null when a privacy scan did. */
  readonly testId: string | null;
  readonly document: ReceivedDocument;
  /** With a preview, and a masked copy of all kinds where one can be made. */
  readonly inspected: Inspected;
  readonly original: { readonly bucket: ReadableBucket; readonly key: string };
  /** `review` of the policy in force. */
  readonly rules: ReviewRules;
};

/** `review` is to be started, also when it may have been before; there is none for what was decided about already. */
export type HeldDocument = {
  readonly reviewId: string;
  readonly state: ReviewState;
  readonly review: ReviewInput | undefined;
};

/**
 * Keeps a document where only reviewers see it, and puts its review on record. The row comes last: what it names is there.
 * The same bytes under the same name are held once.
 */
export async function holdDocument(deps: HoldDeps, held: DocumentToHold): Promise<HeldDocument> {
  const { scope, document, inspected } = held;
  const id = reviewIdOf(scope, document.name, document.sha256);
  const before = await findReview(deps.database, scope, id);
  if (before !== undefined && !(await mayBeAskedAgain(deps, before))) return heldAs(before);
  const key = (name: string) => heldKey(scope, id, name);
  const [masked] = await Promise.all([
    storeMasked(deps.quarantine, key, held),
    storeOriginal(deps.quarantine, key(heldOriginal(document.name)), held),
    storePreview(deps.quarantine, key(HELD_PREVIEW), inspected.preview ?? []),
  ]);
  const { kinds, places, opaque } = inspected.inspection;
  const input: ReviewInput = {
    scope,
    id,
    component: held.component,
    assessment: held.assessment,
    testId: held.testId,
    subject: { kind: 'document', document, masked },
    found: { kinds, opaque },
    rules: held.rules,
    openedAt: deps.now().toISOString(),
  };
  return heldAs(await openReview(deps.database, input, { kinds, places, opaque }, before));
}

/** Whether, and how, these very bytes were met before: there is no need to read them again. */
export async function heldBefore(
  deps: Pick<HoldDeps, 'database'>,
  scope: Scope,
  { name, sha256: digest }: Pick<ReceivedDocument, 'name' | 'sha256'>,
): Promise<HeldDocument | undefined> {
  const record = await findReview(deps.database, scope, reviewIdOf(scope, name, digest));
  if (record === undefined || (await mayBeAskedAgain(deps, record))) return undefined;
  return heldAs(record);
}

const heldAs = (record: ReviewRecord): HeldDocument => ({
  reviewId: record.id,
  state: record.state,
  review: isClosed(record.state) ? undefined : reviewInputOf(record),
});

/** The store compares while it writes: a document that is replaced in this moment is not held in the other's name. */
async function storeOriginal(
  quarantine: Bucket,
  key: string,
  { document, original }: DocumentToHold,
): Promise<void> {
  const { size, sha256: digest, media_type: contentType } = document;
  const { body } = await original.bucket.open(original.key);
  const options = { contentType, sha256: digest, size, ifAbsent: true };
  const { info } = await quarantine.put(key, body, options);
  if (info.sha256 !== digest)
    throw new CertusError('object_conflict', 'quarantine holds other bytes under the name of this document');
}

/** Of two who make one at the same time the first copy stays, and both speak of it. */
async function storeMasked(
  quarantine: Bucket,
  key: (name: string) => string,
  { document, inspected }: DocumentToHold,
): Promise<HeldCopy | null> {
  const { masked } = inspected;
  if (masked === undefined) return null;
  const name = `${document.name}${masked.suffix}`;
  const options = { contentType: masked.mediaType, sha256: sha256(masked.bytes), ifAbsent: true };
  const { info } = await quarantine.put(key(heldMasked(name)), masked.bytes, options);
  return { name, sha256: info.sha256, size: info.size, media_type: masked.mediaType };
}

async function storePreview(quarantine: Bucket, key: string, pieces: readonly PreviewPiece[]): Promise<void> {
  const options = { contentType: 'application/json', ifAbsent: true };
  await quarantine.put(key, Buffer.from(canonicalJson(pieces)), options);
}
