import { setTimeout as pause } from 'node:timers/promises';
import { CertusError } from '../../contracts/errors.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import type { Draft } from '../../domain/ingest/draft.ts';
import { documentIdOf } from '../../domain/ingest/index-records.ts';
import type { FetchedItem, SourceItem } from '../../services/connectors/connector.ts';
import { clearFailedItem, recordFailedItem } from '../../services/database/failed-items.ts';
import { forgetItems, type IngestedItem } from '../../services/database/ingested-items.ts';
import { forgetful } from '../../services/embeddings/forgetful.ts';
import type { ItemNature, ReadItem } from '../../services/ingest/item-reader.ts';
import type { ItemRun } from './item-run.ts';
import type { SourceDeps } from './source-deps.ts';
import { type Item, NOTHING_YET, type Written, writeDrafts } from './write-drafts.ts';

export type ItemEnd = {
  readonly key: string;
  readonly outcome: 'indexed' | 'skipped' | 'failed' | 'removed';
  readonly code?: string;
  readonly bytes: number;
  readonly records: number;
  readonly masked: number;
};

/** One that cannot be read is set aside with its reason. What is wrong with the index is nothing that an item has done. */
export async function takeItem(deps: SourceDeps, run: ItemRun, item: SourceItem): Promise<ItemEnd> {
  const end = await taken(deps, run, item);
  // set aside by an attempt before this one, and nothing is wrong with it
  if (end.outcome === 'skipped' && run.setAside.has(item.key))
    await clearFailedItem(deps.database, run.place.scope, run.ingestion.id, item.key);
  await run.underWay.end(item.key);
  return end;
}

async function taken(deps: SourceDeps, run: ItemRun, item: SourceItem): Promise<ItemEnd> {
  const { key, version } = item;
  const { id, config } = run.ingestion;
  const known = run.known.get(key);
  // by an attempt that did not come to write down its page
  if (known?.ingestionId === id) return { ...known, outcome: 'indexed', masked: 0 };
  const current = known?.rules === run.rules && config.kind !== 'golden' ? known : undefined;
  if (current !== undefined && current.version === version) return skipped(key);
  let tries = 0;
  for (;;) {
    tries += 1;
    try {
      return await read(deps, run, item, current);
    } catch (error) {
      run.signal.throwIfAborted();
      if (!(error instanceof ItemError)) throw error;
      if (error.code === 'item_gone' && known !== undefined) return await isGone(deps, run, known);
      if (!error.again || tries >= MOST_TRIES) return await setAside(deps, run, item, error, tries);
      await pause(FIRST_PAUSE_MS * 4 ** (tries - 1), undefined, { signal: run.signal });
    }
  }
}

const MOST_TRIES = 3;
const FIRST_PAUSE_MS = 500;

const skipped = (key: string): ItemEnd => ({ key, outcome: 'skipped', bytes: 0, records: 0, masked: 0 });

/** What is wrong with one item. */
class ItemError extends Error {
  readonly code: string;
  readonly again: boolean;
  /** What was written of it before it came to light. */
  readonly left: string | undefined;
  constructor(
    code: string,
    message: string,
    { again = false, left }: { again?: boolean; left?: string } = {},
  ) {
    super(message);
    this.code = code;
    this.again = again;
    this.left = left;
  }
}

async function ofItem<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CertusError)) throw error;
    throw new ItemError(error.code, error.message, { again: error.retryable });
  }
}

async function read(
  deps: SourceDeps,
  run: ItemRun,
  item: SourceItem,
  current: IngestedItem | undefined,
): Promise<ItemEnd> {
  const { connector, signal, place, ingestion } = run;
  const asked = { known: current?.version, maxBytes: deps.maxItemBytes, signal };
  const fetched = await ofItem(() => connector.fetch(item, asked));
  if (fetched === null) return skipped(item.key);
  const contentHash = sha256(fetched.bytes);
  const size = fetched.bytes.length;
  const version = fetched.version ?? item.version;
  if (current?.contentHash === contentHash) {
    // another version of the same bytes: a file that was touched, a page that was sent again
    await run.record({ ...current, version, seenBy: ingestion.id });
    return skipped(item.key);
  }
  const documentId = documentIdOf(place.origin, item.key, contentHash);
  await run.underWay.begin(item.key, documentId);
  const { written, nature } = await writeAll(
    deps,
    run,
    { ...item, ...located(fetched, item), documentId, contentHash },
    fetched,
  );
  if (written.records === 0) throw unreadable(nature, written);
  const row = { key: item.key, version, contentHash, documentId, rules: run.rules, records: written.records };
  const seen = { bytes: size, ingestionId: ingestion.id, seenBy: ingestion.id };
  const partly = nature.opaque.find(({ reason }) => reason !== 'empty');
  if (partly !== undefined || written.refused !== undefined)
    await recordPartly(deps, run, item, partly, written);
  else if (run.setAside.has(item.key))
    await clearFailedItem(deps.database, place.scope, ingestion.id, item.key);
  // last of all: what is recorded is not looked at again, and what is missing of it would never be told
  await run.record({ ...row, ...seen });
  const masked = Object.values(nature.masked).reduce((sum, count) => sum + count, 0);
  return { key: item.key, outcome: 'indexed', bytes: size, records: written.records, masked };
}

const located = ({ location, extra }: FetchedItem, item: SourceItem) => ({
  location: location ?? item.location,
  extra: { ...item.extra, ...extra },
});

async function writeAll(
  deps: SourceDeps,
  run: ItemRun,
  item: Item,
  { bytes }: FetchedItem,
): Promise<{ readonly written: Written; readonly nature: ReadItem }> {
  const { reader } = deps;
  const { ingestion, policy, nameKey, signal } = run;
  let written = NOTHING_YET;
  let away: { readonly error: unknown } | undefined;
  const take = async (drafts: readonly Draft[], nature: ItemNature) => {
    try {
      const part = await writeDrafts(deps, run, item, nature, drafts);
      // others of it may have been written meanwhile
      written = {
        records: written.records + part.records,
        refused: written.refused ?? part.refused,
        leftOut: written.leftOut + part.leftOut,
      };
    } catch (error) {
      away = { error };
      throw error;
    }
  };
  try {
    const { format } = item;
    const order = { reading: format === undefined ? ingestion.reading : { format }, policy, nameKey };
    const nature = await reader.read({ ...item, bytes }, order, take, signal);
    return { written, nature };
  } catch (error) {
    if (away !== undefined) throw away.error;
    // a model that is away is nothing that the item has done; a reader that stumbles may do so over this one only
    if (error instanceof CertusError && (!error.retryable || error.code === 'internal_error'))
      throw new ItemError(error.code, error.message, { again: error.retryable, left: item.documentId });
    throw error;
  }
}

function unreadable({ opaque, format }: ReadItem, { refused, leftOut }: Written): ItemError {
  if (refused !== undefined) return new ItemError('not_indexed', refused);
  if (leftOut > 0) return new ItemError('format_mismatch', `it says nothing of its kind, as ${format}`);
  const [first] = opaque;
  if (first === undefined) return new ItemError('empty', 'there is no text in it');
  return new ItemError(first.reason, first.place === '' ? first.reason : `${first.reason}: ${first.place}`);
}

async function recordPartly(
  { database, now }: SourceDeps,
  { ingestion, place }: ItemRun,
  item: SourceItem,
  partly: ReadItem['opaque'][number] | undefined,
  { refused }: Written,
): Promise<void> {
  const message =
    partly === undefined
      ? (refused ?? '')
      : `${partly.reason}${partly.place === '' ? '' : `: ${partly.place}`}`;
  const fault = { code: 'partly_read', message, tries: 1, at: now() };
  await recordFailedItem(database, place.scope, ingestion.id, { key: item.key, item, ...fault });
}

/** It was there the last time, and is no more. */
async function isGone(
  { database, search }: SourceDeps,
  { place }: ItemRun,
  { key, documentId }: IngestedItem,
): Promise<ItemEnd> {
  await forgetful(search, database).remove(place.scope, { document_id: [documentId] });
  await forgetItems(database, place, [key]);
  return { key, outcome: 'removed', bytes: 0, records: 0, masked: 0 };
}

/** What was there of it before is no longer what its source has. */
async function setAside(
  { database, search, now }: SourceDeps,
  { ingestion, place, known }: ItemRun,
  item: SourceItem,
  { code, message, again, left }: ItemError,
  tries: number,
): Promise<ItemEnd> {
  const before = known.get(item.key);
  const stale = [
    ...(before === undefined || again ? [] : [before.documentId]),
    ...(left === undefined || (again && left === before?.documentId) ? [] : [left]),
  ];
  if (stale.length > 0) await search.remove(place.scope, { document_id: stale });
  if (before !== undefined && !again) await forgetItems(database, place, [item.key]);
  await recordFailedItem(database, place.scope, ingestion.id, {
    key: item.key,
    item,
    code,
    message,
    tries,
    at: now(),
  });
  return { key: item.key, outcome: 'failed', code, bytes: 0, records: 0, masked: 0 };
}
