import pMap from 'p-map';
import type { BundleFile } from '../../contracts/bundle.ts';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { CertusError } from '../../contracts/errors.ts';
import { heldKey, holdStatementKey } from '../../contracts/object-keys.ts';
import { MAX_PLACES } from '../../contracts/privacy.ts';
import type { ReviewInput } from '../../contracts/review.ts';
import { SIGSTORE_BUNDLE_MEDIA_TYPE } from '../../contracts/statements.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { holdStatement, openHold } from '../../domain/custody/sanitize-statement.ts';
import { sealStatement } from '../../domain/custody/seal-statement.ts';
import { HELD_PREVIEW, heldMasked, heldOriginal } from '../../domain/review/held-names.ts';
import { reviewIdOf } from '../../domain/review/review-id.ts';
import { openReview, reviewInputOf } from '../../services/database/reviews.ts';
import type { Inspected, PreviewPiece } from '../../services/privacy/inspector.ts';
import type { PolicyInForce } from '../../services/privacy/policy-in-force.ts';
import type { PublishDeps } from './deps.ts';
import { inspectFile, type LookedInto } from './place-file.ts';
import { MAX_STATEMENT } from './released-evidence.ts';
import { sumOfKinds } from './sum-of-kinds.ts';

const MOST_FILES = 1000;
/** Of all files together: whoever wants to see more looks into the files. */
const MAX_PREVIEW = 1024 * 1024;

/**
 * Keeps what is to be decided about where only reviewers see it, and says in writing since when: nothing of the bundle goes on
 * meanwhile. The row of the review comes last: what it names is there by then.
 */
export async function holdEvidence(
  deps: PublishDeps,
  input: PublishInput,
  privacy: PolicyInForce,
  looked: readonly LookedInto[],
  usedAt: Date,
): Promise<ReviewInput> {
  const { scope, component, assessment, testId, bundle, permitId } = input;
  const flagged = looked.filter(({ goes }) => goes === undefined);
  if (flagged.length > MOST_FILES)
    throw new CertusError('privacy_held', `${flagged.length} files would have to be decided about`);
  const id = reviewIdOf(scope, testId, bundle.digest);
  const kept = await pMap(flagged, (file) => keep(deps, input, privacy, id, file), { concurrency: 4 });
  await storePreview(deps, heldKey(scope, id, HELD_PREVIEW), kept);
  const openedAt = await storeHold(deps, input, privacy, looked, usedAt);
  const inspections = kept.map(({ file, inspected: { inspection } }) => ({ file, inspection }));
  const found = {
    kinds: sumOfKinds(inspections.map(({ inspection }) => inspection)),
    places: inspections
      .flatMap(({ file, inspection }) =>
        inspection.places.map((at) => ({ ...at, place: within(file, at.place) })),
      )
      .slice(0, MAX_PLACES),
    opaque: inspections
      .flatMap(({ file, inspection }) =>
        inspection.opaque.map((at) => ({ ...at, place: within(file, at.place) })),
      )
      .slice(0, MAX_OPAQUE),
  };
  const files = flagged.map(({ file: { path, sha256: digest, size } }) => ({ path, sha256: digest, size }));
  const maskable = kept.every(({ inspected: { masked } }) => masked !== undefined);
  const review = {
    ...{ scope, id, component, assessment, testId },
    subject: { kind: 'evidence' as const, bundleDigest: bundle.digest, permitId, files, maskable },
    found: { kinds: found.kinds, opaque: found.opaque },
    rules: privacy.policy.review,
    openedAt,
  };
  return reviewInputOf(await openReview(deps.database, review, found));
}

const MAX_OPAQUE = 20;
const MAX_PLACE = 300;

const within = ({ path }: BundleFile, place: string): string => `${path}, ${place}`.slice(0, MAX_PLACE);

type Kept = { readonly file: BundleFile; readonly inspected: Inspected };

/** Looked into once more: whoever decides sees all of it, and a masked copy that they let go shows none of it. */
async function keep(
  { inspector, quarantine }: PublishDeps,
  { scope }: PublishInput,
  { policy }: PolicyInForce,
  id: string,
  { file, source }: LookedInto,
): Promise<Kept> {
  const inspected = await inspectFile({ inspector, policy }, file, source, { mask: 'all', preview: true });
  const key = (name: string) => heldKey(scope, id, name);
  const { path, sha256: digest, size, media_type: contentType } = file;
  const options = { contentType, sha256: digest, size, ifAbsent: true };
  const { info } = await quarantine.put(key(heldOriginal(path)), await source.send(), options);
  if (info.sha256 !== digest)
    throw new CertusError('object_conflict', `quarantine holds other bytes under the name of ${path}`);
  const { masked } = inspected;
  if (masked !== undefined)
    await quarantine.put(key(heldMasked(`${path}${masked.suffix}`)), masked.bytes, {
      contentType: masked.mediaType,
      sha256: sha256(masked.bytes),
      ifAbsent: true,
    });
  return { file, inspected };
}

async function storePreview({ quarantine }: PublishDeps, key: string, kept: readonly Kept[]): Promise<void> {
  const all = kept.flatMap(({ file, inspected: { preview = [] } }) =>
    preview.map((piece) => ({ ...piece, place: within(file, piece.place) })),
  );
  const shown: PreviewPiece[] = [];
  let length = 0;
  for (const piece of all) {
    length += piece.text.length;
    if (length > MAX_PREVIEW) break;
    shown.push(piece);
  }
  if (shown.length < all.length)
    shown.push({ place: `${all.length - shown.length} more places, not shown here`, text: '', spans: [] });
  const options = { contentType: 'application/json', ifAbsent: true };
  await quarantine.put(key, Buffer.from(canonicalJson(shown)), options);
}

/** A signature differs at each attempt: the first statement counts, and with it its time, unless it is none of ours. */
async function storeHold(
  { inspector, quarantine, promotionSigner, keySet }: PublishDeps,
  { scope, testId, bundle }: PublishInput,
  { digest: policyDigest }: PolicyInForce,
  looked: readonly LookedInto[],
  usedAt: Date,
): Promise<string> {
  const about = { ...scope, testId, bundleDigest: bundle.digest };
  const statement = holdStatement({
    ...about,
    policyDigest,
    rules: inspector.rules,
    inspectedOn: usedAt.toISOString(),
    lookedAt: looked.length,
    kinds: sumOfKinds(looked.map(({ inspection }) => inspection)),
    files: looked
      .filter(({ goes }) => goes === undefined)
      .map(({ file, inspection: { kinds } }) => ({
        ...{ path: file.path, before: { sha256: file.sha256 }, outcome: 'withheld' as const, kinds },
      })),
  });
  const key = holdStatementKey(scope, testId);
  const options = { contentType: SIGSTORE_BUNDLE_MEDIA_TYPE };
  const sealed = await sealStatement(statement, promotionSigner);
  const { outcome } = await quarantine.put(key, sealed, { ...options, ifAbsent: true });
  if (outcome === 'exists') {
    const before = heldSince(await quarantine.read(key, MAX_STATEMENT));
    if (before !== undefined) return before;
    await quarantine.put(key, sealed, options);
  }
  return usedAt.toISOString();

  function heldSince(bytes: Uint8Array): string | undefined {
    try {
      return openHold(bytes, about, keySet).statement.predicate.inspectedOn;
    } catch (error) {
      if (error instanceof CustodyError) return undefined;
      throw error;
    }
  }
}
