import type { RunReading } from '../../contracts/ingestion.ts';
import type { PrivacyPolicy } from '../../contracts/privacy.ts';
import type { Draft } from '../../domain/ingest/draft.ts';

export type ItemToRead = {
  readonly name: string;
  /** Large ones are given away: there is nothing in them afterwards. */
  readonly bytes: Uint8Array;
  /** Where its source has it, and what it says of it: names of people and keys stand in these as well. */
  readonly location?: string;
  readonly extra?: Extra;
};

type Extra = Readonly<Record<string, string | number | boolean>>;

export type ReadOrder = {
  readonly reading: RunReading;
  /** What must not get into the index: as the workspace looks for it, and however it would treat it elsewhere. */
  readonly policy: PrivacyPolicy;
  /** Of the tenant. With it what is found gets a name that is the same each time, and that nobody can undo; without, its kind. */
  readonly nameKey?: Uint8Array | undefined;
};

/** What an item is, known before anything of it is. */
export type ItemNature = {
  readonly format: string;
  readonly mediaType: string;
  readonly language: string | null;
  /** As they may be indexed. */
  readonly location: string;
  readonly extra: Extra;
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
  rulesFor(policy: PrivacyPolicy, nameKey?: Uint8Array): string;
  /**
   * Hands over what an item says, masked, some hundred drafts at a time, and ends once all are dealt with. Few are ahead of what
   * is dealt with; the next item is read meanwhile.
   */
  read(
    item: ItemToRead,
    order: ReadOrder,
    take: (drafts: readonly Draft[], nature: ItemNature) => Promise<void>,
    signal: AbortSignal,
  ): Promise<ReadItem>;
  close(): Promise<void>;
}
