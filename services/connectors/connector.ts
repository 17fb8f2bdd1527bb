import type { RecordKind } from '../../contracts/index-record.ts';
import type { ReadingFormat } from '../../contracts/reading-formats.ts';

/** What can be kept on a row between two pages. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One thing that a source has. */
export type SourceItem = {
  /** Unique within the source, and the same each time: a path, an address. */
  readonly key: string;
  /**
   * As the source tells versions apart (an etag, a blob, a digest): the same version is not fetched again. Empty where only
   * fetching tells: it is the version of nothing, and `fetch` answers with one.
   */
  readonly version: string;
  /** In bytes; null when only fetching it tells. */
  readonly size: number | null;
  /** With its ending, as its format may be told by it. */
  readonly name: string;
  /** Where a person finds it. */
  readonly location: string;
  /** Worth giving back with what is found: a branch, a commit, a status. */
  readonly extra?: Readonly<Record<string, string | number | boolean>>;
  /** What it is known to be, where it may not tell by itself: a report of nothing looks like any other. */
  readonly format?: ReadingFormat;
  /** What of it is to be found, where the rest is to be found already; everything when there is none. */
  readonly kinds?: readonly RecordKind[];
};

/** What could not even be listed: it is told with the items that could not be read. */
export type LostItem = { readonly key: string; readonly code: string; readonly message: string };

export type SourcePage = {
  readonly items: readonly SourceItem[];
  /** What was there before and is no more, where a source tells so by itself. */
  readonly gone: readonly string[];
  readonly lost: readonly LostItem[];
  /** Where the next page begins; null when this was the last one. */
  readonly cursor: Json;
  /** Of the last page: what the next ingestion of this source is to begin with. */
  readonly checkpoint: Json;
  /** Of the last page, where one listing is whole and the next one tells changes only: stands above `listsAll`. */
  readonly listedAll?: boolean;
};

export type FetchedItem = {
  readonly bytes: Uint8Array;
  /** What the source says it is; what it holds counts. */
  readonly mediaType: string | null;
  /** Where a fetch tells the version, and listing could not. */
  readonly version?: string;
  readonly location?: string;
  readonly extra?: SourceItem['extra'];
};

/** `null`: unchanged since the version that is known. */
export type Fetched = FetchedItem | null;

/** One kind of source. It holds nothing between two pages but what its cursor says: any worker goes on with any page. */
export interface Connector {
  /** Whether an item that a whole listing has not named is gone. */
  readonly listsAll: boolean;
  /**
   * Throws a CertusError: `dependency_unavailable` is tried again, every other code ends the ingestion with it. Ends early,
   * with fewer items than asked for or none, where a source is slow: only a cursor of null is the end. Items of the page before
   * may still be fetched while this one is listed.
   */
  page(asked: {
    readonly cursor: Json;
    readonly checkpoint: Json;
    readonly limit: number;
    readonly signal: AbortSignal;
  }): Promise<SourcePage>;
  /**
   * Throws a CertusError with the code of what is wrong with this one item; `dependency_unavailable` is tried again, and
   * `item_gone` says that the source has it no more: what is in the index of it goes. `known` is the version that is there.
   */
  fetch(
    item: SourceItem,
    asked: { readonly known: string | undefined; readonly maxBytes: number; readonly signal: AbortSignal },
  ): Promise<Fetched>;
  close(): Promise<void>;
}
