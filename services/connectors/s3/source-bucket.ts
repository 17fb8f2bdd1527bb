/** An object as a listing tells it. */
export type ListedObject = { readonly key: string; readonly size: number; readonly etag: string };

export type ObjectPage = {
  readonly objects: readonly ListedObject[];
  /** Names that are no keys of ours. */
  readonly odd: readonly string[];
  /** After which name the next page begins; null when there is nothing more. */
  readonly next: string | null;
};

/** A bucket of somebody else, read by name and version and never written. */
export interface SourceBucket {
  /** In byte order. Throws `source_not_found` when there is no such bucket. */
  page(asked: {
    readonly prefix: string;
    readonly after: string | null;
    readonly limit: number;
    readonly signal: AbortSignal;
  }): Promise<ObjectPage>;
  /** Throws `item_gone`, and `item_too_large` before it has read further. */
  read(
    key: string,
    asked: { readonly maxBytes: number; readonly signal: AbortSignal },
  ): Promise<{ readonly bytes: Uint8Array; readonly etag: string; readonly mediaType: string | null }>;
  locate(key: string): string;
}

/** The bucket of this name; throws `source_not_allowed` for one that no operator has named. */
export type SourceBuckets = (name: string) => SourceBucket;
