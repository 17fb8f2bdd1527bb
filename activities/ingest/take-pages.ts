import pMap from 'p-map';
import { CertusError } from '../../contracts/errors.ts';
import type { SourceItem, SourcePage } from '../../services/connectors/connector.ts';
import { recordFailedItem, setAsideAmong } from '../../services/database/failed-items.ts';
import { forgetItems, knownItems, markSeen } from '../../services/database/ingested-items.ts';
import { forgetful } from '../../services/embeddings/forgetful.ts';
import { ByteRoom } from '../documents/byte-room.ts';
import type { ItemRun } from './item-run.ts';
import { FILTER_VALUES, itemRecorder } from './record-items.ts';
import type { SourceDeps } from './source-deps.ts';
import { type ItemEnd, takeItem } from './take-item.ts';
import { openUnderWay } from './under-way.ts';

/** What holds for all pages of a turn. */
export type Taking = Omit<ItemRun, 'known' | 'setAside' | 'record' | 'underWay'>;

export type Listing = (cursor: SourcePage['cursor']) => Promise<SourcePage>;

/** The index brings together what is written at the same time, and the room bounds what is in memory. */
const SIDE_BY_SIDE = 32;
const BYTES_IN_FLIGHT = 64 * 1024 * 1024;
/** Of an item whose size nobody knows before it is there. */
const UNKNOWN_SIZE = 16 * 1024 * 1024;
/** So short that many sources get their turn, and that little is looked at again after a crash. */
const TURN_MS = 5_000;
const MOST_PAGES = 10;

/**
 * Takes pages from here on, for as long as a turn is. The next one is listed while the last items of the one before are being
 * written: an index that is waited for after each page does nothing for half of the time.
 */
export async function takePages(
  deps: SourceDeps,
  taking: Taking,
  list: Listing,
  from: SourcePage['cursor'],
): Promise<{ readonly last: SourcePage; readonly ends: readonly ItemEnd[] }> {
  const { now } = deps;
  const { signal } = taking;
  const until = now().getTime() + TURN_MS;
  const taken: PageBeingTaken[] = [];
  const keys = new Set<string>();
  const room = new ByteRoom(BYTES_IN_FLIGHT);
  async function* items() {
    for (let cursor = from; ; cursor = taken.at(-1)?.page.cursor ?? null) {
      const page = await list(cursor);
      // named twice, it is taken once: two at the same time would each take what the other has written for the old
      const fresh = page.items.filter(({ key }) => !keys.has(key) && keys.add(key));
      const one = { page, run: await runOf(deps, taking, page, fresh), ends: [] };
      taken.push(one);
      for (const item of fresh) yield { item, one };
      if (page.cursor === null || taken.length === MOST_PAGES || now().getTime() >= until) return;
    }
  }
  const take = async ({ item, one }: { readonly item: SourceItem; readonly one: PageBeingTaken }) => {
    signal.throwIfAborted();
    const end = await room.during(item.size ?? UNKNOWN_SIZE, () => takeItem(deps, one.run, item));
    one.ends.push(end);
  };
  await allOf(items(), take);
  const ends: ItemEnd[] = [];
  for (const one of taken) ends.push(...(await endsOf(deps, one)));
  return { last: taken.at(-1)?.page as SourcePage, ends };
}

/** Where one fails, the others come to their end before that is told: once a turn is over, nothing of it is written any more. */
async function allOf<T>(things: AsyncIterable<T>, take: (thing: T) => Promise<void>): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const watched = (thing: T): Promise<void> => {
    const one = take(thing).finally(() => underWay.delete(one));
    underWay.add(one);
    return one;
  };
  try {
    await pMap(things, watched, { concurrency: SIDE_BY_SIDE });
  } catch (error) {
    await Promise.allSettled(underWay);
    throw error;
  }
}

type PageBeingTaken = { readonly page: SourcePage; readonly run: ItemRun; readonly ends: ItemEnd[] };

async function runOf(
  deps: SourceDeps,
  taking: Taking,
  page: SourcePage,
  items: readonly SourceItem[],
): Promise<ItemRun> {
  const { database } = deps;
  const { place, ingestion } = taking;
  const keys = items.map(({ key }) => key);
  const known = await knownItems(database, place, [...keys, ...page.gone]);
  const setAside = await setAsideAmong(database, place.scope, ingestion.id, keys);
  const underWay = await openUnderWay(deps, taking, keys);
  return { ...taking, known, setAside, record: itemRecorder(deps, place), underWay };
}

/** Of a page whose items have all been taken. */
async function endsOf(deps: SourceDeps, { page, run, ends }: PageBeingTaken): Promise<ItemEnd[]> {
  const { database, now } = deps;
  const { place, ingestion } = run;
  requireReachable(ends);
  const removed = await removeGone(deps, run, page.gone);
  for (const { key, code, message } of page.lost)
    await recordFailedItem(database, place.scope, ingestion.id, {
      ...{ key, code, message, tries: 1, item: null, at: now() },
    });
  await markSeen(
    database,
    place,
    // one that cannot be had right now is there all the same, as it was
    ends.flatMap(({ outcome, key }) => (outcome === 'skipped' || outcome === 'failed' ? key : [])),
    ingestion.id,
  );
  return [...ends, ...removed, ...page.lost.map(({ key }) => failed(key))];
}

const failed = (key: string): ItemEnd => ({
  key,
  outcome: 'failed',
  code: 'lost',
  bytes: 0,
  records: 0,
  masked: 0,
});

/** A source that answers nothing at all is away: its items are not to blame, and wait until it is back. */
function requireReachable(ends: readonly ItemEnd[]): void {
  const tried = ends.filter(({ outcome }) => outcome !== 'skipped');
  if (tried.length < MANY || tried.some(({ code }) => code === undefined || !OURS.has(code))) return;
  throw new CertusError('dependency_unavailable', `none of ${tried.length} items can be had right now`);
}

const MANY = 5;
/** A thread that cannot read the first thing it is given reads nothing. */
const OURS: ReadonlySet<string> = new Set(['dependency_unavailable', 'internal_error']);

async function removeGone(
  { database, search }: SourceDeps,
  { place, known }: ItemRun,
  gone: readonly string[],
): Promise<ItemEnd[]> {
  const there = gone.flatMap((key) => known.get(key) ?? []);
  for (let at = 0; at < there.length; at += FILTER_VALUES) {
    const some = there.slice(at, at + FILTER_VALUES);
    await forgetful(search, database).remove(place.scope, {
      document_id: some.map(({ documentId }) => documentId),
    });
    await forgetItems(
      database,
      place,
      some.map(({ key }) => key),
    );
  }
  return there.map(({ key }) => ({ key, outcome: 'removed', bytes: 0, records: 0, masked: 0 }));
}
