import type { Reading } from '../../contracts/ingestion.ts';
import type { OpaqueReason } from '../../contracts/privacy.ts';
import type { Draft } from '../../domain/ingest/draft.ts';
import type { Mask } from '../../domain/ingest/mask.ts';
import type { Content } from '../text/content.ts';
import { extract } from '../text/extract.ts';
import type { LookOptions } from '../text/look.ts';

export type ReadItemOptions = LookOptions & {
  /** More than so many records are not made of one item, and that is told. */
  readonly maxDrafts: number;
  readonly mask: Mask;
};

/** What of an item was not read, and why. */
export type Unread = {
  readonly reason: OpaqueReason | 'empty' | 'format_mismatch';
  readonly place: string;
};

export type ItemReading = {
  /** What it really is: `sarif`, `spdx`, `cyclonedx`, `pdf`, `markdown`, `typescript`, … */
  readonly format: string;
  readonly mediaType: string;
  /** Of documents whose text is long enough to tell, by ISO 639-1. */
  readonly language: string | null;
  /** To be gone through once. Every text in them is masked: titles, paths, keys and extra values as well. */
  readonly drafts: AsyncIterable<Draft>;
  /** Complete once all drafts are taken. Without any draft it says why the item could not be read. */
  readonly opaque: readonly Unread[];
};

/** What an item says, by what it holds. Hostile content is no error: what of it cannot be read is told. */
export async function readItem(
  content: Content,
  _reading: Reading,
  options: ReadItemOptions,
): Promise<ItemReading> {
  const { format, mediaType, pieces, opaque } = await extract(content, options);
  return { format, mediaType, language: null, drafts: piecesAsDrafts(pieces, options), opaque };
}

async function* piecesAsDrafts(
  pieces: AsyncIterable<{ place: string; text: string }>,
  { mask, maxDrafts }: ReadItemOptions,
): AsyncGenerator<Draft> {
  let count = 0;
  for await (const { place, text } of pieces) {
    if (text.trim() === '') continue;
    if (count >= maxDrafts) return;
    count += 1;
    yield {
      kind: 'document',
      key: `chunk/${count}`,
      title: '',
      text: mask(text, {}),
      place: mask(place, {}),
    };
  }
}
