import type { ErrorCode } from '../../contracts/errors.ts';
import type { OpaqueReason } from '../../contracts/privacy.ts';
import type { Draft } from '../../domain/ingest/draft.ts';
import type { Mask } from '../../domain/ingest/mask.ts';
import type { LookOptions } from '../text/look.ts';

export type ReadItemOptions = LookOptions & {
  /** More than so many records are not made of one item, and that is told. */
  readonly maxDrafts: number;
  readonly mask: Mask;
};

/** What of an item was not read, and why. */
export type Unread = {
  /** An agent may have met an error of ours. */
  readonly reason: OpaqueReason | 'empty' | 'format_mismatch' | ErrorCode;
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
