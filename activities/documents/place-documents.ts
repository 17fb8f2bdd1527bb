import pMap from 'p-map';
import { DOCUMENTS, type ReceivedDocument } from '../../contracts/documents.ts';
import { CertusError } from '../../contracts/errors.ts';
import { goldenPrefix } from '../../contracts/object-keys.ts';
import type { PromotionInput } from '../../contracts/promotion.ts';
import type { PublishInput } from '../../contracts/workflows.ts';
import { documentFiles } from '../../domain/custody/run-kind.ts';
import { reviewIdOf } from '../../domain/review/review-id.ts';
import { takePermit } from '../../services/database/permit-uses.ts';
import {
  type PromotionItem,
  promotionItems,
  recordPromotionItems,
  reviewsAmong,
} from '../../services/database/promotion-items.ts';
import { policyInForce } from '../../services/privacy/policy-in-force.ts';
import { readDocumentsEvidence } from '../custody/read-documents-evidence.ts';
import type { PublishDeps } from '../publish/deps.ts';
import { requirePermit } from '../publish/permitted-bundle.ts';
import { requireNotQuarantined } from '../publish/quarantine-notice.ts';
import { ByteRoom } from './byte-room.ts';
import { IN_MEMORY } from './document-source.ts';
import { openDecisions } from './open-orders.ts';
import { type Outcome, type Placing, placeDocument } from './place-document.ts';
import { placeReleased } from './place-released.ts';

/** A permitted promotion, and where its next page begins. */
export type PageToPlace = PublishInput & {
  readonly orderId: string;
  readonly release?: PromotionInput['release'];
  readonly from: number;
  /** Of the privacy policy under which all of it is placed; null asks for it, and places nothing yet. */
  readonly policy: string | null;
};

export type PlacedPage = {
  readonly next: number | null;
  readonly policy: string;
  /** What is held back; the same may be told again by a second attempt. */
  readonly reviews: readonly string[];
};

const PAGE_ITEMS = 1000;
const PAGE_BYTES = 1024 ** 3;
const SIDE_BY_SIDE = 16;
/** What is read of documents at one time: of a large one the pieces on their way. */
const BYTES_IN_FLIGHT = 64 * 1024 * 1024;
const WEIGHT_OF_STREAM = 4 * IN_MEMORY;
const ROWS_AT_ONCE = 100;

/**
 * Brings a page of permitted documents to golden, as far as the privacy policy lets it. Nothing of that shows before the
 * golden manifest does. What was done is on record piece by piece, so that a second attempt goes on where the first one ended.
 */
export async function placeDocuments(
  deps: PublishDeps,
  input: PageToPlace,
  signal: AbortSignal,
  publication: string,
): Promise<PlacedPage> {
  const { database, scope, testId } = { ...deps, ...input };
  await requireNotQuarantined(deps.golden, input);
  const { policy, digest } = await policyInForce(deps, scope);
  // named before anything is placed: rows of an attempt that crashed would else count under a policy that was set since
  if (input.policy === null) return { next: input.from, policy: digest, reviews: [] };
  requireSamePolicy(input, digest);
  const all = await permittedDocuments(deps, input, publication);
  const page = pageOf(all, input.from);
  const last = (page.at(-1)?.ordinal ?? input.from) + 1;
  if (input.release !== undefined) await requireReleased(deps, input, page, policy.review.second_person);
  const done = new Map(
    (await promotionItems(database, scope, testId, { from: input.from, limit: page.length })).map((item) => [
      item.ordinal,
      item,
    ]),
  );
  const open = page.filter(({ ordinal }) => !done.has(ordinal));
  const run: Placing = {
    scope,
    testId,
    component: input.component,
    assessment: input.assessment,
    policy,
    to: goldenPrefix(scope, testId),
    retainUntil: await deps.lockUntil?.(scope, deps.now()),
    taken: new Set(all.map(({ name }) => `${DOCUMENTS}${name}`)),
    known: await reviewsAmong(
      database,
      scope,
      open.map(({ name, sha256 }) => reviewIdOf(scope, name, sha256)),
    ),
  };
  const placed = await placeAll(deps, run, open, input.release, signal);
  const items = [...done.values(), ...placed];
  return {
    next: last < all.length ? last : null,
    policy: digest,
    reviews: items.flatMap(({ outcome, reviewId }) => (outcome === 'withheld' && reviewId) || []),
  };
}

type Ordinal = ReceivedDocument & { readonly ordinal: number };

/** The documents that the permit is about, in the order of the index. */
async function permittedDocuments(
  { raw, database, keySet, now }: PublishDeps,
  input: PageToPlace,
  publication: string,
): Promise<Ordinal[]> {
  const usedAt = now();
  const question = { database, keySet, destination: 'golden', usedAt } as const;
  const evidence = readDocumentsEvidence(raw, input.bundle.prefix);
  const permitted = await requirePermit(question, input, evidence);
  const use = { permitId: input.permitId, destination: 'golden', usedBy: publication } as const;
  await takePermit(database, input.scope, use, usedAt);
  return documentsIn(permitted.evidence.index.files);
}

export const documentsIn = (files: Parameters<typeof documentFiles>[0]): Ordinal[] =>
  documentFiles(files).map(({ path, ...file }, ordinal) => ({
    ...file,
    name: path.slice(DOCUMENTS.length),
    ordinal,
  }));

/** As many as are done in a while: at least one, however large it is. */
function pageOf(all: readonly Ordinal[], from: number): Ordinal[] {
  const page: Ordinal[] = [];
  let bytes = 0;
  for (const document of all.slice(from, from + PAGE_ITEMS)) {
    bytes += document.size;
    if (page.length > 0 && bytes > PAGE_BYTES) break;
    page.push(document);
  }
  return page;
}

/** One statement speaks of all pages, and names one policy. */
export function requireSamePolicy({ policy }: Pick<PageToPlace, 'policy'>, inForce: string): void {
  if (policy !== null && policy !== inForce)
    throw new CertusError(
      'privacy_policy_invalid',
      'the privacy policy was changed while the documents were looked into: promote them again',
    );
}

async function requireReleased(
  deps: PublishDeps,
  input: PageToPlace,
  page: readonly Ordinal[],
  secondPerson: boolean,
): Promise<void> {
  const [document, ...others] = page;
  if (document === undefined || others.length > 0)
    throw new CertusError('order_invalid', 'a review releases one document');
  await openDecisions(deps, input, document.sha256, { secondPerson });
}

async function placeAll(
  deps: PublishDeps,
  run: Placing,
  documents: readonly Ordinal[],
  release: PageToPlace['release'],
  signal: AbortSignal,
): Promise<PromotionItem[]> {
  const room = new ByteRoom(BYTES_IN_FLIGHT);
  const rows = new Rows(deps, run);
  const place = async (document: Ordinal): Promise<PromotionItem> => {
    signal.throwIfAborted();
    const { ordinal: _, ...received } = document;
    const outcome = await room.during(weightOf(document), () =>
      release === undefined
        ? placeDocument(deps, run, received)
        : placeReleased(deps, run, received, release),
    );
    return rows.add({ ...document, ...outcome } satisfies Ordinal & Outcome);
  };
  try {
    return await pMap(documents, place, { concurrency: SIDE_BY_SIDE });
  } finally {
    await rows.flush();
  }
}

const weightOf = ({ size }: Ordinal): number => (size <= IN_MEMORY ? size : WEIGHT_OF_STREAM);

/** Written a hundred at a time: a row for each would cost as much as a small document does. */
class Rows {
  #waiting: PromotionItem[] = [];
  readonly #deps: PublishDeps;
  readonly #run: Placing;

  constructor(deps: PublishDeps, run: Placing) {
    this.#deps = deps;
    this.#run = run;
  }

  async add(item: PromotionItem): Promise<PromotionItem> {
    this.#waiting.push(item);
    if (this.#waiting.length >= ROWS_AT_ONCE) await this.flush();
    return item;
  }

  async flush(): Promise<void> {
    const items = this.#waiting;
    this.#waiting = [];
    await recordPromotionItems(this.#deps.database, this.#run.scope, this.#run.testId, items);
  }
}
