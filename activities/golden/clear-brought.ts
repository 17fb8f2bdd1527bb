import pMap from 'p-map';
import type { BundleIndex } from '../../contracts/bundle.ts';
import { documentKey, heldPrefix } from '../../contracts/object-keys.ts';
import { reviewIdOf } from '../../domain/review/review-id.ts';
import { forgetReceived } from '../../services/database/shared-documents.ts';
import type { Bucket } from '../../services/objects/store.ts';
import type { DeletionDeps, Run } from './deletion-deps.ts';
import { documentsOf, type ListedDocument, sharedDocuments } from './shared-documents.ts';

export type Brought = { readonly removed: number; readonly shared: number };
type Deps = Pick<DeletionDeps, 'database' | 'uploads' | 'quarantine'>;

/** What the documents of a run were before they came to golden, and whatever of them was held back. */
export async function clearDocuments(
  deps: Deps,
  run: Run,
  index: BundleIndex,
  signal: AbortSignal,
): Promise<Brought> {
  const shared = await sharedDocuments(deps.database, run, index);
  const own = documentsOf(index).filter(({ path }) => !shared.has(path));
  const reviews = new Set(own.map(({ name, sha256 }) => reviewIdOf(run.scope, name, sha256)));
  const uploads = await pMap(own, (document) => clearUpload(deps, run, document, signal), { concurrency: 8 });
  const held = await removeHeld(deps.quarantine, run, reviews, signal);
  return { removed: uploads.filter(Boolean).length + held, shared: shared.size };
}

/** Bundles that waited for a review have copies of what was found in them, which only reviewers were shown. */
export async function clearHeldEvidence(
  { quarantine }: Deps,
  run: Run,
  bundleDigest: string,
  signal: AbortSignal,
): Promise<Brought> {
  const reviews = new Set([reviewIdOf(run.scope, run.testId, bundleDigest)]);
  return { removed: await removeHeld(quarantine, run, reviews, signal), shared: 0 };
}

/** Only while it is the very document: somebody may have brought another one under the name that became free. */
async function clearUpload(
  { database, uploads }: Deps,
  { scope }: Run,
  { name, sha256 }: ListedDocument,
  signal: AbortSignal,
): Promise<boolean> {
  signal.throwIfAborted();
  const key = documentKey(scope, name);
  const info = await uploads.head(key);
  const ours = info?.sha256 === sha256;
  if (ours) await uploads.remove(key);
  if (ours || info === undefined) await forgetReceived(database, scope, { name, sha256 });
  return ours;
}

async function removeHeld(
  quarantine: Bucket,
  { scope }: Run,
  reviews: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<number> {
  const all = heldPrefix(scope);
  const [only] = reviews;
  const prefix = reviews.size === 1 ? `${all}${only}/` : all;
  const keys: string[] = [];
  for await (const { key } of quarantine.list(prefix))
    if (reviews.has(key.slice(all.length).split('/', 1)[0] ?? '')) keys.push(key);
  await pMap(
    keys,
    (key) => {
      signal.throwIfAborted();
      return quarantine.remove(key);
    },
    { concurrency: 8 },
  );
  return keys.length;
}
