import { setImmediate } from 'node:timers/promises';
import type { DeliveredDraft, DeliveredItem } from '../../contracts/delivery.ts';
import type { Reading } from '../../contracts/ingestion.ts';
import type { PrivacyPolicy } from '../../contracts/privacy.ts';
import type { Draft } from '../../domain/ingest/draft.ts';
import type { SourceItem } from '../connectors/connector.ts';
import type { ItemReader, ReadItem } from '../ingest/item-reader.ts';
import { fitDraft } from './fit-draft.ts';
import type { NameMask } from './name-mask.ts';

/** What is the same for all items of a source. */
export type ItemReading = {
  readonly source: string;
  readonly reader: ItemReader;
  readonly reading: Reading;
  readonly policy: PrivacyPolicy;
  readonly mask: NameMask;
};

/** An item as it may leave, of any length. */
export type MaskedItem = Omit<DeliveredItem, 'drafts'> & { readonly drafts: readonly DeliveredDraft[] };

/** Reads an item in a thread and has everything that names it masked as well. */
export async function readMasked(
  { source, reader, reading, policy, mask }: ItemReading,
  item: SourceItem,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<MaskedItem> {
  const drafts: DeliveredDraft[] = [];
  const extra = Object.fromEntries(
    Object.entries(item.extra ?? {}).map(([name, value]) => [
      name,
      typeof value === 'string' ? mask.line(value, 500) : value,
    ]),
  );
  const names = {
    path: mask.path,
    blind: (key: string) => mask.blind(`draft of ${source}`, `${item.key}\0${key}`),
    isHistory: item.key.startsWith('commit/'),
  };
  let [size, leftOut] = [0, 0];
  const takeSome = async (some: readonly Draft[]) => {
    for (const draft of some) {
      // what is sent and dropped meanwhile has its turn
      await setImmediate();
      signal.throwIfAborted();
      size += draft.text.length + draft.title.length;
      // an archive may hold more than there is memory for
      if (size > MOST_CHARACTERS) leftOut += 1;
      else drafts.push(fitDraft(draft, names, extra));
    }
  };
  let last = Promise.resolve();
  const take = (some: readonly Draft[]): Promise<void> => {
    last = last.then(() => takeSome(some));
    return last;
  };
  // places and titles name it, too
  const name = mask.file(item.name);
  const read = await reader.read({ name, bytes }, { reading, policy }, take, signal);
  return {
    ...about(item, mask, source),
    ...{
      format: read.format.slice(0, 50),
      media_type: read.mediaType.slice(0, 200),
      language: read.language,
    },
    masked: read.masked,
    drafts,
    unread: unreadOf(read, leftOut, mask),
  };
}

/** That there is such an item, and why nothing of it could be read. */
export const unreadable = (item: SourceItem, mask: NameMask, source: string, code: string): MaskedItem => ({
  ...about(item, mask, source),
  ...{ format: 'unknown', media_type: 'application/octet-stream', language: null, masked: {}, drafts: [] },
  unread: [{ reason: code.slice(0, 50), place: '' }],
});

const MOST_CHARACTERS = 96 * 1024 * 1024;

const about = ({ key, name, location, version }: SourceItem, mask: NameMask, source: string) => ({
  key: mask.key(source, key),
  name: mask.file(name) || 'unnamed',
  location: mask.line(location, 2000),
  version: version === '' ? null : mask.blind(`version of ${source}`, version),
});

function unreadOf({ opaque }: ReadItem, leftOut: number, mask: NameMask): DeliveredItem['unread'] {
  const unread = opaque.slice(0, 99).map(({ reason, place }) => ({ reason, place: mask.line(place, 500) }));
  return leftOut === 0 ? unread : [...unread, { reason: 'too_large', place: 'records' }];
}
