import type { RunReading } from '../../contracts/ingestion.ts';
import type { PrivacyPolicy } from '../../contracts/privacy.ts';
import type { Draft } from '../../domain/ingest/draft.ts';

export type ItemToRead = { readonly name: string; readonly bytes: Uint8Array };

export type ReadOrder = {
  readonly reading: RunReading;
  /** What must not get into the index: as the workspace looks for it, and however it would treat it elsewhere. */
  readonly policy: PrivacyPolicy;
};

/** What an item is, known before anything of it is. */
export type ItemNature = {
  readonly format: string;
  readonly mediaType: string;
  readonly language: string | null;
};

/** What there was, besides the drafts. */
export type ReadItem = ItemNature & {
  readonly drafts: number;
  /** What was masked, by kind. */
  readonly masked: Readonly<Record<string, number>>;
  /** What could not be read; of an item without drafts, why there are none. */
  readonly opaque: readonly { readonly reason: string; readonly place: string }[];
  /** Names and versions of what looked for personal data. */
  readonly rules: string;
};

/** Reads items in threads: what they hold is hostile, and may take a thread with it. */
export interface ItemReader {
  /** What looks for personal data under this policy: read with other rules, an item is read again. */
  rulesFor(policy: PrivacyPolicy): string;
  /** Hands over what an item says, masked, some hundred drafts at a time, and waits each time until they are dealt with. */
  read(
    item: ItemToRead,
    order: ReadOrder,
    take: (drafts: readonly Draft[], nature: ItemNature) => Promise<void>,
    signal: AbortSignal,
  ): Promise<ReadItem>;
  close(): Promise<void>;
}
