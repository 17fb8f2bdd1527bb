import { setTimeout as pause } from 'node:timers/promises';
import pMap from 'p-map';
import { CertusError } from '../../contracts/errors.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import type { Connector, LostItem, SourceItem } from '../connectors/connector.ts';
import type { Logger } from '../log/log.ts';
import type { DeliveryWriter } from './delivery-writer.ts';
import { type ItemReading, type MaskedItem, readMasked, unreadable } from './read-item.ts';
import type { KnownItem, SiteState } from './site-state.ts';

export type SourceReading = ItemReading & {
  readonly state: SiteState;
  readonly connector: Connector;
  readonly writer: DeliveryWriter;
  /** By what items are read and how they are marked: with anything else all of them are sent anew. */
  readonly meant: string;
  readonly maxItemBytes: number;
  readonly maxItems: number;
  readonly sideBySide: number;
  readonly log: Logger;
};

/**
 * Goes through a source once and has spooled what is new, changed or gone; whether that was all of it, or something is to be
 * tried again. Where it ends before its end, the next time begins where this one began: what was spooled is known by then.
 */
export async function readSource(reading: SourceReading, signal: AbortSignal): Promise<'whole' | 'later'> {
  const { source, state, connector, writer, meant } = reading;
  const before = state.source(source);
  // of what is listed as a whole it says which one it was, not what of it is known
  const isKept = connector.listsAll || before?.meant === meant;
  const checkpoint = isKept ? (before?.checkpoint ?? null) : null;
  const seen = new Set<string>();
  const lostKeys = new Set<string>();
  let isWhole = true;
  for (let cursor: Parameters<Connector['page']>[0]['cursor'] = null; ; ) {
    const page = await connector.page({ cursor, checkpoint, limit: PAGE_ITEMS, signal });
    if (cursor === null && connector.listsAll && page.checkpoint !== null)
      state.settle(source, { checkpoint: page.checkpoint, meant });
    for (let at = 0; at < page.items.length; at += reading.sideBySide) {
      const some = page.items.slice(at, at + reading.sideBySide);
      const read = await pMap(some, (item) => itemRead(reading, item, signal), { concurrency: some.length });
      for (const [which, one] of read.entries()) {
        seen.add(state.markOf(some[which]?.key ?? ''));
        if (one === 'later') isWhole = false;
        else await write(reading, one, signal);
      }
      signal.throwIfAborted();
    }
    for (const lost of page.lost) {
      // two names that are not text are shown as the same one
      if (lostKeys.has(lost.key)) continue;
      lostKeys.add(lost.key);
      seen.add(state.markOf(lost.key));
      await write(reading, lostItem(reading, lost), signal);
    }
    const stillThere = new Set(page.lost.map(({ key }) => key));
    for (const key of page.gone) {
      const known = stillThere.has(key) ? undefined : state.item(source, key);
      if (known !== undefined) await writer.remove(known, signal);
    }
    if (seen.size > reading.maxItems)
      throw new CertusError('source_too_large', `the source has more than ${reading.maxItems} items`);
    cursor = page.cursor;
    if (cursor !== null) continue;
    const isListed = page.listedAll ?? connector.listsAll;
    if (isListed) for (const known of state.unseen(source, seen)) await writer.remove(known, signal);
    await writer.flush(signal);
    if (isWhole && !connector.listsAll) state.settle(source, { checkpoint: page.checkpoint, meant });
    await tellLeft(reading, signal);
    return isWhole ? 'whole' : 'later';
  }
}

/** What was gone in a delivery that the platform has refused, and is not there again. */
async function tellLeft({ source, state, writer }: SourceReading, signal: AbortSignal): Promise<void> {
  const left = state.left(source);
  if (left.length === 0) return;
  const there = new Set(state.unseen(source, new Set()).flatMap(({ sent }) => sent));
  await writer.tellGone(
    left.filter((key) => !there.has(key)),
    signal,
  );
  await writer.flush(signal);
  state.forgetLeft(source);
}

const PAGE_ITEMS = 200;
const MOST_TRIES = 3;
const FIRST_PAUSE_MS = 500;

type Taken = {
  readonly item: MaskedItem;
  readonly known: Omit<KnownItem, 'sent'>;
  readonly before: KnownItem | undefined;
};
type Outcome = 'same' | { readonly gone: KnownItem } | { readonly touched: KnownItem } | Taken;

async function itemRead(
  reading: SourceReading,
  item: SourceItem,
  signal: AbortSignal,
): Promise<Outcome | 'later'> {
  const { source, state, meant, log, mask } = reading;
  const before = state.item(source, item.key);
  const current = before?.meant === meant && before.version !== '' ? before : undefined;
  if (current !== undefined && item.version !== '' && current.version === item.version) return 'same';
  for (let tries = 1; ; tries += 1) {
    try {
      return await takenUp(reading, item, { before, current }, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof CertusError)) throw error;
      const { code, retryable } = error;
      // what a reader stumbles over each time is wrong with the item, and not to be read for ever
      const mayMend = retryable && code !== 'internal_error';
      if (code === 'item_gone') return before === undefined ? 'same' : { gone: before };
      if (retryable && tries < MOST_TRIES) {
        await pause(FIRST_PAUSE_MS * 4 ** (tries - 1), undefined, { signal });
        continue;
      }
      const known = { key: item.key, version: item.version || code, hash: '', meant };
      // told the last time
      if (!mayMend && current?.hash === '' && current.version === known.version) return 'same';
      log.warn({ source, item: mask.key(source, item.key), code, tries }, 'an item cannot be read');
      if (mayMend) return 'later';
      return { item: unreadable(item, mask, source, code), known, before };
    }
  }
}

async function takenUp(
  reading: SourceReading,
  listed: SourceItem,
  { before, current }: { readonly before: KnownItem | undefined; readonly current: KnownItem | undefined },
  signal: AbortSignal,
): Promise<Outcome> {
  const { connector, meant, maxItemBytes } = reading;
  const fetched = await connector.fetch(listed, { known: current?.version, maxBytes: maxItemBytes, signal });
  if (fetched === null) return 'same';
  const item = {
    ...listed,
    version: fetched.version ?? listed.version,
    location: fetched.location ?? listed.location,
    extra: { ...listed.extra, ...fetched.extra },
  };
  const hash = sha256(fetched.bytes);
  // another version of the same bytes: a file that was touched
  if (current?.hash === hash) return { touched: { ...current, version: item.version } };
  const masked = await readMasked(reading, item, fetched.bytes, signal);
  return { item: masked, known: { key: item.key, version: item.version, hash, meant }, before };
}

async function write(
  { writer, state, source }: SourceReading,
  one: Outcome,
  signal: AbortSignal,
): Promise<void> {
  if (one === 'same') return;
  if ('gone' in one) return writer.remove(one.gone, signal);
  if ('touched' in one) return state.putItem(source, one.touched);
  await writer.add(one.item, one.known, one.before, signal);
}

/** What could not even be listed is told once, and again when something else is wrong with it. */
function lostItem({ source, state, meant, mask, log }: SourceReading, { key, code }: LostItem): Outcome {
  const before = state.item(source, key);
  const version = `lost: ${code}`;
  if (before?.meant === meant && before.version === version) return 'same';
  log.warn({ source, item: mask.key(source, key), code }, 'an item cannot be read');
  const item = { key, version, size: null, name: key.split('/').at(-1) ?? key, location: key };
  return { item: unreadable(item, mask, source, code), known: { key, version, hash: '', meant }, before };
}
